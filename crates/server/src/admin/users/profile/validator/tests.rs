use serde_json::{Value, json};

use super::{Options, Validator};

fn options(value: Value) -> Options {
    match value {
        Value::Object(options) => options,
        _ => Options::new(),
    }
}

fn judge(name: &str, set: Value, value: &str) -> Value {
    match Validator::parse(name).unwrap().judge(value, &options(set)) {
        Ok(()) => Value::Null,
        Err(broken) => json!([broken.message, broken.params]),
    }
}

/// A validator, its options, a value, and what Keycloak 26.7.4 says of it.
type Line = (&'static str, Value, &'static str, Value);

fn lengths_numbers_and_dates() -> Vec<Line> {
    vec![
        (
            "length",
            json!({"max": 4}),
            "abcde",
            json!(["error-invalid-length-too-long", [null, 4]]),
        ),
        (
            "length",
            json!({"min": 4}),
            "a",
            json!(["error-invalid-length-too-short", [4, null]]),
        ),
        (
            "length",
            json!({"min": 3, "max": 255}),
            "ab",
            json!(["error-invalid-length", [3, 255]]),
        ),
        ("length", json!({"min": "1", "max": "3"}), " abc ", Value::Null),
        (
            "integer",
            json!({"min": 1}),
            "0",
            json!(["error-number-out-of-range-too-small", [1, null]]),
        ),
        ("integer", json!({"min": 1}), "1.5", json!(["error-invalid-number", []])),
        (
            "integer",
            json!({"max": 5}),
            "7",
            json!(["error-number-out-of-range-too-big", [null, 5]]),
        ),
        (
            "integer",
            json!({"min": 1, "max": 5}),
            "9",
            json!(["error-number-out-of-range", [1, 5]]),
        ),
        (
            "double",
            json!({"min": "1.5", "max": "2"}),
            "9",
            json!(["error-number-out-of-range", [1.5, 2.0]]),
        ),
        ("double", json!({"min": "1.5", "max": "2"}), "1.7", Value::Null),
        ("double", json!({}), "x", json!(["error-invalid-number", []])),
        ("local-date", json!({}), "x", json!(["error-invalid-date", []])),
        ("local-date", json!({}), "2020-01-01", json!(["error-invalid-date", []])),
        ("local-date", json!({}), "1/2/2020", Value::Null),
        ("iso-date", json!({}), "2020-01-01", Value::Null),
        (
            "iso-date",
            json!({}),
            "2020-1-1",
            json!(["error-invalid-date", ["2020-1-1"]]),
        ),
        (
            "iso-date",
            json!({}),
            "2020-02-30",
            json!(["error-invalid-date", ["2020-02-30"]]),
        ),
        (
            "pattern",
            json!({"pattern": "[a-c]+"}),
            "abcd",
            json!(["error-pattern-no-match", ["[a-c]+"]]),
        ),
        ("pattern", json!({"pattern": "[a-c]+"}), "abc", Value::Null),
        (
            "pattern",
            json!({"pattern": "a|b"}),
            "ab",
            json!(["error-pattern-no-match", ["a|b"]]),
        ),
        (
            "pattern",
            json!({"pattern": "^h.*$", "error-message": "boo"}),
            "x",
            json!(["boo", ["^h.*$"]]),
        ),
        (
            "options",
            json!({"options": ["x", "y"]}),
            "z",
            json!(["error-invalid-value", []]),
        ),
        ("options", json!({"options": ["x", "y"]}), "y", Value::Null),
    ]
}

fn addresses_and_names() -> Vec<Line> {
    vec![
        (
            "email",
            json!({"max-local-length": 3}),
            "aaaa@x",
            json!(["error-invalid-email", ["aaaa@x"]]),
        ),
        ("email", json!({}), "aa@x", Value::Null),
        ("email", json!({}), "a@@x", json!(["error-invalid-email", ["a@@x"]])),
        ("email", json!({}), "a b@x", json!(["error-invalid-email", ["a b@x"]])),
        ("email", json!({}), "aa@x_y", json!(["error-invalid-email", ["aa@x_y"]])),
        (
            "email",
            json!({}),
            "\"a b\"@x.de",
            json!(["error-invalid-email", ["\"a b\"@x.de"]]),
        ),
        (
            "email",
            json!({}),
            "not-an-address",
            json!(["error-invalid-email", ["not-an-address"]]),
        ),
        (
            "uri",
            json!({}),
            "javascript:x",
            json!(["error-invalid-uri-scheme", ["javascript:x", "javascript"]]),
        ),
        ("uri", json!({}), "http://x#f", Value::Null),
        (
            "person-name-prohibited-characters",
            json!({}),
            "<x>",
            json!(["error-person-name-invalid-character", []]),
        ),
        (
            "person-name-prohibited-characters",
            json!({"error-message": "mine"}),
            "a<",
            json!(["mine", []]),
        ),
        (
            "person-name-prohibited-characters",
            json!({}),
            "Jean-Luc d'Été",
            Value::Null,
        ),
        (
            "username-prohibited-characters",
            json!({}),
            "a b c",
            json!(["error-username-invalid-character", []]),
        ),
        ("username-prohibited-characters", json!({}), "em1@x.com", Value::Null),
        (
            "up-username-not-idn-homograph",
            json!({}),
            "p\u{430}ypal1",
            json!(["error-username-invalid-character", []]),
        ),
        ("up-username-not-idn-homograph", json!({}), "j\u{f6}rg-1", Value::Null),
    ]
}

#[test]
fn values_are_judged_as_keycloak_judges_them() {
    for (name, set, value, expected) in lengths_numbers_and_dates().into_iter().chain(addresses_and_names()) {
        assert_eq!(judge(name, set.clone(), value), expected, "{name} {set} {value:?}");
    }
    for bad in ["x", "http://", "http://x y", "foo"] {
        assert_eq!(judge("uri", json!({}), bad)[0], "error-invalid-uri", "{bad}");
    }
}

#[test]
fn wrong_options_are_told() {
    let mistakes = |name, set| Validator::parse(name).unwrap().mistakes(&options(set));
    assert_eq!(mistakes("length", json!({})).len(), 2);
    assert_eq!(mistakes("length", json!({"min": 9, "max": 3})).len(), 1);
    assert_eq!(mistakes("length", json!({"max": "x"})), [("max", super::NO_NUMBER)]);
    assert_eq!(mistakes("multivalued", json!({"min": 1})), [("max", super::MISSING)]);
    assert_eq!(mistakes("pattern", json!({})), [("pattern", super::MISSING)]);
    assert_eq!(
        mistakes("pattern", json!({"pattern": "("})),
        [("pattern", super::INVALID)]
    );
    assert_eq!(mistakes("options", json!({})), [("options", super::MISSING)]);
    assert!(mistakes("email", json!({})).is_empty());
    assert_eq!(Validator::parse("nope"), None);
}

/// A pattern that a backtracking engine answers in years.
#[test]
fn a_pattern_cannot_stop_the_server() {
    let value = "a".repeat(2000);
    assert_eq!(
        judge("pattern", json!({"pattern": "(a+)+b"}), &value)[0],
        "error-pattern-no-match"
    );
}
