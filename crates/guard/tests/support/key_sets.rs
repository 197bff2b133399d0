//! The key sets of issuers, good and bad. RFC 7517 §5

use keyward_guard::testing::TestKey;
use serde_json::{Value, json};

/// The beginning of a gzip stream.
pub(crate) const ZIPPED: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0x56];

/// The keys that an issuer publishes.
pub(crate) fn of(issuer: &str) -> Value {
    let keys = match issuer {
        // One key under two names, its own and that of another issuer's key.
        "other" => vec![
            with(TestKey::P256Other, &json!({})),
            with(TestKey::P256Other, &json!({"kid": kid(TestKey::P256)})),
        ],
        "pinned" => vec![with(TestKey::Rsa, &json!({"alg": "PS256"}))],
        "nameless" => vec![with(TestKey::P256, &json!({"kid": null}))],
        "twins" => vec![
            with(TestKey::P256, &json!({"kid": null})),
            with(TestKey::P256Other, &json!({"kid": null})),
        ],
        "shared_kid" => vec![
            with(TestKey::Ed25519, &json!({"kid": "k"})),
            with(TestKey::P256, &json!({"kid": "k"})),
        ],
        "empty" => Vec::new(),
        "many" => (0..10_000)
            .map(|n| with(TestKey::P256, &json!({"kid": format!("k{n}")})))
            .collect(),
        "private" => vec![
            with(TestKey::P256, &json!({"d": "AAAA"})),
            with(TestKey::Ed25519, &json!({})),
        ],
        "encryption" => vec![
            with(TestKey::P256, &json!({"use": "enc"})),
            with(TestKey::Ed25519, &json!({})),
        ],
        "mixed" => mixed(),
        "weak" => weak(),
        _ => [TestKey::Rsa, TestKey::P256, TestKey::Ed25519]
            .map(|key| with(key, &json!({})))
            .into(),
    };
    json!({ "keys": keys })
}

/// Good keys among what is none.
fn mixed() -> Vec<Value> {
    let point_off_curve = with(
        TestKey::P256Other,
        &json!({"kid": "off", "y": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}),
    );
    vec![
        json!({"kty": "oct", "kid": "hmac", "alg": "HS256", "k": "YW4tb2N0LWtleS10aGF0LW5vYm9keS1zaG91bGQtdGFrZQ"}),
        json!({"kty": "XYZ", "kid": "new"}),
        json!({"kty": 7}),
        json!("key"),
        point_off_curve,
        with(TestKey::P256, &json!({})),
    ]
}

/// Keys that are too weak, or of a kind that is not taken; their private halves signed the tokens of the vectors.
fn weak() -> Vec<Value> {
    let text = include_str!("../vectors/weak_keys.json");
    serde_json::from_str(text).unwrap()
}

pub(crate) fn kid(key: TestKey) -> String {
    key.signing_key().kid().to_owned()
}

fn with(key: TestKey, members: &Value) -> Value {
    let mut jwk = json!(key.signing_key().public_jwk());
    for (name, value) in members.as_object().unwrap() {
        match value {
            Value::Null => jwk.as_object_mut().unwrap().remove(name),
            value => jwk.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    jwk
}
