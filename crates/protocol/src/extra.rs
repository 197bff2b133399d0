//! Claims beside those that the server itself writes.

use serde::Serializer;
use serde::ser::SerializeMap;
use serde_json::{Map, Value};

/// Writes the claims whose names are not reserved: no mapper can say who a token is for, and no name stands twice.
/// RFC 7519 §4
pub(crate) fn serialize<S: Serializer>(
    extra: &Map<String, Value>,
    is_reserved: fn(&str) -> bool,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (name, value) in extra.iter().filter(|(name, _)| !is_reserved(name)) {
        map.serialize_entry(name, value)?;
    }
    map.end()
}
