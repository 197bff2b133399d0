use keyward_jose::digest::b64_encode;
use keyward_jose::{Jwk, JwkSet};
use serde::Deserialize;

use super::*;
use crate::credential::keycloak::ImportError;
use crate::timestamp::Timestamp;

/// The key components of the recorded realm of Keycloak 26.7, and what that server answered about them.
const COMPONENTS: &str = include_str!("components.json");
const JWKS: &str = include_str!("jwks.json");
const ADMIN_KEYS: &str = include_str!("admin-keys.json");

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    name: String,
    provider_id: String,
    config: Config,
}

fn component(name: &str) -> Component {
    let components: Vec<Component> = serde_json::from_str(COMPONENTS).unwrap();
    components.into_iter().find(|component| component.name == name).unwrap()
}

fn imported(name: &str) -> ImportedKey {
    let component = component(name);
    import(&component.provider_id, &component.config).unwrap().unwrap()
}

/// The component with one field changed.
fn changed(name: &str, field: &str, value: Option<&str>) -> Result<Option<ImportedKey>, ImportError> {
    let mut component = component(name);
    match value {
        Some(value) => component.config.insert(field.to_owned(), vec![value.to_owned()]),
        None => component.config.remove(field),
    };
    import(&component.provider_id, &component.config)
}

#[test]
fn imported_keys_publish_the_recorded_jwks() {
    let jwks: JwkSet = serde_json::from_str(JWKS).unwrap();
    for name in ["rsa-generated", "rsa-old", "ecdsa-es256", "eddsa"] {
        let imported = imported(name);
        let KeyMaterial::Signing { algorithm, key, .. } = &imported.material else {
            panic!("{name}")
        };
        let published: &Jwk = jwks.find(&imported.kid).unwrap();
        assert_eq!(
            key.public_jwk().clone().with_algorithm(*algorithm),
            *published,
            "{name}"
        );
    }
    // The fifth is for encryption.
    assert_eq!(jwks.keys.len(), 5);
}

#[test]
fn imported_keys_are_what_the_admin_api_showed() {
    let recorded: serde_json::Value = serde_json::from_str(ADMIN_KEYS).unwrap();
    let components: Vec<Component> = serde_json::from_str(COMPONENTS).unwrap();
    assert_eq!(recorded["keys"].as_array().unwrap().len(), components.len());
    for component in components {
        let key = imported(&component.name);
        let shown = recorded["keys"].as_array().unwrap().iter();
        let shown = shown.clone().find(|shown| shown["kid"] == key.kid.as_str()).unwrap();
        assert_eq!(shown["providerPriority"], key.priority, "{}", component.name);
        let status = match key.status {
            KeyStatus::Active => "ACTIVE",
            KeyStatus::Passive => "PASSIVE",
            KeyStatus::Disabled => "DISABLED",
        };
        assert_eq!(shown["status"], status, "{}", component.name);
        let (name, public, certificate) = match &key.material {
            KeyMaterial::Signing {
                algorithm,
                key,
                certificate,
            } => (algorithm.name(), Some(key.public_der()), certificate.as_deref()),
            KeyMaterial::Encryption {
                algorithm,
                public_der,
                certificate,
                ..
            } => (algorithm.as_str(), Some(public_der.as_slice()), certificate.as_deref()),
            KeyMaterial::Secret { algorithm, .. } => (algorithm.as_str(), None, None),
        };
        assert_eq!(shown["algorithm"], name, "{}", component.name);
        let base64 = |der: Option<&[u8]>| der.map_or(serde_json::Value::Null, |der| b64_encode(der).into());
        assert_eq!(
            shown.get("publicKey").unwrap_or(&serde_json::Value::Null),
            &base64(public)
        );
        assert_eq!(
            shown.get("certificate").unwrap_or(&serde_json::Value::Null),
            &base64(certificate)
        );
    }
}

#[test]
fn secrets_are_read_whole() {
    for (name, algorithm, length) in [("hmac-generated-hs512", "HS512", 128), ("aes-generated", "AES", 32)] {
        let KeyMaterial::Secret {
            algorithm: named,
            bytes,
        } = imported(name).material
        else {
            panic!("{name}")
        };
        assert_eq!((named.as_str(), bytes.len()), (algorithm, length));
        // The other alphabet and padding of older releases.
        let text = component(name).config["secret"][0].replace('-', "+").replace('_', "/") + "==";
        let KeyMaterial::Secret { bytes: again, .. } = changed(name, "secret", Some(&text)).unwrap().unwrap().material
        else {
            panic!("{name}")
        };
        assert_eq!(again, bytes);
    }
}

