//! Answers against the description that programs get: every answer that [`super::support::Admin`] sees, and one run over
//! the routes that come in families.

use std::sync::LazyLock;

use keyward_server::admin::openapi;
use serde_json::{Value, json};

use super::support::{Admin, Reply};

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// Panics where an answer is not what the description promises.
#[track_caller]
pub(crate) fn check(route: &str, reply: &Reply) {
    let Some((method, path)) = route.split_once(' ') else {
        return;
    };
    let path = path.trim_end_matches('/').replace("{*", "{");
    let Some(operation) = DOCUMENT["paths"]
        .get(&path)
        .and_then(|path| path.get(method.to_lowercase()))
    else {
        return;
    };
    // What is answered before a route is reached: too much, too slow, of the wrong type.
    if matches!(reply.status, 408 | 413 | 415) {
        return;
    }
    let Some(promised) = operation["responses"].get(reply.status.to_string()) else {
        panic!("{route}: {} is no answer of it: {}", reply.status, reply.text);
    };
    let promised = promised["$ref"]
        .as_str()
        .map_or(promised, |to| &DOCUMENT["components"]["responses"][&to[23..]]);
    if let Some(schema) = promised.pointer("/content/application~1json/schema") {
        let mut wrong = Vec::new();
        compare(&reply.body, schema, "", &mut wrong);
        assert!(
            wrong.is_empty(),
            "{route} {}: {}\n{}",
            reply.status,
            wrong.join(", "),
            reply.text
        );
    } else if promised.get("content").is_none() {
        assert_eq!(reply.text, "", "{route}: {} has no body", reply.status);
    }
}

