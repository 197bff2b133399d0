use keyward_jose::password;

use super::*;

const SECRET: &str = r#"{"value":"JpOWgdGZlaLO+3uQ0T4TQ/CbMPCrvQdBaiO5vDxbNTY=","salt":"c2FsdHNhbHQ="}"#;

fn argon2(change: impl Fn(&mut serde_json::Value)) -> Result<String, ImportError> {
    let mut data = serde_json::json!({
        "hashIterations": 5,
        "algorithm": "argon2",
        "additionalParameters": {
            "hashLength": ["32"], "memory": ["7168"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"]
        }
    });
    change(&mut data);
    import(&data.to_string(), SECRET)
}

fn set(name: &'static str, value: &'static str) -> impl Fn(&mut serde_json::Value) {
    move |data| data["additionalParameters"][name] = serde_json::json!([value])
}

#[test]
fn argon2_has_its_parameters_under_either_name() {
    let phc = "$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHQ$JpOWgdGZlaLO+3uQ0T4TQ/CbMPCrvQdBaiO5vDxbNTY";
    assert_eq!(argon2(|_| {}).as_deref(), Ok(phc));
    let moved = argon2(|data| {
        data["algorithmData"] = data["additionalParameters"].take();
        data["hashIterations"] = "5".into();
    });
    assert_eq!(moved.as_deref(), Ok(phc));
    let without_length = argon2(|data| data["additionalParameters"]["hashLength"] = serde_json::json!([]));
    assert_eq!(without_length.as_deref(), Ok(phc));
    let old = argon2(|data| {
        set("type", "i")(data);
        set("version", "1.0")(data);
    });
    assert_eq!(
        old.as_deref(),
        Ok("$argon2i$v=16$m=7168,t=5,p=1$c2FsdHNhbHQ$JpOWgdGZlaLO+3uQ0T4TQ/CbMPCrvQdBaiO5vDxbNTY")
    );
    let dependent = argon2(set("type", "d")).unwrap();
    let (data, secret) = export(&dependent).unwrap();
    assert_eq!(import(&data, &secret).as_ref(), Ok(&dependent));
}

#[test]
fn argon2_is_refused_beyond_the_limits_and_without_its_parameters() {
    use ImportError::{Limits, Malformed, Missing};
    for (name, value, error) in [
        ("memory", "4000000", Limits("the password hash")),
        ("memory", "7", Limits("the password hash")),
        ("memory", "-1", Malformed("memory")),
        ("memory", "7168 KiB", Malformed("memory")),
        ("parallelism", "17", Limits("the password hash")),
        ("type", "ID", Malformed("type")),
        ("version", "1.2", Malformed("version")),
        ("hashLength", "64", Malformed("hashLength")),
    ] {
        assert_eq!(argon2(set(name, value)), Err(error), "{name} {value}");
    }
    for name in ["memory", "parallelism", "type", "version"] {
        let without = argon2(|data| data["additionalParameters"][name] = serde_json::json!([]));
        assert_eq!(without, Err(Missing(name)));
    }
    assert_eq!(
        argon2(|data| data["hashIterations"] = 17.into()),
        Err(Limits("the password hash"))
    );
    assert_eq!(
        argon2(|data| data["hashIterations"] = (-1).into()),
        Err(Malformed("hashIterations"))
    );
    assert_eq!(
        argon2(|data| data["hashIterations"] = serde_json::Value::Null),
        Err(Missing("hashIterations"))
    );
    let unsalted = r#"{"value":"JpOWgdGZlaLO+3uQ0T4TQ/CbMPCrvQdBaiO5vDxbNTY="}"#;
    let data = r#"{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"memory":["64"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}"#;
    assert_eq!(import(data, unsalted), Err(Limits("the password hash")));
}

#[test]
fn pbkdf2_without_a_salt_goes_both_ways() {
    let data = r#"{"hashIterations":1000,"algorithm":"pbkdf2-sha256","additionalParameters":{}}"#;
    let value = "JpOWgdGZlaLO+3uQ0T4TQ/CbMPCrvQdBaiO5vDxbNTY=";
    for salt in ["", r#","salt":null"#, r#","salt":"__SALT__""#] {
        let phc = import(data, &format!(r#"{{"value":"{value}"{salt}}}"#)).unwrap();
        assert_eq!(password::verify("password", &phc), Ok(true), "{salt}");
        let (credential_data, secret_data) = export(&phc).unwrap();
        assert_eq!(credential_data, data);
        assert_eq!(
            secret_data,
            format!(r#"{{"value":"{value}","salt":"__SALT__","additionalParameters":{{}}}}"#)
        );
    }
}

#[test]
fn salts_in_lines_and_without_padding_are_read() {
    let data = r#"{"hashIterations":1,"algorithm":"pbkdf2","algorithmData":null}"#;
    let value = r#""value":"DGDID5YfDnHzqbUkr2ASBi\/gN6Y\u003d""#;
    for salt in ["c2FsdA==", "c2FsdA", r"c2Fs\r\ndA==\r\n"] {
        let phc = import(data, &format!(r#"{{{value},"salt":"{salt}"}}"#)).unwrap();
        assert_eq!(password::verify("password", &phc), Ok(true), "{salt}");
    }
}

#[test]
fn what_is_no_hash_is_told_without_quoting_it() {
    use ImportError::{Algorithm, Limits, Malformed};
    let data = |algorithm: &str, rounds: &str| format!(r#"{{"hashIterations":{rounds},"algorithm":"{algorithm}"}}"#);
    let pbkdf2 = data("pbkdf2", "1");
    for (data, secret, error) in [
        (data("bcrypt", "10"), SECRET, Algorithm("bcrypt".to_owned())),
        (
            data("bcrypt", "null"),
            "{\"value\":\"$2b$12$x\"}",
            Algorithm("bcrypt".to_owned()),
        ),
        (data("pbkdf2", "2000001"), SECRET, Limits("the password hash")),
        (data("pbkdf2", "0"), SECRET, Limits("the password hash")),
        (data("pbkdf2", "1.5"), SECRET, Malformed("credentialData")),
        (data("pbkdf2", "1e99"), SECRET, Malformed("credentialData")),
        (
            data("pbkdf2", "18446744073709551615"),
            SECRET,
            Malformed("credentialData"),
        ),
        (data("pbkdf2", "4294967296"), SECRET, Malformed("hashIterations")),
        ("{".to_owned(), SECRET, Malformed("credentialData")),
        ("[]".to_owned(), SECRET, Malformed("credentialData")),
        (pbkdf2.clone(), "hunter2", Malformed("secretData")),
        (pbkdf2.clone(), "{}", Malformed("secretData")),
        (pbkdf2.clone(), r#"{"value":["hunter2"]}"#, Malformed("secretData")),
        (pbkdf2.clone(), r#"{"value":"hunter-2"}"#, Malformed("value")),
        (
            pbkdf2.clone(),
            r#"{"value":"AAAAAAAAAAAAAAAAAAAAAA==","salt":"hunter-2"}"#,
            Malformed("salt"),
        ),
        (
            pbkdf2.clone(),
            r#"{"value":"AAAA","salt":"AAAA"}"#,
            Limits("the password hash"),
        ),
    ] {
        let found = import(&data, secret);
        assert_eq!(found, Err(error), "{data} {secret}");
        assert!(!found.unwrap_err().to_string().contains("hunter"));
    }
}

#[test]
fn deep_json_does_no_harm() {
    let deep = format!(r#"{{"value":{}{}}}"#, "[".repeat(4000), "]".repeat(4000));
    let data = r#"{"hashIterations":1,"algorithm":"pbkdf2"}"#;
    assert_eq!(import(data, &deep), Err(ImportError::Malformed("secretData")));
    // What nobody reads is skipped without recursion.
    let ignored = format!(r#"{{"x":{}{},"value":"AAAA"}}"#, "[".repeat(4000), "]".repeat(4000));
    assert_eq!(import(data, &ignored), Err(ImportError::Limits("the password hash")));
}

#[test]
fn what_is_no_phc_string_is_not_exported() {
    assert_eq!(export("plain"), Err(PasswordError::Malformed));
    assert_eq!(export("$2b$12$x"), Err(PasswordError::Unsupported));
}