#[test]
fn exported_keys_come_in_again_with_key_id_and_place() {
    let published = ("shop", Timestamp::from_secs(1_795_477_655));
    for (name, provider, status) in [
        ("rsa-generated", "rsa-generated", KeyStatus::Active),
        ("rsa-old", "rsa-generated", KeyStatus::Passive),
        ("ecdsa-es256", "ecdsa-generated", KeyStatus::Disabled),
        ("eddsa", "eddsa-generated", KeyStatus::Active),
    ] {
        let KeyMaterial::Signing { algorithm, key, .. } = imported(name).material else {
            panic!("{name}")
        };
        let key = key.with_kid(format!("kid of {name}").replace(' ', "-"));
        let out = export(&key, algorithm, published, (7, status)).unwrap();
        assert_eq!(out, export(&key, algorithm, published, (7, status)).unwrap());
        assert_eq!(out.provider, provider);
        let again = import(out.provider, &out.config).unwrap().unwrap();
        assert_eq!(
            (again.kid.as_str(), again.priority, again.status),
            (key.kid(), 7, status)
        );
        let KeyMaterial::Signing {
            algorithm: named,
            key: same,
            certificate,
        } = again.material
        else {
            panic!("{name}")
        };
        assert_eq!((named, same.public_jwk()), (algorithm, key.public_jwk()));
        assert_eq!(certificate.is_some(), provider == "rsa-generated");
    }
    let KeyMaterial::Signing { key, .. } = imported("rsa-generated").material else {
        panic!()
    };
    let out = export(&key, Algorithm::Ps256, published, (100, KeyStatus::Active)).unwrap();
    assert_eq!(out.config["algorithm"], ["PS256"]);
    assert_eq!(out.config["keySize"], ["2048"]);
    assert_eq!(format!("{out:?}"), "KeyComponent { provider: \"rsa-generated\", .. }");
    let misfit = export(&key, Algorithm::Es256, published, (100, KeyStatus::Active));
    assert_eq!(misfit, Err(keyward_jose::KeyError::AlgorithmMismatch));
}

#[test]
fn exported_secrets_come_in_again() {
    for (algorithm, provider) in [("HS256", "hmac-generated"), ("AES", "aes-generated")] {
        let out = export_secret("k1", algorithm, &[0xfb; 32], (100, KeyStatus::Active));
        assert_eq!(out.provider, provider);
        let again = import(out.provider, &out.config).unwrap().unwrap();
        assert_eq!(again.kid, "k1");
        let KeyMaterial::Secret {
            algorithm: named,
            bytes,
        } = again.material
        else {
            panic!()
        };
        assert_eq!((named.as_str(), bytes.as_slice()), (algorithm, &[0xfb; 32][..]));
    }
}

#[test]
fn a_component_without_a_key_in_it_is_no_fault() {
    for (name, field) in [
        ("rsa-generated", "privateKey"),
        ("rsa-enc-generated", "privateKey"),
        ("ecdsa-es256", "ecdsaPrivateKey"),
        ("eddsa", "eddsaPrivateKey"),
        ("hmac-generated-hs512", "secret"),
        ("aes-generated", "secret"),
    ] {
        for absent in [None, Some(""), Some("**********")] {
            assert!(changed(name, field, absent).unwrap().is_none(), "{name} {absent:?}");
        }
    }
}

#[test]
fn a_key_id_that_is_given_counts() {
    for name in ["rsa-generated", "ecdsa-es256", "eddsa", "aes-generated"] {
        assert_eq!(changed(name, "kid", Some("mine")).unwrap().unwrap().kid, "mine");
        for (kid, error) in [
            ("a b", ImportError::Malformed("kid")),
            ("ä", ImportError::Malformed("kid")),
            (&"k".repeat(256), ImportError::TooLarge("kid")),
        ] {
            assert_eq!(changed(name, "kid", Some(kid)).unwrap_err(), error);
        }
    }
    assert_eq!(
        changed("aes-generated", "kid", None).unwrap_err(),
        ImportError::Missing("kid")
    );
}

#[test]
fn a_public_key_or_certificate_of_another_key_is_refused() {
    let other = component("rsa-old").config["certificate"][0].clone();
    let error = changed("rsa-generated", "certificate", Some(&other)).unwrap_err();
    assert_eq!(error, ImportError::Mismatch("certificate"));
    let other = component("eddsa").config["eddsaPublicKey"][0].clone();
    let error = changed("ecdsa-es256", "ecdsaPublicKey", Some(&other)).unwrap_err();
    assert_eq!(error, ImportError::Mismatch("ecdsaPublicKey"));
    assert!(changed("rsa-generated", "certificate", None).is_ok());
    assert!(changed("eddsa", "eddsaPublicKey", None).is_ok());
}

