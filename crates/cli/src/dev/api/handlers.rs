//! What the demo API does: it says who calls.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, Method, Uri};
use axum::routing::{get, post};
use keyward_guard::Caller;
use keyward_guard::settings::Credential;
use serde::Serialize;

/// The routes. Who may come is none of their business.
pub(super) fn router() -> Router {
    Router::new()
        .route("/orders", get(echo).post(echo))
        .route("/payments", post(echo))
        .route("/limited", get(echo))
        .route("/public", get(echo))
}

#[derive(Serialize)]
struct Echo<'r> {
    method: &'r str,
    path: &'r str,
    caller: Option<Who<'r>>,
}

#[derive(Serialize)]
struct Who<'r> {
    kind: &'static str,
    subject: Option<&'r str>,
    client_id: Option<&'r str>,
    scope: String,
}

type Json = ([(HeaderName, &'static str); 1], String);

async fn echo(caller: Option<Caller>, method: Method, uri: Uri) -> Json {
    let who = caller.as_ref().map(|caller| Who {
        kind: match caller.kind() {
            Credential::User => "user",
            Credential::Client => "client",
        },
        subject: caller.subject(),
        client_id: caller.client_id(),
        scope: caller.scope().to_string(),
    });
    let echo = Echo {
        method: method.as_str(),
        path: uri.path(),
        caller: who,
    };
    let text = serde_json::to_string(&echo).unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], text)
}