/// Compares by the words of JSON Schema that the description uses.
fn compare(value: &Value, schema: &Value, place: &str, wrong: &mut Vec<String>) {
    if let Some(to) = schema["$ref"].as_str() {
        let schema = DOCUMENT
            .pointer(&to[1..])
            .unwrap_or_else(|| panic!("{to} leads nowhere"));
        return compare(value, schema, place, wrong);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.contains(&type_of(value)) {
        return wrong.push(format!("{place} is {} and not {types:?}", type_of(value)));
    }
    match value {
        Value::Array(items) if schema.get("items").is_some() => {
            for (index, item) in items.iter().enumerate() {
                compare(item, &schema["items"], &format!("{place}[{index}]"), wrong);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let place = format!("{place}.{name}");
                match (schema["properties"].get(name), &schema["additionalProperties"]) {
                    (None, Value::Bool(false)) => wrong.push(format!("{place} is not described")),
                    (Some(schema), _) | (None, schema) => compare(value, schema, &place, wrong),
                }
            }
        }
        _ => {}
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn what_is_not_described_is_told() {
    let wrong = |value: Value| {
        let mut wrong = Vec::new();
        compare(
            &value,
            &json!({ "$ref": "#/components/schemas/RoleRepresentation" }),
            "",
            &mut wrong,
        );
        wrong
    };
    assert_eq!(wrong(json!({ "name": "a", "composite": false })), Vec::<String>::new());
    assert_eq!(
        wrong(json!({ "name": 1, "odd": 2 })),
        [".name is integer and not [\"string\"]", ".odd is not described"]
    );
}

/// What the routes of the run work on.
struct Ground {
    admin: Admin,
    parameters: Vec<(&'static str, String)>,
}

impl Ground {
    async fn make() -> Self {
        let admin = Admin::start().await;
        let realm = admin.realm().await;
        let mut ground = Self {
            admin,
            parameters: vec![("realm", realm)],
        };
        for (name, route, body) in [
            (
                "client",
                "POST /admin/realms/{realm}/clients",
                json!({ "clientId": "shop" }),
            ),
            (
                "container",
                "POST /admin/realms/{realm}/clients",
                json!({ "clientId": "orders" }),
            ),
            (
                "scope",
                "POST /admin/realms/{realm}/client-scopes",
                json!({ "name": "orders:read", "protocol": "openid-connect" }),
            ),
            ("group", "POST /admin/realms/{realm}/groups", json!({ "name": "staff" })),
            (
                "user",
                "POST /admin/realms/{realm}/users",
                json!({ "username": "ada", "enabled": true }),
            ),
        ] {
            let id = ground.send(route, Some(body)).await.created();
            ground.parameters.push((name, id));
        }
        let role = Some(json!({ "name": "reader" }));
        ground
            .send("POST /admin/realms/{realm}/roles", role.clone())
            .await
            .created();
        let of = ground.with("client", "container");
        of.send("POST /admin/realms/{realm}/clients/{client}/roles", role)
            .await
            .created();
        ground
    }

    /// The same with the value of one parameter under another name.
    fn with(&self, name: &'static str, source: &str) -> Self {
        let mut parameters = self.parameters.clone();
        parameters.retain(|(known, _)| *known != name);
        let value = self
            .parameters
            .iter()
            .find(|(known, _)| *known == source)
            .unwrap()
            .1
            .clone();
        parameters.push((name, value));
        Self {
            admin: self.admin.clone(),
            parameters,
        }
    }

    async fn send(&self, route: &str, body: Option<Value>) -> Reply {
        let named = |name: &str| route.contains(&format!("{{{name}}}"));
        let parameters = self.parameters.iter().filter(|(name, _)| named(name));
        let parameters: Vec<(&str, &str)> = parameters.map(|(name, value)| (*name, value.as_str())).collect();
        self.admin.send(route, &parameters, body).await
    }

    /// Sends each and expects a good answer, which [`check`] compares.
    async fn run(&self, routes: &[(&str, Option<&Value>)]) {
        for (route, body) in routes {
            let reply = self.send(route, body.cloned()).await;
            assert!((200..300).contains(&reply.status), "{route}: {reply:?}");
        }
    }
}

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one step after another, each on what the ones before left"
)]
async fn roles_are_mapped_in_every_place_as_described() {
    let ground = Ground::make().await;
    let role = ground.send("GET /admin/realms/{realm}/roles", None).await.body;
    let role = role
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["name"] == "reader")
        .unwrap()
        .clone();
    let realm = json!([role]);
    let of = ground.with("client", "container");
    let client = of
        .send("GET /admin/realms/{realm}/clients/{client}/roles", None)
        .await
        .body;
    let (realm, client) = (Some(&realm), Some(&client));
    ground
        .run(&[
            ("POST /admin/realms/{realm}/users/{user}/role-mappings/realm", realm),
            (
                "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}",
                client,
            ),
            ("GET /admin/realms/{realm}/users/{user}/role-mappings", None),
            ("GET /admin/realms/{realm}/users/{user}/role-mappings/realm", None),
            (
                "GET /admin/realms/{realm}/users/{user}/role-mappings/realm/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/users/{user}/role-mappings/realm/composite",
                None,
            ),
            (
                "GET /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}",
                None,
            ),
            (
                "GET /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}/composite",
                None,
            ),
            ("DELETE /admin/realms/{realm}/users/{user}/role-mappings/realm", realm),
            (
                "DELETE /admin/realms/{realm}/users/{user}/role-mappings/clients/{container}",
                client,
            ),
            ("POST /admin/realms/{realm}/groups/{group}/role-mappings/realm", realm),
            (
                "POST /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}",
                client,
            ),
            ("GET /admin/realms/{realm}/groups/{group}/role-mappings", None),
            ("GET /admin/realms/{realm}/groups/{group}/role-mappings/realm", None),
            (
                "GET /admin/realms/{realm}/groups/{group}/role-mappings/realm/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/groups/{group}/role-mappings/realm/composite",
                None,
            ),
            (
                "GET /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}",
                None,
            ),
            (
                "GET /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}/composite",
                None,
            ),
            ("DELETE /admin/realms/{realm}/groups/{group}/role-mappings/realm", realm),
            (
                "DELETE /admin/realms/{realm}/groups/{group}/role-mappings/clients/{container}",
                client,
            ),
        ])
        .await;
    ground
        .run(&[
            (
                "POST /admin/realms/{realm}/clients/{client}/scope-mappings/realm",
                realm,
            ),
            (
                "POST /admin/realms/{realm}/clients/{client}/scope-mappings/clients/{container}",
                client,
            ),
            ("GET /admin/realms/{realm}/clients/{client}/scope-mappings", None),
            ("GET /admin/realms/{realm}/clients/{client}/scope-mappings/realm", None),
            (
                "GET /admin/realms/{realm}/clients/{client}/scope-mappings/realm/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/clients/{client}/scope-mappings/realm/composite",
                None,
            ),
            (
                "GET /admin/realms/{realm}/clients/{client}/scope-mappings/clients/{container}",
                None,
            ),
            (
                "GET /admin/realms/{realm}/clients/{client}/scope-mappings/clients/{container}/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/clients/{client}/scope-mappings/clients/{container}/composite",
                None,
            ),
            (
                "DELETE /admin/realms/{realm}/clients/{client}/scope-mappings/realm",
                realm,
            ),
            (
                "DELETE /admin/realms/{realm}/clients/{client}/scope-mappings/clients/{container}",
                client,
            ),
            (
                "POST /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/realm",
                realm,
            ),
            (
                "POST /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/clients/{container}",
                client,
            ),
            ("GET /admin/realms/{realm}/client-scopes/{scope}/scope-mappings", None),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/realm",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/realm/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/realm/composite",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/clients/{container}",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/clients/{container}/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/clients/{container}/composite",
                None,
            ),
            (
                "DELETE /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/realm",
                realm,
            ),
            (
                "DELETE /admin/realms/{realm}/client-scopes/{scope}/scope-mappings/clients/{container}",
                client,
            ),
            (
                "POST /admin/realms/{realm}/client-templates/{scope}/scope-mappings/realm",
                realm,
            ),
            (
                "POST /admin/realms/{realm}/client-templates/{scope}/scope-mappings/clients/{container}",
                client,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/scope-mappings",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/scope-mappings/realm",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/scope-mappings/realm/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/scope-mappings/realm/composite",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/scope-mappings/clients/{container}",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/scope-mappings/clients/{container}/available",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/scope-mappings/clients/{container}/composite",
                None,
            ),
            (
                "DELETE /admin/realms/{realm}/client-templates/{scope}/scope-mappings/realm",
                realm,
            ),
            (
                "DELETE /admin/realms/{realm}/client-templates/{scope}/scope-mappings/clients/{container}",
                client,
            ),
        ])
        .await;
}

