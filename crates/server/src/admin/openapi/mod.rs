//! The admin API described for programs: OpenAPI 3.1, from the route table. `operations.json` says what each route
//! takes and gives, `schemas.json` what the representations hold.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::rest::table::{self, Offered};

/// What a route takes and gives. Shapes are the name of a schema, `[name]` for a list and `{name}` for a map of it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Operation {
    /// Names of query parameters.
    #[serde(default)]
    query: Vec<String>,
    /// The shape of the body, or a media type.
    body: Option<String>,
    /// The shape of the answer; none for 204, `created` for 201 without a body, `created name` for 201 with one.
    answer: Option<String>,
    /// Further statuses: 204 beside another good answer, 412, 500 and 501 beside the usual errors.
    #[serde(default)]
    also: Vec<String>,
}

/// What the representations hold, by their names.
static SCHEMAS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("schemas.json")).unwrap_or_default());

/// What a representation holds, if it is described.
pub(super) fn schema(name: &str) -> Option<&'static Value> {
    SCHEMAS.get(name)
}

/// The description.
pub fn document() -> Value {
    let operations: BTreeMap<String, Operation> =
        serde_json::from_str(include_str!("operations.json")).unwrap_or_default();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (method, path, offered) in table::lines() {
        let operation = operations.get(&format!("{method} {path}"));
        let described = describe((method, path, offered), operation.unwrap_or(&Operation::default()));
        // A name that stands for several segments has no form of its own in OpenAPI.
        let path = path.replace("{*", "{");
        paths.entry(path).or_default().insert(method.to_lowercase(), described);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Keyward admin API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Keycloak's admin REST API, as of 26.7.",
            "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "responses": errors(),
            "schemas": *SCHEMAS,
        },
    })
}

fn describe((method, path, offered): (&str, &str, Offered), operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation_id(method, path),
        "tags": [tag(path)],
        "parameters": parameters(path, &operation.query),
        "responses": responses(offered, operation),
        "x-offered": match offered {
            Offered::Full => "full",
            Offered::DataOnly => "data only",
            Offered::NotOffered => "not offered",
        },
    });
    if let Some(body) = &operation.body {
        let (media_type, schema) = if body.contains('/') {
            (body.as_str(), json!({ "type": "string" }))
        } else {
            ("application/json", shape(body))
        };
        let content = json!({ "required": true, "content": { media_type: { "schema": schema } } });
        super::documents::set(&mut described, "requestBody", content);
    }
    described
}

/// Method and path as one word. `By` tells a parameter from a word of the path.
fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_lowercase();
    for segment in path
        .split('/')
        .filter(|segment| !segment.is_empty() && *segment != "admin")
    {
        if segment.starts_with('{') {
            id.push_str("By");
        }
        for word in segment.split(['-', '_', '{', '}', '*']) {
            let mut letters = word.chars();
            id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            id.push_str(letters.as_str());
        }
    }
    id
}

/// The noun below the realm.
fn tag(path: &str) -> &str {
    match path.strip_prefix("/admin/realms/{realm}/") {
        Some(below) => below.split('/').next().unwrap_or_default(),
        None if path.starts_with("/admin/realms") => "realms",
        None => "server",
    }
}

fn parameters(path: &str, query: &[String]) -> Vec<Value> {
    let text = json!({ "type": "string" });
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_path = names
        .map(|name| json!({ "name": name.trim_start_matches('*'), "in": "path", "required": true, "schema": text }));
    let in_query = query.iter().map(|name| {
        let schema = match name.as_str() {
            "first" | "max" | "lifespan" => json!({ "type": "integer" }),
            "briefRepresentation" | "exact" | "enabled" | "emailVerified" => json!({ "type": "boolean" }),
            _ => text.clone(),
        };
        json!({ "name": name, "in": "query", "schema": schema })
    });
    in_path.chain(in_query).collect()
}

/// The errors that routes answer with.
const ERRORS: [(&str, &str); 9] = [
    ("400", "Not what it should be"),
    ("401", "No good token"),
    ("403", "Not allowed"),
    ("404", "Not there"),
    ("409", "Taken"),
    ("412", "What it needs is not there"),
    ("415", "Of another media type"),
    ("500", "Something outside failed"),
    ("501", "Not offered"),
];

