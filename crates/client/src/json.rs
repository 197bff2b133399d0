//! JSON objects from strangers, read into types.

use keyward_jose::strict::{self, NotStrict};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads all of `json` as one object that holds a `T`; no member name is twice in it. RFC 8725 §2.4
pub(crate) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, NotStrict> {
    serde_json::from_value(Value::Object(strict::object(json)?)).map_err(|_| NotStrict)
}
