//! JSON objects from strangers: bounded in depth, and no member name twice. RFC 8725 §2.4

use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

/// How deep objects and arrays may nest, the outermost object included.
const MAX_DEPTH: u8 = 32;

/// Not one JSON object, too deep, or a member name twice in one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a JSON object, or one with a member twice")]
pub(crate) struct NotStrict;

/// Reads all of `json` as one object.
pub(crate) fn object(json: &[u8]) -> Result<Map<String, Value>, NotStrict> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = Any { depth: MAX_DEPTH }
        .deserialize(&mut deserializer)
        .map_err(|_| NotStrict)?;
    deserializer.end().map_err(|_| NotStrict)?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(NotStrict),
    }
}

/// Reads all of `json` as one object that holds a `T`.
pub(crate) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, NotStrict> {
    serde_json::from_value(Value::Object(object(json)?)).map_err(|_| NotStrict)
}

#[derive(Clone, Copy)]
struct Any {
    depth: u8,
}

impl Any {
    fn inner<E: de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Any {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.insert(name, map.next_value_seed(inner)?).is_some() {
                return Err(de::Error::custom("duplicate member"));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_it_is() {
        let json = r#"{"a":{"b":[1,-1,1.5,null,true,"x",{}]},"c\n":"é"}"#;
        let plain: Value = serde_json::from_str(json).unwrap();
        assert_eq!(Value::Object(object(json.as_bytes()).unwrap()), plain);
    }

    #[test]
    fn duplicates_are_refused_at_every_level_and_in_every_spelling() {
        for json in [
            r#"{"active":false,"active":true}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
        ] {
            assert_eq!(object(json.as_bytes()), Err(NotStrict), "{json}");
        }
        assert!(object(br#"{"a":[{"b":1},{"b":2}]}"#).is_ok());
    }

    #[test]
    fn only_one_whole_object_is_taken() {
        for json in [
            "",
            "[]",
            "null",
            "\"a\"",
            "{",
            "{} {}",
            "{}x",
            "{\"a\":}",
            "{\"a\":1e309}",
            "<html>",
        ] {
            assert_eq!(object(json.as_bytes()), Err(NotStrict), "{json}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), Err(NotStrict));
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |n: usize| format!("{{\"a\":{}1{}}}", "[".repeat(n), "]".repeat(n));
        assert!(object(nested(31).as_bytes()).is_ok());
        assert_eq!(object(nested(32).as_bytes()), Err(NotStrict));
        assert_eq!(object(nested(100_000).as_bytes()), Err(NotStrict));
    }
}
