//! What Keycloak's parser takes for a switch, a number or a text although it is written as another of them. Scripts
//! lean on it.

use std::collections::BTreeMap;

use keyward_domain::user::Attributes;
use serde::{Deserialize, Deserializer, de};

/// A value that is one thing: no list, no object.
#[derive(Deserialize)]
#[serde(untagged, expecting = "invalid type, expected a text, a number or a boolean")]
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

/// `true`, `"true"`, `1`.
pub(crate) fn switch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Option::<Scalar>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Scalar::Switch(switch)) => Ok(Some(switch)),
        Some(Scalar::Text(text)) => match text.trim() {
            "true" | "True" | "TRUE" => Ok(Some(true)),
            "false" | "False" | "FALSE" => Ok(Some(false)),
            "" => Ok(None),
            _ => Err(de::Error::custom("invalid value, expected a boolean")),
        },
        Some(Scalar::Whole(number)) => Ok(Some(number != 0)),
        Some(Scalar::Number(_)) => Err(de::Error::custom("invalid value, expected a boolean")),
    }
}

/// `5`, `"5"`.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Option::<Scalar>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Scalar::Whole(number)) => Ok(Some(number)),
        Some(Scalar::Text(text)) if text.is_empty() => Ok(None),
        Some(Scalar::Text(text)) => text
            .parse()
            .map(Some)
            .map_err(|_| de::Error::custom("invalid value, expected a whole number")),
        Some(Scalar::Switch(_) | Scalar::Number(_)) => Err(de::Error::custom("invalid value, expected a whole number")),
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

/// Lists of texts by name: the attributes of a role or a group.
pub(crate) fn lists<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Attributes>, D::Error> {
    let read = Option::<BTreeMap<String, Option<Vec<Option<Scalar>>>>>::deserialize(deserializer)?;
    Ok(read.map(|lists| {
        let lists = lists.into_iter();
        lists
            .map(|(name, list)| (name, into_texts(list.unwrap_or_default())))
            .collect()
    }))
}

/// Lists of texts by name, of which one may be a text alone; an empty list is none, as PHP writes it: the attributes of
/// a user.
pub(crate) fn lists_or_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Attributes>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "invalid type, expected an object")]
    enum Sent {
        Named(BTreeMap<String, Option<Values>>),
        Nothing([(); 0]),
    }
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "invalid type, expected a list of texts")]
    enum Values {
        Many(Vec<Option<Scalar>>),
        One(Scalar),
    }
    let named = match Option::<Sent>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Sent::Nothing([])) => BTreeMap::new(),
        Some(Sent::Named(named)) => named,
    };
    let texts = |values| match values {
        Some(Values::Many(many)) => into_texts(many),
        Some(Values::One(one)) => vec![one.into_text()],
        None => Vec::new(),
    };
    let named = named.into_iter();
    Ok(Some(named.map(|(name, values)| (name, texts(values))).collect()))
}

fn into_texts(list: Vec<Option<Scalar>>) -> Vec<String> {
    list.into_iter().flatten().map(Scalar::into_text).collect()
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
        assert_eq!(read(json!({ "switch": 5 })).unwrap().switch, Some(true));
        assert_eq!(read(json!({ "switch": 0 })).unwrap().switch, Some(false));
        assert_eq!(read(json!({ "whole": "5" })).unwrap().whole, Some(5));
        let texts = read(json!({ "texts": { "a": 1, "b": true, "c": null } }))
            .unwrap()
            .texts
            .unwrap();
        assert_eq!(json!(texts), json!({ "a": "1", "b": "true", "c": null }));
        for wrong in [
            json!({ "switch": "yes" }),
            json!({ "switch": 1.5 }),
            json!({ "switch": "1" }),
            json!({ "switch": "tRUE" }),
            json!({ "whole": 1.5 }),
            json!({ "whole": [] }),
            json!({ "texts": { "a": {} } }),
            json!({ "texts": { "a": [] } }),
        ] {
            assert!(read(wrong.clone()).is_none(), "{wrong}");
        }
    }
}
