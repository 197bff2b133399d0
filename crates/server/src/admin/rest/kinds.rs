//! Members that are kept as data have the kinds that the API description says, by the rules of Keycloak's parser.

use serde_json::{Map, Value};

use crate::admin::openapi;

/// The members as Keycloak's parser reads them for a representation: a number where a text belongs becomes one, `null`
/// is as if it were not there. None where one cannot be read. What the description does not name stays as it is.
pub(crate) fn settle(name: &str, members: Map<String, Value>) -> Option<Map<String, Value>> {
    let Some(schema) = openapi::schema(name) else {
        return Some(members);
    };
    object(schema, members)
}

fn value(schema: &Value, value: Value) -> Option<Value> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return match value {
            Value::Object(members) => settle(name, members).map(Value::Object),
            _ => None,
        };
    }
    match (schema.get("type").and_then(Value::as_str), value) {
        (Some("string"), Value::String(text)) => Some(Value::String(text)),
        (Some("string"), scalar @ (Value::Bool(_) | Value::Number(_))) => Some(Value::String(scalar.to_string())),
        (Some("boolean"), value) => boolean(&value).map(Value::Bool),
        (Some("integer"), value) => integer(&value).map(Value::from),
        (Some("array"), Value::Array(items)) => {
            let of = schema.get("items").unwrap_or(&Value::Null);
            let items = items.into_iter().filter(|item| !item.is_null());
            items
                .map(|item| self::value(of, item))
                .collect::<Option<_>>()
                .map(Value::Array)
        }
        (Some("object"), Value::Object(members)) => object(schema, members).map(Value::Object),
        (None, any) => Some(any),
        _ => None,
    }
}

fn object(schema: &Value, members: Map<String, Value>) -> Option<Map<String, Value>> {
    let named = schema.get("properties").and_then(Value::as_object);
    let others = schema.get("additionalProperties").filter(|others| others.is_object());
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    members
        .map(|(name, value)| {
            let schema = named.and_then(|named| named.get(&name)).or(others);
            let value = match schema {
                Some(schema) => self::value(schema, value)?,
                None => value,
            };
            Some((name, value))
        })
        .collect()
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        Value::String(text) => match text.trim() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn integer(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::settle;

    fn provider(members: &Value) -> Option<Value> {
        settle("IdentityProviderRepresentation", members.as_object().unwrap().clone()).map(Value::Object)
    }

    #[test]
    fn what_keycloak_reads_is_read_as_it_does() {
        let sent = json!({
            "hideOnLogin": "true", "linkOnly": 1, "storeToken": null, "displayName": 5,
            "config": { "guiOrder": 5, "pkce": true, "none": null }, "types": ["X"],
        });
        let read = json!({
            "hideOnLogin": true, "linkOnly": true, "displayName": "5",
            "config": { "guiOrder": "5", "pkce": "true" }, "types": ["X"],
        });
        assert_eq!(provider(&sent), Some(read));
    }

    #[test]
    fn what_keycloak_does_not_read_is_refused() {
        for sent in [
            json!({ "hideOnLogin": "*" }),
            json!({ "hideOnLogin": 1.5 }),
            json!({ "storeToken": 1.844_674_407_370_955_2e19 }),
            json!({ "displayName": [] }),
            json!({ "config": { "a": [null] } }),
            json!({ "config": "x" }),
            json!({ "types": "X" }),
        ] {
            assert_eq!(provider(&sent), None, "{sent}");
        }
    }

    #[test]
    fn what_has_no_description_stays() {
        let sent = json!({ "a": [1] });
        let read = settle("Map", sent.as_object().unwrap().clone());
        assert_eq!(read.map(Value::Object), Some(sent));
    }
}
