//! Every path of the server.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::middleware::{self, Next};
use axum::routing::{MethodRouter, get, post};

use crate::app::App;
use crate::http::edge::Endpoint;
use crate::http::respond;
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

/// One path.
struct Route {
    /// As Keycloak has it; `{realm}` is the realm's name.
    path: &'static str,
    /// Its name in metrics.
    endpoint: &'static str,
    methods: MethodRouter<Arc<App>>,
}

/// The table. The forms of discovery stand below each other because clients try them in turn (RFC 8414 §3.1,
/// OIDC Discovery §4, and what MCP clients build from either).
fn table() -> Vec<Route> {
    let route = |path, endpoint, methods| Route {
        path,
        endpoint,
        methods,
    };
    vec![
        route("/realms/{realm}", "realm_info", get(realm_info::realm_info)),
        route(
            "/realms/{realm}/protocol/openid-connect/token",
            "token",
            post(token::token).options(token::preflight),
        ),
        route(
            "/realms/{realm}/protocol/openid-connect/token/introspect",
            "introspect",
            post(introspect::introspect),
        ),
        route(
            "/realms/{realm}/protocol/openid-connect/revoke",
            "revoke",
            post(revoke::revoke).options(revoke::preflight),
        ),
        route("/realms/{realm}/protocol/openid-connect/certs", "jwks", get(jwks::jwks)),
        route(
            "/realms/{realm}/.well-known/openid-configuration",
            "metadata",
            get(metadata::metadata),
        ),
        route(
            "/realms/{realm}/.well-known/oauth-authorization-server",
            "metadata",
            get(metadata::metadata),
        ),
        route(
            "/.well-known/openid-configuration/realms/{realm}",
            "metadata",
            get(metadata::metadata),
        ),
        route(
            "/.well-known/oauth-authorization-server/realms/{realm}",
            "metadata",
            get(metadata::metadata),
        ),
    ]
}

/// The router over the table.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for Route {
        path,
        endpoint,
        methods,
    } in table()
    {
        let name = move |request: Request<Body>, next: Next| named(endpoint, request, next);
        router = router.route(path, methods.layer(middleware::from_fn(name)));
    }
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(app)
}

async fn named(endpoint: &'static str, request: Request<Body>, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(Endpoint(endpoint));
    response
}

async fn not_found() -> Response<Body> {
    respond::plain_error(StatusCode::NOT_FOUND, "HTTP 404 Not Found")
}

async fn method_not_allowed() -> Response<Body> {
    respond::plain_error(StatusCode::METHOD_NOT_ALLOWED, "HTTP 405 Method Not Allowed")
}