#[test]
fn keys_that_nothing_here_uses_are_left_out_by_name() {
    for provider in ["ecdh-generated", "java-keystore", "mldsa-generated"] {
        let error = import(provider, &Config::new()).unwrap_err();
        assert_eq!(error, ImportError::Kind(provider.to_owned()));
        assert!(error.is_left_out());
    }
    for (name, field, value, error) in [
        (
            "rsa-generated",
            "algorithm",
            "RS512",
            ImportError::Algorithm("RS512".to_owned()),
        ),
        (
            "rsa-generated",
            "algorithm",
            "ES256",
            ImportError::Algorithm("ES256".to_owned()),
        ),
        (
            "rsa-generated",
            "keyUse",
            "jwt_svid",
            ImportError::Kind("jwt_svid".to_owned()),
        ),
        (
            "rsa-enc-generated",
            "algorithm",
            "RS256",
            ImportError::Algorithm("RS256".to_owned()),
        ),
        (
            "ecdsa-es256",
            "ecdsaEllipticCurveKey",
            "P-384",
            ImportError::Algorithm("P-384".to_owned()),
        ),
        (
            "eddsa",
            "eddsaEllipticCurveKey",
            "Ed448",
            ImportError::Algorithm("Ed448".to_owned()),
        ),
        (
            "hmac-generated-hs512",
            "algorithm",
            "HS1",
            ImportError::Algorithm("HS1".to_owned()),
        ),
    ] {
        let found = changed(name, field, Some(value)).unwrap_err();
        assert_eq!(found, error);
        assert!(found.is_left_out());
    }
}

#[test]
fn broken_fields_are_told_without_quoting_them() {
    let p256 = component("ecdsa-es256").config["ecdsaPrivateKey"][0].clone();
    for (name, field, value, error) in [
        (
            "rsa-generated",
            "privateKey",
            "hunter2",
            ImportError::Malformed("privateKey"),
        ),
        (
            "rsa-generated",
            "privateKey",
            p256.as_str(),
            ImportError::Malformed("privateKey"),
        ),
        ("rsa-generated", "privateKey", WEAK, ImportError::Limits("privateKey")),
        (
            "rsa-generated",
            "certificate",
            "hunter-2",
            ImportError::Malformed("certificate"),
        ),
        ("rsa-generated", "priority", "high", ImportError::Malformed("priority")),
        ("rsa-generated", "active", "yes", ImportError::Malformed("active")),
        ("eddsa", "enabled", "1", ImportError::Malformed("enabled")),
        (
            "eddsa",
            "eddsaPrivateKey",
            p256.as_str(),
            ImportError::Malformed("eddsaPrivateKey"),
        ),
        ("aes-generated", "secret", "hunter 2", ImportError::Malformed("secret")),
        ("aes-generated", "secret", "aHVudGVyMg", ImportError::Limits("secret")),
        (
            "aes-generated",
            "secret",
            &"A".repeat(2049),
            ImportError::TooLarge("secret"),
        ),
    ] {
        let found = changed(name, field, Some(value)).unwrap_err();
        assert_eq!(found, error, "{name} {field}");
        assert!(!found.is_left_out() && !found.to_string().contains("hunter"));
    }
}

#[test]
fn debug_shows_no_key() {
    let printed = format!("{:?}", imported("hmac-generated-hs512"));
    assert_eq!(
        printed,
        "ImportedKey { kid: \"34fb68b1-6cff-4d45-884c-55a73734e360\", priority: 100, status: Active, \
         material: Secret { algorithm: \"HS512\", .. } }"
    );
}

/// A throw-away RSA key of 1024 bits.
const WEAK: &str = "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAM8sQsgmVMHNb4+pgPCd9blwxXEs7Zwl3k8saB6by1zDBxvg1U+cTitUbRBsF1x05WMaSZCKEBFK50SRHI6Y3apXPMJBC9NrcOogEwLJgcNi3/swEB9kg8O63bM4OLGDzCYBvCmiEPj8f2p70yXjZzyrIg3BMUjyWCwYklbmMxHTAgMBAAECgYEAowfMod7wMfathRs5maBkf4LMDUzyyz9Nm3ZxlSy6swvSq1CZ7GUvao+sqBC3rY1b+kn0fCb5j/Im3mFnXJvVSsxG/rcyE5mi+tVLQ0fcHHe6kNMmo1K/IccrO9X1f9H0ogja85ZXKdYW+/E+2KQIa6mAAk+AmFdUHgIrp5KKHbkCQQD6yVjtXwZ7QAPgfCIp76Aeiv1U1ZCdoPUDntyqcDhYfLQhlJINYHnnNABN/X1i32EN9b0jRvQ2KuQmo4d+pCgFAkEA03rOvfi+SVLibMUNnCdec5j1bd4+LVoqUmo7YNvUExv/6dRJazU3+FEMbk0PFdj7vsozXMfEwR5bqjoXz6Gx9wJAXdktYx71YPgSu1YYvtLCe8uNg8qr5KEQL3uqnkmCfHKmQg7EHSdmVwQZvRXIb1CilEPKtMHfr8mbOW5mzRiHNQJAPeXeCUB7AZ8e4tMyTpg/TvpgK443CLMxW/n38zukcQtq9hfKfXSQM0AVsVsgpTZjSM6KBgf6kMO/9K0YNw+OtQJBAMxSGwBhoYaM0oa7y085L0Z/mdOr+v8fH45HYuwQ4nUziMrL35p4DiZt+dB+t82+45MTotkyfzZgNwol//q9PWA=";
