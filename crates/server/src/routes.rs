//! Every path of the server.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response, StatusCode};
use axum::routing::{MethodRouter, get, post};

use crate::app::App;
use crate::http::call::Call;
use crate::http::edge::Endpoint;
use crate::http::{cors, respond};
use crate::{introspect, jwks, metadata, realm_info, revoke, token};

/// The names of all endpoints, for metrics.
pub const ENDPOINTS: [&str; 7] = [
    "token",
    "introspect",
    "revoke",
    "jwks",
    "metadata",
    "realm_info",
    "other",
];

/// Makes an axum handler of an endpoint: the request is taken apart, and the answer carries the endpoint's name for
/// the metrics.
macro_rules! endpoint {
    ($name:literal, $handler:path) => {
        |State(app): State<Arc<App>>, request: Request<Body>| async move {
            let mut response = match Call::new(app, request) {
                Some(call) => $handler(call).await,
                None => not_found().await,
            };
            response.extensions_mut().insert(Endpoint($name));
            response
        }
    };
}

/// The table: Keycloak's path, and who answers there. The forms of discovery stand below each other because clients
/// try them in turn (RFC 8414 §3.1, OIDC Discovery §4, and what MCP clients build from either).
fn table() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    let discovery =
        || get(endpoint!("metadata", metadata::metadata)).options(endpoint!("metadata", preflight_of_reading));
    vec![
        (
            "/realms/{realm}",
            get(endpoint!("realm_info", realm_info::realm_info)).options(endpoint!("realm_info", preflight_of_reading)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/token",
            post(endpoint!("token", token::token)).options(endpoint!("token", preflight)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/token/introspect",
            post(endpoint!("introspect", introspect::introspect)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/revoke",
            post(endpoint!("revoke", revoke::revoke)).options(endpoint!("revoke", preflight)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/certs",
            get(endpoint!("jwks", jwks::jwks)).options(endpoint!("jwks", preflight_of_reading)),
        ),
        ("/realms/{realm}/.well-known/openid-configuration", discovery()),
        ("/realms/{realm}/.well-known/oauth-authorization-server", discovery()),
        ("/.well-known/openid-configuration/realms/{realm}", discovery()),
        ("/.well-known/oauth-authorization-server/realms/{realm}", discovery()),
    ]
}

/// The router over the table.
pub fn router(app: Arc<App>) -> Router {
    let router = table()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(app)
}

/// Answers the preflight of a script at the endpoints that scripts may post to.
async fn preflight(call: Call) -> Response<Body> {
    cors::preflight(&call.headers, "POST, OPTIONS")
}

/// Answers the preflight of a script at the public documents.
async fn preflight_of_reading(call: Call) -> Response<Body> {
    cors::preflight(&call.headers, "GET, OPTIONS")
}

async fn not_found() -> Response<Body> {
    respond::plain_error(StatusCode::NOT_FOUND, "HTTP 404 Not Found")
}

async fn method_not_allowed() -> Response<Body> {
    respond::plain_error(StatusCode::METHOD_NOT_ALLOWED, "HTTP 405 Method Not Allowed")
}
