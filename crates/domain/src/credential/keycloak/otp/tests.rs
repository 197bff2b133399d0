use super::*;

fn with(data: &str, value: &str) -> Result<Device, ImportError> {
    import(data, &format!(r#"{{"value":"{value}"}}"#))
}

fn data(change: &[(&str, &str)]) -> String {
    let mut data = serde_json::json!({
        "subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1"
    });
    for (name, value) in change {
        data[*name] = serde_json::from_str(value).unwrap();
    }
    data.to_string()
}

#[test]
fn the_secret_is_the_text_or_what_base32_says() {
    let raw = with(&data(&[]), "JBSWY3DP").unwrap();
    assert_eq!((raw.0, raw.1.as_slice()), (TotpParams::default(), &b"JBSWY3DP"[..]));
    let null = with(&data(&[("secretEncoding", "null")]), "JBSWY3DP").unwrap();
    assert_eq!(null.1.as_slice(), b"JBSWY3DP");
    for encoding in ["\"BASE32\"", "\"base32\""] {
        let decoded = with(&data(&[("secretEncoding", encoding)]), "JBSWY3DPEHPK3PXP").unwrap();
        assert_eq!(decoded.1.as_slice(), b"Hello!\xde\xad\xbe\xef");
    }
    let umlaut = with(&data(&[]), "schlüssel").unwrap();
    assert_eq!(umlaut.1.as_slice(), "schlüssel".as_bytes());
}

#[test]
fn what_goes_out_comes_in_again() {
    for algorithm in [TotpAlgorithm::Sha1, TotpAlgorithm::Sha256, TotpAlgorithm::Sha512] {
        for (digits, period) in [(TotpDigits::Six, 30), (TotpDigits::Eight, 3600)] {
            let params = TotpParams {
                algorithm,
                digits,
                period,
            };
            for secret in [
                &b"JBSWY3DPEHPK3PXPJBSW"[..],
                &[0; 20],
                b"a b",
                "schlüssel".as_bytes(),
                b"\"\\",
            ] {
                let (data, value) = export(params, secret);
                let (again, bytes) = import(&data, &value).unwrap();
                assert_eq!((again, bytes.as_slice()), (params, secret), "{data}");
            }
        }
    }
}

#[test]
fn hotp_is_left_out_by_name() {
    let error = with(&data(&[("subType", "\"hotp\"")]), "JBSWY3DP").unwrap_err();
    assert_eq!(error, ImportError::Hotp);
    assert!(error.is_left_out());
}

#[test]
fn what_is_no_device_is_told_without_quoting_it() {
    use ImportError::{Algorithm, Limits, Malformed, Missing, TooLarge};
    for (change, value, error) in [
        (("subType", "null"), "x", Missing("subType")),
        (("subType", "\"motp\""), "x", Malformed("subType")),
        (("digits", "null"), "x", Missing("digits")),
        (("digits", "7"), "x", Limits("digits")),
        (("digits", "\"six\""), "x", Malformed("credentialData")),
        (("period", "null"), "x", Missing("period")),
        (("period", "0"), "x", Limits("period")),
        (("period", "-30"), "x", Limits("period")),
        (("period", "3601"), "x", Limits("period")),
        (("algorithm", "null"), "x", Missing("algorithm")),
        (("algorithm", "\"HmacMD5\""), "x", Algorithm("HmacMD5".to_owned())),
        (("secretEncoding", "\"HEX\""), "x", Malformed("secretEncoding")),
        (("secretEncoding", "\"BASE32\""), "hunter2!", Malformed("value")),
        (("secretEncoding", "\"BASE32\""), "", Malformed("value")),
        (("counter", "0"), "", Malformed("value")),
        (("counter", "0"), &"x".repeat(257), TooLarge("value")),
    ] {
        assert_eq!(with(&data(&[change]), value), Err(error), "{change:?}");
    }
    assert_eq!(import(&data(&[]), "hunter2"), Err(Malformed("secretData")));
    assert_eq!(import("hunter2", "{}"), Err(Malformed("credentialData")));
    assert!(with(&data(&[("digits", "\"6\""), ("period", "\"30\"")]), "x").is_ok());
}
