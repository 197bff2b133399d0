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
use crate::login::{action_token, authenticate, consent, update_password};
use crate::{
    account, admin, authorize, introspect, jwks, logout, metadata, realm_info, revoke, session_iframe, token, userinfo,
};

/// The names of all endpoints, for metrics.
pub const ENDPOINTS: [&str; 14] = [
    "authorize",
    "login",
    "token",
    "userinfo",
    "logout",
    "account",
    "session_iframe",
    "introspect",
    "revoke",
    "jwks",
    "metadata",
    "realm_info",
    "admin",
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
            "/realms/{realm}/protocol/openid-connect/auth",
            get(endpoint!("authorize", authorize::authorize)).post(endpoint!("authorize", authorize::authorize)),
        ),
        (
            "/realms/{realm}/login-actions/authenticate",
            get(endpoint!("login", authenticate::authenticate)).post(endpoint!("login", authenticate::authenticate)),
        ),
        (
            "/realms/{realm}/login-actions/required-action",
            get(endpoint!("login", update_password::required_action))
                .post(endpoint!("login", update_password::required_action)),
        ),
        (
            "/realms/{realm}/login-actions/action-token",
            get(endpoint!("login", action_token::action_token)).post(endpoint!("login", action_token::action_token)),
        ),
        (
            "/realms/{realm}/login-actions/consent",
            get(endpoint!("login", consent::consent)).post(endpoint!("login", consent::consent)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/userinfo",
            get(endpoint!("userinfo", userinfo::userinfo))
                .post(endpoint!("userinfo", userinfo::userinfo))
                .options(endpoint!("userinfo", preflight_of_both)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/logout",
            get(endpoint!("logout", logout::logout))
                .post(endpoint!("logout", logout::logout))
                .options(endpoint!("logout", preflight)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/logout/logout-confirm",
            post(endpoint!("logout", logout::confirmed)),
        ),
        (
            "/realms/{realm}/account",
            get(endpoint!("account", account::account))
                .post(endpoint!("account", account::act))
                .options(endpoint!("account", preflight_of_both)),
        ),
        (
            "/realms/{realm}/account/password",
            get(endpoint!("account", account::change_password)).post(endpoint!("account", account::change_password)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/login-status-iframe.html",
            get(endpoint!("session_iframe", session_iframe::login_status)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/login-status-iframe.html/init",
            get(endpoint!("session_iframe", session_iframe::init)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/3p-cookies/step1.html",
            get(endpoint!("session_iframe", session_iframe::third_party_cookies_1)),
        ),
        (
            "/realms/{realm}/protocol/openid-connect/3p-cookies/step2.html",
            get(endpoint!("session_iframe", session_iframe::third_party_cookies_2)),
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
        .merge(admin::rest::table::router())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(app)
}

/// Answers the preflight of a script at the endpoints that scripts may post to.
async fn preflight(call: Call) -> Response<Body> {
    cors::preflight(&call.headers, "POST, OPTIONS")
}

/// Answers the preflight of a script at what may be read and posted to.
async fn preflight_of_both(call: Call) -> Response<Body> {
    cors::preflight(&call.headers, "GET, POST, OPTIONS")
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
