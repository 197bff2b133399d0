//! Where users are logged in, and logging them out.

use serde_json::{Value, json};

use super::{is_taken, log_in, make, person, shown, tokens};
use crate::admin::support::Admin;
use crate::support::Request;

async fn cli(admin: &Admin, realm: &str) -> String {
    let route = "GET /admin/realms/{realm}/clients";
    let clients = admin
        .send(route, &[("realm", realm), ("clientId", "admin-cli")], None)
        .await;
    clients.body[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn sessions_are_listed_with_their_clients() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    let list = "GET /admin/realms/{realm}/users/{user}/sessions";
    admin.send(list, &path, None).await.assert(200, &json!([]));
    let (_, tokens) = log_in(&admin, &realm, "alice", "first password").await;
    let cli = cli(&admin, &realm).await;
    admin.send(list, &path, None).await.assert(
        200,
        &json!([{
            "id": tokens["session_state"], "username": "alice", "userId": id, "ipAddress": "127.0.0.1",
            "start": 1_800_000_000_000_i64, "lastAccess": 1_800_000_000_000_i64, "rememberMe": false,
            "clients": {cli: "admin-cli"}, "transientUser": false,
        }]),
    );
    admin.server().wait(1801).await;
    let (_, fresh) = log_in(&admin, "master", "admin", "admin").await;
    let admin = admin.with_token(Some(fresh["access_token"].as_str().unwrap().to_owned()));
    admin.send(list, &path, None).await.assert(200, &json!([]));
}

#[tokio::test]
async fn offline_sessions_are_listed_by_client() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", "first password"),
        ("scope", "openid offline_access"),
    ];
    let token_path = format!("/realms/{realm}/protocol/openid-connect/token");
    let tokens: Value = Request::post(&token_path).form(&form).send(admin.server()).await.json();
    let cli = cli(&admin, &realm).await;
    let route = "GET /admin/realms/{realm}/users/{user}/offline-sessions/{client}";
    let path = [
        ("realm", realm.as_str()),
        ("user", id.as_str()),
        ("client", cli.as_str()),
    ];
    admin.send(route, &path, None).await.assert(
        200,
        &json!([{
            "id": tokens["session_state"], "username": "alice", "userId": id, "ipAddress": "127.0.0.1",
            "start": 1_800_000_000_000_i64, "lastAccess": 1_800_000_000_000_i64, "rememberMe": false,
            "clients": {&cli: "admin-cli"}, "transientUser": false,
        }]),
    );
    // The login was for the offline token alone: no browser goes on with it.
    let list = "GET /admin/realms/{realm}/users/{user}/sessions";
    admin.send(list, &path[..2], None).await.assert(200, &json!([]));
    for client in ["nope", "00000000-0000-0000-0000-000000000000"] {
        let reply = admin.send(route, &[path[0], path[1], ("client", client)], None).await;
        reply.assert(404, &json!({"error": "Client not found"}));
    }
}

#[tokio::test]
async fn a_logout_ends_every_token_at_once() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let tokens = tokens(&admin, &realm, "alice", "first password").await;
    let token = tokens["access_token"].as_str().unwrap();
    let second = admin.server().second_node().await;
    admin.server().wait(1).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    admin
        .send("POST /admin/realms/{realm}/users/{user}/logout", &path, None)
        .await
        .assert_done();
    assert!(!is_taken(&admin, &realm, token).await, "a token outlived the logout");
    assert_eq!(shown(&admin, &realm, &id).await["notBefore"], 1_800_000_001);
    let list = admin
        .send("GET /admin/realms/{realm}/users/{user}/sessions", &path, None)
        .await;
    list.assert(200, &json!([]));
    second.follow().await;
    let header = format!("Bearer {token}");
    let userinfo = format!("/realms/{realm}/protocol/openid-connect/userinfo");
    let elsewhere = Request::get(&userinfo)
        .header("Authorization", &header)
        .send(&second)
        .await;
    assert_eq!(elsewhere.status, 401, "another node took the token");
}
