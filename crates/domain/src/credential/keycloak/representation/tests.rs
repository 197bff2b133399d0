use keyward_jose::password;
use keyward_jose::totp::{self, TotpAlgorithm, TotpDigits};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::id::{CredentialId, UserId};
use crate::timestamp::Timestamp;

/// The passwords of the recorded realm of Keycloak 26.7 (invented people), as its export holds them.
const PASSWORDS: &str = include_str!("passwords.json");

#[derive(Deserialize)]
struct Person {
    username: String,
    password: String,
    credential: CredentialRepresentation,
}

fn representation(json: Value) -> CredentialRepresentation {
    serde_json::from_value(json).unwrap()
}

fn phc(credential: &CredentialRepresentation) -> String {
    match credential.import().unwrap() {
        Imported::Password { phc } => phc,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_recorded_password_verifies_and_goes_back_as_it_came() {
    let people: Vec<Person> = serde_json::from_str(PASSWORDS).unwrap();
    assert_eq!(people.len(), 13);
    for Person {
        username,
        password,
        credential,
    } in people
    {
        let phc = phc(&credential);
        assert_eq!(password::verify(&password, &phc), Ok(true), "{username}");
        assert_eq!(
            password::verify(&password.to_lowercase(), &phc),
            Ok(false),
            "{username}"
        );
        let foreign = ["bob", "carol", "judy", "karl"].contains(&username.as_str());
        assert_eq!(password::is_outdated(&phc), Ok(foreign), "{username}");
        let row = Credential {
            id: credential.id.as_deref().unwrap().parse().unwrap(),
            user: UserId(Uuid::nil()),
            phc,
            created_at: Timestamp::from_millis(credential.created_date.unwrap()),
            label: String::new(),
        };
        let back = CredentialRepresentation::of_password(&row).unwrap();
        // Some of the texts have blanks in them.
        let squeezed = |text: &Option<String>| text.as_deref().map(|text| text.replace(' ', ""));
        assert_eq!(
            squeezed(&back.secret_data),
            squeezed(&credential.secret_data),
            "{username}"
        );
        assert_eq!(
            squeezed(&back.credential_data),
            squeezed(&credential.credential_data),
            "{username}"
        );
        assert_eq!((&back.id, back.created_date), (&credential.id, credential.created_date));
        assert_eq!(back.import(), credential.import());
    }
}

#[test]
fn the_recorded_device_gives_the_recorded_code() {
    let dave = representation(json!({
        "id": "6cad1685-37a2-495a-97be-3243504be88f",
        "type": "otp",
        "userLabel": "phone",
        "createdDate": 1_795_477_687_190_i64,
        "secretData": "{\"value\": \"JBSWY3DPEHPK3PXPJBSW\"}",
        "credentialData": "{\"subType\": \"totp\", \"digits\": 6, \"counter\": 0, \"period\": 30, \"algorithm\": \"HmacSHA1\"}"
    }));
    let Imported::Otp { params, secret } = dave.import().unwrap() else {
        panic!()
    };
    assert_eq!(params, TotpParams::default());
    assert_eq!(secret.as_slice(), b"JBSWY3DPEHPK3PXPJBSW");
    // A code that Keycloak took from the device, and the `iat` of the token that it gave for it.
    assert_eq!(
        totp::verify(&secret, params, "993558", 1_795_478_011, 0),
        Some(59_849_267)
    );
    let row = Otp {
        id: CredentialId("6cad1685-37a2-495a-97be-3243504be88f".parse().unwrap()),
        user: UserId(Uuid::nil()),
        label: "phone".to_owned(),
        params,
        sealed: Vec::new(),
        last_step: 0,
        created_at: Timestamp::from_millis(1_795_477_687_190),
    };
    let back = CredentialRepresentation::of_otp(&row, &secret);
    assert_eq!(back.import(), dave.import());
    assert_eq!(
        serde_json::to_value(&back).unwrap(),
        json!({
            "id": "6cad1685-37a2-495a-97be-3243504be88f",
            "type": "otp",
            "userLabel": "phone",
            "createdDate": 1_795_477_687_190_i64,
            "secretData": "{\"value\":\"JBSWY3DPEHPK3PXPJBSW\"}",
            "credentialData": "{\"subType\":\"totp\",\"digits\":6,\"counter\":0,\"period\":30,\"algorithm\":\"HmacSHA1\"}"
        })
    );
    let shown = serde_json::to_value(back.without_secret()).unwrap();
    assert_eq!(shown.get("secretData"), None);
    assert!(shown.get("credentialData").is_some());
}

#[test]
fn an_own_device_goes_out_in_base32() {
    let row = Otp {
        id: CredentialId(Uuid::nil()),
        user: UserId(Uuid::nil()),
        label: String::new(),
        params: TotpParams {
            algorithm: TotpAlgorithm::Sha256,
            digits: TotpDigits::Eight,
            period: 60,
        },
        sealed: Vec::new(),
        last_step: 0,
        created_at: Timestamp::from_millis(0),
    };
    let secret = [0xff; 20];
    let out = CredentialRepresentation::of_otp(&row, &secret);
    assert_eq!(
        out.credential_data.as_deref().unwrap(),
        r#"{"subType":"totp","digits":8,"counter":0,"period":60,"algorithm":"HmacSHA256","secretEncoding":"BASE32"}"#
    );
    assert_eq!(
        out.secret_data.as_deref().unwrap(),
        r#"{"value":"77777777777777777777777777777777"}"#
    );
    assert_eq!(out.user_label, None);
    let expected = Imported::Otp {
        params: row.params,
        secret: Zeroizing::new(secret.to_vec()),
    };
    assert_eq!(out.import(), Ok(expected));
}

#[test]
fn the_form_until_release_8() {
    let judy = representation(json!({
        "type": "password",
        "device": null,
        "hashedSaltedValue": "TFwFgFdTsWJvx4A6pvbtEPmKrmmJFU06aLWTwYui7skYrE6FXQQzea8s8KetwEFlSwMmwyuTddLtRxKqfJ+NGQ==",
        "salt": "rLIQPcK9+QascsaF6500qg==",
        "hashIterations": 27500,
        "counter": 0,
        "algorithm": "pbkdf2-sha256",
        "digits": 0,
        "period": 0,
        "createdDate": 1_546_300_800_000_i64,
        "config": {}
    }));
    assert_eq!(password::verify("Judy-pass-10", &phc(&judy)), Ok(true));
    let device = representation(json!({
        "type": "totp",
        "device": "phone",
        "hashedSaltedValue": "JBSWY3DPEHPK3PXPJBSW",
        "digits": 6,
        "counter": 0,
        "period": 30,
        "algorithm": "HmacSHA1"
    }));
    let expected = Imported::Otp {
        params: TotpParams::default(),
        secret: Zeroizing::new(b"JBSWY3DPEHPK3PXPJBSW".to_vec()),
    };
    assert_eq!(device.import(), Ok(expected));
    let counter = representation(json!({"type": "hotp", "hashedSaltedValue": "x", "digits": 6, "counter": 7}));
    assert_eq!(counter.import(), Err(ImportError::Hotp));
    for (json, error) in [
        (json!({"type": "password"}), ImportError::Missing("secretData")),
        (
            json!({"type": "password", "hashedSaltedValue": "AA=="}),
            ImportError::Missing("algorithm"),
        ),
        (
            json!({"type": "password", "hashedSaltedValue": "AA==", "algorithm": "pbkdf2"}),
            ImportError::Missing("hashIterations"),
        ),
        (
            json!({"type": "password", "hashedSaltedValue": "A".repeat(8193), "algorithm": "pbkdf2"}),
            ImportError::TooLarge("hashedSaltedValue"),
        ),
        (
            json!({"type": "password", "hashedSaltedValue": "AA==", "algorithm": "pbkdf2", "hashIterations": -1}),
            ImportError::Malformed("hashIterations"),
        ),
    ] {
        assert_eq!(representation(json).import(), Err(error));
    }
}

#[test]
fn a_password_in_the_clear_counts_first() {
    for json in [
        json!({"value": "open sesame"}),
        json!({"type": "otp", "value": "open sesame"}),
        json!({"type": "password", "value": "open sesame", "temporary": true, "secretData": "{}", "credentialData": "{}"}),
    ] {
        let imported = representation(json).import();
        assert_eq!(imported, Ok(Imported::Clear(Secret::new("open sesame".to_owned()))));
    }
    let empty = representation(json!({"type": "password", "value": ""}));
    assert_eq!(empty.import(), Err(ImportError::Missing("secretData")));
}

#[test]
fn other_kinds_are_left_out_and_broken_ones_are_not() {
    for kind in [
        "webauthn",
        "webauthn-passwordless",
        "recovery-authn-codes",
        "password-history",
        "cert",
    ] {
        let error = representation(json!({"type": kind, "secretData": "{}", "credentialData": "{}"}))
            .import()
            .unwrap_err();
        assert_eq!(error, ImportError::Kind(kind.to_owned()));
        assert!(error.is_left_out());
        assert_eq!(error.to_string(), format!("the kind {kind} is not carried"));
    }
    for (json, error) in [
        (json!({}), ImportError::Missing("type")),
        (
            json!({"type": "otp", "credentialData": "{}"}),
            ImportError::Missing("secretData"),
        ),
        (
            json!({"type": "password", "credentialData": "{}", "secretData": "not json"}),
            ImportError::Malformed("credentialData"),
        ),
        (
            json!({"type": "password", "credentialData": " ".repeat(8193), "secretData": "{}"}),
            ImportError::TooLarge("credentialData"),
        ),
    ] {
        assert_eq!(representation(json).import(), Err(error.clone()));
        assert!(!error.is_left_out());
    }
}

#[test]
fn unknown_fields_are_refused_and_nothing_secret_is_printed() {
    assert!(serde_json::from_str::<CredentialRepresentation>(r#"{"type":"password","foo":1}"#).is_err());
    let secret = representation(json!({"type": "password", "value": "hunter2", "secretData": "s3cr3t"}));
    let printed = format!("{secret:?} {:?}", secret.import());
    assert!(!printed.contains("hunter2") && !printed.contains("s3cr3t"), "{printed}");
    let otp = Imported::Otp {
        params: TotpParams::default(),
        secret: Zeroizing::new(b"77".to_vec()),
    };
    assert_eq!(format!("{otp:?}"), "Otp([redacted])");
    let hash = Imported::Password {
        phc: "$argon2id".to_owned(),
    };
    assert_eq!(format!("{hash:?}"), "Password([redacted])");
}
