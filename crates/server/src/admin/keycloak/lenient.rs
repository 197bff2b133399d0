//! What Keycloak's parser takes for a switch, a number or a text although it is written as another of them. Scripts
//! lean on it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

/// A value that is one thing: no list, no object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Switch(bool),
    Whole(i64),
    Number(f64),
    Text(String),
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Switch(switch) => switch.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// `true`, `"true"`.
pub(crate) fn switch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Option::<Scalar>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Scalar::Switch(switch)) => Ok(Some(switch)),
        Some(Scalar::Text(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            "" => Ok(None),
            _ => Err(de::Error::custom("not a switch")),
        },
        Some(Scalar::Whole(_) | Scalar::Number(_)) => Err(de::Error::custom("not a switch")),
    }
}

/// `5`, `"5"`.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Option::<Scalar>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Scalar::Whole(number)) => Ok(Some(number)),
        Some(Scalar::Text(text)) if text.is_empty() => Ok(None),
        Some(Scalar::Text(text)) => text.parse().map(Some).map_err(|_| de::Error::custom("not a number")),
        Some(Scalar::Switch(_) | Scalar::Number(_)) => Err(de::Error::custom("not a whole number")),
    }
}

/// `"x"`, `5`, `true`.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Scalar>::deserialize(deserializer)?.map(Scalar::into_text))
}

/// Texts by name; `null` stays, since it takes a text away.
pub(crate) type Texts = BTreeMap<String, Option<String>>;

/// Texts by name, of which each may be written as a number or a switch.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Texts>, D::Error> {
    let read = Option::<BTreeMap<String, Option<Scalar>>>::deserialize(deserializer)?;
    let texts = |read: BTreeMap<String, Option<Scalar>>| {
        let pairs = read.into_iter();
        pairs
            .map(|(name, value)| (name, value.map(Scalar::into_text)))
            .collect()
    };
    Ok(read.map(texts))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    #[derive(Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Read {
        #[serde(deserialize_with = "super::switch")]
        switch: Option<bool>,
        #[serde(deserialize_with = "super::whole")]
        whole: Option<i64>,
        #[serde(deserialize_with = "super::texts")]
        texts: Option<super::Texts>,
    }

    fn read(value: Value) -> Option<Read> {
        serde_json::from_value(value).ok()
    }

    #[test]
    fn what_is_meant_counts_and_what_is_something_else_does_not() {
        assert_eq!(read(json!({ "switch": "true" })).unwrap().switch, Some(true));
        assert_eq!(read(json!({ "switch": false })).unwrap().switch, Some(false));
        assert_eq!(read(json!({ "switch": null })).unwrap().switch, None);
        assert_eq!(read(json!({ "whole": "5" })).unwrap().whole, Some(5));
        let texts = read(json!({ "texts": { "a": 1, "b": true, "c": null } }))
            .unwrap()
            .texts
            .unwrap();
        assert_eq!(json!(texts), json!({ "a": "1", "b": "true", "c": null }));
        for wrong in [
            json!({ "switch": "yes" }),
            json!({ "switch": 1 }),
            json!({ "whole": 1.5 }),
            json!({ "whole": [] }),
            json!({ "texts": { "a": {} } }),
            json!({ "texts": { "a": [] } }),
        ] {
            assert!(read(wrong.clone()).is_none(), "{wrong}");
        }
    }
}
