//! Bodies that are no JSON, or JSON of the wrong types. Where a text is asserted, Keycloak 26.7.4 was asked.

use serde_json::{Value, json};

use super::support::Admin;

/// The lists that a new thing goes to, with a member that is no text there.
const LISTS: [(&str, &str); 6] = [
    ("POST /admin/realms/{realm}/users", "enabled"),
    ("POST /admin/realms/{realm}/clients", "publicClient"),
    ("POST /admin/realms/{realm}/roles", "attributes"),
    ("POST /admin/realms/{realm}/groups", "attributes"),
    ("POST /admin/realms/{realm}/client-scopes", "attributes"),
    ("POST /admin/realms/{realm}/components", "config"),
];

#[tokio::test]
async fn what_is_no_json_and_what_is_of_a_wrong_type_are_told_apart() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let broken = json!({ "error": "invalid_request", "error_description": "Cannot parse the JSON" });
    for (route, member) in LISTS {
        for body in ["{\"x\":", "x", "", "{} trailing"] {
            let reply = admin.send_as(route, &path, "application/json", body).await;
            assert_eq!((reply.status, &reply.body), (400, &broken), "{route} {body}");
        }
        for (body, place) in [
            ("[]".to_owned(), "$"),
            ("\"text\"".to_owned(), "$"),
            ("5".to_owned(), "$"),
            ("null".to_owned(), "$"),
            (format!("{{\"{member}\":\"maybe\"}}"), member),
            (format!("{{\"{member}\":[1]}}"), member),
        ] {
            let reply = admin.send_as(route, &path, "application/json", body.clone()).await;
            let message = reply.body["errors"][0]["message"].as_str().unwrap_or_default();
            assert!(message.starts_with("must be a"), "{route} {body} {reply:?}");
            let told = wrong(place, message);
            assert_eq!((reply.status, &reply.body), (400, &told), "{route} {body}");
        }
    }
}

/// Keycloak's words, and beside them what is ours: the place.
fn wrong(path: &str, message: &str) -> Value {
    json!({
        "error": "unknown_error",
        "error_description": "Cannot parse the JSON",
        "errors": [{ "path": path, "message": message }],
    })
}

/// The value may be a secret.
#[tokio::test]
async fn a_member_of_a_wrong_type_is_named_without_its_value() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    for (route, body, told) in [
        (
            "PUT /admin/realms/{realm}",
            json!({ "accessTokenLifespan": "canary" }),
            wrong("accessTokenLifespan", "must be a whole number"),
        ),
        (
            "PUT /admin/realms/{realm}",
            json!({ "smtpServer": { "password": ["canary"] } }),
            wrong("smtpServer.password", "must be a text, a number or a boolean"),
        ),
        (
            "POST /admin/realms/{realm}/clients",
            json!({ "clientId": "a", "secret": { "canary": "canary" } }),
            wrong("secret", "must be a text"),
        ),
        (
            "POST /admin/realms/{realm}/users",
            json!({ "username": "a", "credentials": "canary" }),
            wrong("credentials", "must be a list"),
        ),
    ] {
        let reply = admin.send(route, &path, Some(body)).await;
        assert_eq!((reply.status, &reply.body), (400, &told), "{route}");
    }
}

/// Which of two would count?
#[tokio::test]
async fn a_member_that_stands_twice_is_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let body = r#"{"name":"a","name":"b"}"#;
    let reply = admin
        .send_as("POST /admin/realms/{realm}/roles", &path, "application/json", body)
        .await;
    reply.assert(400, &wrong("$", "duplicate field `name`"));
}

/// A number is taken for a text or a switch, as Keycloak's parser does.
#[tokio::test]
async fn scalars_are_taken_for_what_is_meant() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let made = async |noun: &str, body: Value| -> String {
        let route = format!("POST /admin/realms/{{realm}}/{noun}");
        let reply = admin.send(&route, &path, Some(body)).await;
        assert_eq!(reply.status, 201, "{noun} {reply:?}");
        let location = reply.header("location").unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    };
    let user = json!({ "username": 12345, "enabled": 1, "emailVerified": " True ", "firstName": 7, "attributes": [] });
    let user = made("users", user).await;
    let route = "GET /admin/realms/{realm}/users/{user}";
    let seen = admin.send(route, &[path[0], ("user", &user)], None).await.body;
    let expected = json!(["12345", true, true, "7"]);
    let members = ["username", "enabled", "emailVerified", "firstName"].map(|name| seen[name].clone());
    assert_eq!(json!(members), expected);

    assert_eq!(
        made("roles", json!({ "name": 5, "attributes": { "a": [1, true] } })).await,
        "5"
    );
    let route = "GET /admin/realms/{realm}/roles/{role}";
    let seen = admin.send(route, &[path[0], ("role", "5")], None).await.body;
    assert_eq!(seen["attributes"], json!({ "a": ["1", "true"] }));
    made("groups", json!({ "name": true })).await;
    made(
        "clients",
        json!({ "clientId": 9, "name": 5, "enabled": 0, "description": true }),
    )
    .await;
    made(
        "client-scopes",
        json!({ "name": 8, "protocol": "openid-connect", "attributes": { "a": 1 } }),
    )
    .await;
}
