//! Clients.

use serde_json::{Value, json};

use super::support::{Admin, Reply};
use crate::support::{Request, Response};

mod create;
mod evaluate;
mod installation;
mod keys;
mod lifespans;
mod list;
mod nodes;
mod policies;
mod privilege;
mod redirect_uris;
mod registration;
mod scopes;
mod secret;
mod service_account;
mod sessions;
mod update;

const CLIENTS: &str = "/admin/realms/{realm}/clients";

/// Makes a client. Returns its row.
async fn make(admin: &Admin, realm: &str, body: Value) -> String {
    let route = format!("POST {CLIENTS}");
    admin.send(&route, &[("realm", realm)], Some(body)).await.created()
}

/// A client by `client_id`.
async fn named(admin: &Admin, realm: &str, client_id: &str) -> Value {
    let list = [("realm", realm), ("clientId", client_id)];
    let reply = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body[0].clone()
}

/// The row of a client.
async fn row(admin: &Admin, realm: &str, client_id: &str) -> String {
    named(admin, realm, client_id).await["id"].as_str().unwrap().to_owned()
}

/// A client by its row.
async fn get(admin: &Admin, realm: &str, client: &str) -> Value {
    let reply = of(admin, "GET /admin/realms/{realm}/clients/{client}", realm, client).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

/// A request about one client, without a body.
async fn of(admin: &Admin, route: &str, realm: &str, client: &str) -> Reply {
    admin.send(route, &[("realm", realm), ("client", client)], None).await
}

/// A change of one client.
async fn put(admin: &Admin, realm: &str, client: &str, change: Value) -> Reply {
    let place = [("realm", realm), ("client", client)];
    admin
        .send("PUT /admin/realms/{realm}/clients/{client}", &place, Some(change))
        .await
}

/// What the token endpoint says to a client that asks for a token for itself.
async fn token(admin: &Admin, realm: &str, client_id: &str, secret: &str) -> Response {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", secret),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    Request::post(&path).form(&form).send(admin.server()).await
}

fn not_found() -> Value {
    json!({ "error": "Could not find client" })
}

fn forbidden() -> Value {
    json!({ "error": "HTTP 403 Forbidden" })
}

/// A row that no realm has.
const NOBODY: &str = "7b0f3a52-6f0e-4c5e-9d1c-0a4f5f0c1d2e";