/// Each once, for the routes to refer to.
fn errors() -> Map<String, Value> {
    let described = ERRORS.map(|(status, text)| {
        let content = json!({ "application/json": { "schema": shape("Error") } });
        (
            format!("Error{status}"),
            json!({ "description": text, "content": content }),
        )
    });
    described.into_iter().collect()
}

fn responses(offered: Offered, operation: &Operation) -> Value {
    let mut responses = Map::new();
    let mut refuse = |status: &str| {
        let error = json!({ "$ref": format!("#/components/responses/Error{status}") });
        responses.insert(status.to_owned(), error);
    };
    if offered == Offered::NotOffered {
        ["401", "403", "404", "501"].into_iter().for_each(refuse);
        return responses.into();
    }
    ["400", "401", "403", "404", "409"].into_iter().for_each(&mut refuse);
    if operation.body.is_some() {
        refuse("415");
    }
    let further = operation.also.iter().map(String::as_str);
    further.filter(|status| *status != "204").for_each(refuse);
    if operation.also.iter().any(|status| status == "204") {
        responses.insert("204".into(), json!({ "description": "Done" }));
    }
    let made = operation
        .answer
        .as_deref()
        .and_then(|answer| answer.strip_prefix("created "));
    let (status, good) = match made.or(operation.answer.as_deref()) {
        None => ("204", json!({ "description": "Done" })),
        Some("created") => {
            let location = json!({ "Location": { "schema": { "type": "string" } } });
            ("201", json!({ "description": "Made", "headers": location }))
        }
        Some(media_type) if media_type.contains('/') => {
            let content = json!({ media_type: { "schema": { "type": "string" } } });
            ("200", json!({ "description": "Found", "content": content }))
        }
        Some(name) => {
            let content = json!({ "application/json": { "schema": shape(name) } });
            let status = if made.is_some() { "201" } else { "200" };
            (status, json!({ "description": "Found", "content": content }))
        }
    };
    responses.insert(status.to_owned(), good);
    responses.into()
}

/// The schema of a shape.
fn shape(text: &str) -> Value {
    let inner = |open, close| text.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    if let Some(item) = inner('[', ']') {
        return json!({ "type": "array", "items": shape(item) });
    }
    if let Some(item) = inner('{', '}') {
        return json!({ "type": "object", "additionalProperties": shape(item) });
    }
    match text {
        "any" => json!({}),
        "string" | "integer" | "boolean" | "object" => json!({ "type": text }),
        name => json!({ "$ref": format!("#/components/schemas/{name}") }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::{Operation, document, operation_id, shape, table};

    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("$ref", Value::String(to)) => drop(found.insert(to.clone())),
                        _ => references(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        found.retain(|name| !name.starts_with("#/components/responses/"));
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let known: BTreeSet<String> = schemas
            .keys()
            .map(|name| format!("#/components/schemas/{name}"))
            .collect();
        assert_eq!(found.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
        assert_eq!(known.difference(&found).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    #[test]
    fn every_operation_is_a_route_and_has_a_name_of_its_own() {
        let operations: BTreeMap<String, Operation> = serde_json::from_str(include_str!("operations.json")).unwrap();
        let lines = table::lines();
        let routes: BTreeSet<String> = lines
            .iter()
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect();
        let lost: Vec<&String> = operations.keys().filter(|name| !routes.contains(*name)).collect();
        assert!(lost.is_empty(), "{lost:?}");
        let ids: BTreeSet<String> = lines
            .iter()
            .map(|(method, path, _)| operation_id(method, path))
            .collect();
        assert_eq!(ids.len(), routes.len());
    }

    #[test]
    fn shapes_nest() {
        assert_eq!(
            shape("[string]"),
            serde_json::json!({ "type": "array", "items": { "type": "string" } })
        );
        assert_eq!(
            shape("{[A]}")["additionalProperties"]["items"]["$ref"],
            "#/components/schemas/A"
        );
    }
}
