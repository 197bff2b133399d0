//! Who may not.

use serde_json::json;

use super::{make, person};
use crate::admin::support::Admin;

#[tokio::test]
async fn every_route_asks_who_calls() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let path = [
        ("realm", realm.as_str()),
        ("user", id.as_str()),
        ("credential", "x"),
        ("after", "x"),
        ("client", "account"),
        ("provider", "gh"),
    ];
    let routes = [
        ("GET /admin/realms/{realm}/users", None),
        ("POST /admin/realms/{realm}/users", Some(person("bob"))),
        ("GET /admin/realms/{realm}/users/count", None),
        ("GET /admin/realms/{realm}/users/profile", None),
        ("PUT /admin/realms/{realm}/users/profile", Some(json!({}))),
        ("GET /admin/realms/{realm}/users/profile/metadata", None),
        ("GET /admin/realms/{realm}/users/{user}", None),
        ("PUT /admin/realms/{realm}/users/{user}", Some(json!({}))),
        ("DELETE /admin/realms/{realm}/users/{user}", None),
        (
            "PUT /admin/realms/{realm}/users/{user}/reset-password",
            Some(json!({"value": "taken over"})),
        ),
        ("GET /admin/realms/{realm}/users/{user}/unmanagedAttributes", None),
        ("GET /admin/realms/{realm}/users/{user}/credentials", None),
        (
            "DELETE /admin/realms/{realm}/users/{user}/credentials/{credential}",
            None,
        ),
        (
            "PUT /admin/realms/{realm}/users/{user}/credentials/{credential}/userLabel",
            None,
        ),
        (
            "POST /admin/realms/{realm}/users/{user}/credentials/{credential}/moveToFirst",
            None,
        ),
        (
            "POST /admin/realms/{realm}/users/{user}/credentials/{credential}/moveAfter/{after}",
            None,
        ),
        (
            "GET /admin/realms/{realm}/users/{user}/configured-user-storage-credential-types",
            None,
        ),
        (
            "PUT /admin/realms/{realm}/users/{user}/disable-credential-types",
            Some(json!([])),
        ),
        ("GET /admin/realms/{realm}/users/{user}/consents", None),
        ("DELETE /admin/realms/{realm}/users/{user}/consents/{client}", None),
        ("GET /admin/realms/{realm}/users/{user}/sessions", None),
        ("GET /admin/realms/{realm}/users/{user}/offline-sessions/{client}", None),
        ("POST /admin/realms/{realm}/users/{user}/logout", None),
        ("GET /admin/realms/{realm}/users/{user}/federated-identity", None),
        (
            "POST /admin/realms/{realm}/users/{user}/federated-identity/{provider}",
            Some(json!({})),
        ),
        (
            "DELETE /admin/realms/{realm}/users/{user}/federated-identity/{provider}",
            None,
        ),
        ("POST /admin/realms/{realm}/users/{user}/impersonation", None),
    ];
    let nobody = admin.as_user(&realm, &[]).await;
    let viewer = admin.as_user(&realm, &["view-users", "query-users"]).await;
    let other = admin.realm().await;
    let stranger = admin.as_user(&other, &["realm-admin"]).await;
    for (route, body) in routes {
        let used: Vec<(&str, &str)> = path
            .iter()
            .copied()
            .filter(|(name, _)| route.contains(&format!("{{{name}}}")))
            .collect();
        let reply = admin.anonymous().send(route, &used, body.clone()).await;
        assert_eq!(
            (reply.status, &reply.body),
            (401, &json!({"error": "HTTP 401 Unauthorized"})),
            "{route}"
        );
        for caller in [&nobody, &stranger] {
            let reply = caller.send(route, &used, body.clone()).await;
            assert_eq!(
                (reply.status, &reply.body),
                (403, &json!({"error": "HTTP 403 Forbidden"})),
                "{route}"
            );
        }
        if !route.starts_with("GET") {
            let reply = viewer.send(route, &used, body.clone()).await;
            assert_eq!(reply.status, 403, "{route} by who may only look");
        }
    }
}