fn mapper(name: &str) -> Value {
    json!({
        "name": name, "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
        "config": { "claim.name": "a", "claim.value": "b", "access.token.claim": "true" }
    })
}

/// Makes a mapper by the first route, and goes on with it.
async fn mappers(ground: &Ground, name: &str, make: &str, routes: &[(&str, Option<&Value>)]) {
    let id = ground.send(make, Some(mapper(name))).await.created();
    let mut ground = ground.with("protocol", "realm");
    ground.parameters.retain(|(known, _)| *known != "protocol");
    ground
        .parameters
        .extend([("mapper", id), ("protocol", "openid-connect".to_owned())]);
    ground.run(routes).await;
}

#[tokio::test]
async fn mappers_are_as_described_in_every_place() {
    let ground = Ground::make().await;
    let (changed, several) = (mapper("m1"), |name: &str| json!([mapper(name)]));
    let (of_client, of_scope, of_template) = (several("m2"), several("m2"), several("m4"));
    mappers(
        &ground,
        "m1",
        "POST /admin/realms/{realm}/clients/{client}/protocol-mappers/models",
        &[
            (
                "POST /admin/realms/{realm}/clients/{client}/protocol-mappers/add-models",
                Some(&of_client),
            ),
            (
                "GET /admin/realms/{realm}/clients/{client}/protocol-mappers/models",
                None,
            ),
            (
                "GET /admin/realms/{realm}/clients/{client}/protocol-mappers/models/{mapper}",
                None,
            ),
            (
                "PUT /admin/realms/{realm}/clients/{client}/protocol-mappers/models/{mapper}",
                Some(&changed),
            ),
            (
                "GET /admin/realms/{realm}/clients/{client}/protocol-mappers/protocol/{protocol}",
                None,
            ),
            (
                "DELETE /admin/realms/{realm}/clients/{client}/protocol-mappers/models/{mapper}",
                None,
            ),
        ],
    )
    .await;
    mappers(
        &ground,
        "m1",
        "POST /admin/realms/{realm}/client-scopes/{scope}/protocol-mappers/models",
        &[
            (
                "POST /admin/realms/{realm}/client-scopes/{scope}/protocol-mappers/add-models",
                Some(&of_scope),
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/protocol-mappers/models",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/protocol-mappers/models/{mapper}",
                None,
            ),
            (
                "PUT /admin/realms/{realm}/client-scopes/{scope}/protocol-mappers/models/{mapper}",
                Some(&changed),
            ),
            (
                "GET /admin/realms/{realm}/client-scopes/{scope}/protocol-mappers/protocol/{protocol}",
                None,
            ),
            (
                "DELETE /admin/realms/{realm}/client-scopes/{scope}/protocol-mappers/models/{mapper}",
                None,
            ),
        ],
    )
    .await;
    mappers(
        &ground,
        "m1",
        "POST /admin/realms/{realm}/client-templates/{scope}/protocol-mappers/models",
        &[
            (
                "POST /admin/realms/{realm}/client-templates/{scope}/protocol-mappers/add-models",
                Some(&of_template),
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/protocol-mappers/models",
                None,
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/protocol-mappers/models/{mapper}",
                None,
            ),
            (
                "PUT /admin/realms/{realm}/client-templates/{scope}/protocol-mappers/models/{mapper}",
                Some(&changed),
            ),
            (
                "GET /admin/realms/{realm}/client-templates/{scope}/protocol-mappers/protocol/{protocol}",
                None,
            ),
            (
                "DELETE /admin/realms/{realm}/client-templates/{scope}/protocol-mappers/models/{mapper}",
                None,
            ),
        ],
    )
    .await;
}
