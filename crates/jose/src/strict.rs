//! JSON objects from strangers: bounded in depth, and no member name twice. RFC 8725 §2.4

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

mod object;

pub use object::object;

/// How deep objects and arrays may nest, the outermost object included.
pub(crate) const MAX_DEPTH: u8 = 16;

/// Not one JSON object, too deep, or a member name twice in one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one JSON object, or one with a member twice")]
pub struct NotStrict;

/// Reads all of `json` and returns the names of the outermost object's members.
///
/// RFC 7515 §4 lets a parser refuse duplicate names or take the last; only refusing keeps two parsers from reading
/// two different tokens.
pub(crate) fn members(json: &[u8]) -> Result<BTreeSet<Cow<'_, str>>, NotStrict> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let members = deserializer
        .deserialize_map(Object { depth: MAX_DEPTH })
        .map_err(|_| NotStrict)?;
    deserializer.end().map_err(|_| NotStrict)?;
    Ok(members)
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Object {
    depth: u8,
}

impl<'de> Visitor<'de> for Object {
    type Value = BTreeSet<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object without duplicate members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| de::Error::custom("too deep"))?;
        let mut names = BTreeSet::new();
        while let Some(Name(name)) = map.next_key()? {
            if !names.insert(name) {
                return Err(de::Error::custom("duplicate member"));
            }
            map.next_value_seed(Any { depth })?;
        }
        Ok(names)
    }
}

struct Any {
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Any {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| de::Error::custom("too deep"))?;
        while seq.next_element_seed(Any { depth })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Object { depth: self.depth }.visit_map(map).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_objects_give_their_names() {
        let names = members(br#" {"a":{"a":[1,-1,1.5,null,true,"x",{}]},"b\n":0} "#).unwrap();
        assert_eq!(names.iter().map(Cow::as_ref).collect::<Vec<_>>(), ["a", "b\n"]);
    }

    #[test]
    fn duplicates_are_seen_at_every_level_and_in_every_spelling() {
        assert!(members(br#"{"a":1,"a":1}"#).is_err());
        assert!(members(br#"{"a":1,"\u0061":1}"#).is_err());
        assert!(members(br#"{"a":[{"b":1,"b":2}]}"#).is_err());
        assert!(members(br#"{"a":[{"b":1},{"b":2}]}"#).is_ok());
    }

    #[test]
    fn only_one_whole_object_is_taken() {
        for json in ["", "[]", "null", "\"a\"", "{", "{} {}", "{}x", "{\"a\":}", "\u{feff}{}"] {
            assert!(members(json.as_bytes()).is_err(), "{json}");
        }
        assert!(members(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |n: usize| format!("{{\"a\":{}1{}}}", "[".repeat(n), "]".repeat(n));
        assert!(members(nested(15).as_bytes()).is_ok());
        assert!(members(nested(16).as_bytes()).is_err());
        assert!(members(nested(10_000).as_bytes()).is_err());
    }
}
