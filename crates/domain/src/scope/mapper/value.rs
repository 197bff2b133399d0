//! How texts become a claim.

use serde_json::{Value, json};

use super::Config;

/// The form of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    json_type: JsonType,
    /// Whether it is a list that several mappers may add to.
    pub(crate) multivalued: bool,
}

/// What a text becomes (Keycloak's `jsonType.label`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JsonType {
    String,
    Boolean,
    Long,
    Int,
    Json,
}

impl Form {
    /// A list of texts.
    pub(super) const LIST: Self = Self {
        json_type: JsonType::String,
        multivalued: true,
    };

    pub(super) fn parse(config: Config<'_>) -> Self {
        Self {
            json_type: match config.text("jsonType.label") {
                Some("boolean") => JsonType::Boolean,
                Some("long") => JsonType::Long,
                Some("int") => JsonType::Int,
                Some("JSON") => JsonType::Json,
                Some(_) | None => JsonType::String,
            },
            multivalued: config.is_true("multivalued"),
        }
    }

    /// One text. `None` if it is none of its type.
    pub(crate) fn of_text(self, text: &str) -> Option<Value> {
        match self.json_type {
            JsonType::String => Some(Value::String(text.to_owned())),
            // Whatever is not true is false, as in Keycloak.
            JsonType::Boolean => Some(Value::Bool(text.eq_ignore_ascii_case("true"))),
            JsonType::Long => text.parse::<i64>().ok().map(|number| json!(number)),
            JsonType::Int => text.parse::<i32>().ok().map(|number| json!(number)),
            JsonType::Json => serde_json::from_str(text).ok(),
        }
    }

    /// Several texts: all of them as a list, or the first. `None` when there is nothing.
    pub(crate) fn of_texts<'t>(self, texts: impl IntoIterator<Item = &'t str>) -> Option<Value> {
        let mut texts = texts.into_iter();
        if !self.multivalued {
            return self.of_text(texts.next()?);
        }
        let list: Vec<Value> = texts.filter_map(|text| self.of_text(text)).collect();
        (!list.is_empty()).then_some(Value::Array(list))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::{Config, Form};

    fn form(json_type: &str, multivalued: &str) -> Form {
        let config = BTreeMap::from([
            ("jsonType.label".to_owned(), json_type.to_owned()),
            ("multivalued".to_owned(), multivalued.to_owned()),
        ]);
        Form::parse(Config(&config))
    }

    #[test]
    fn a_text_becomes_its_type_or_nothing() {
        for (json_type, text, becomes) in [
            ("String", "5", Some(json!("5"))),
            ("", "5", Some(json!("5"))),
            ("odd", "5", Some(json!("5"))),
            ("boolean", "TRUE", Some(json!(true))),
            ("boolean", "yes", Some(json!(false))),
            ("long", "-9223372036854775808", Some(json!(i64::MIN))),
            ("long", "9223372036854775808", None),
            ("long", "5.0", None),
            ("int", "2147483647", Some(json!(2_147_483_647))),
            ("int", "2147483648", None),
            ("JSON", r#"{"a":[1]}"#, Some(json!({"a": [1]}))),
            ("JSON", "{", None),
        ] {
            assert_eq!(form(json_type, "false").of_text(text), becomes, "{json_type} {text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(form("JSON", "false").of_text(&deep), None);
    }

    #[test]
    fn a_list_holds_all_and_a_single_claim_the_first() {
        let texts = || ["1", "x", "2"];
        assert_eq!(form("int", "true").of_texts(texts()), Some(json!([1, 2])));
        assert_eq!(form("int", "false").of_texts(texts()), Some(json!(1)));
        assert_eq!(form("int", "true").of_texts(["x"]), None::<Value>);
        assert_eq!(form("String", "false").of_texts([]), None);
    }
}
