//! What `keycloak-js` asks for at its start (OIDC Session Management §3): pages in frames that tell whether the session
//! is still the one that the application knows, and whether the browser lets a frame have cookies.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::client::origin;

use crate::http::call::Call;
use crate::http::cookies::Cookie;
use crate::http::page::PageRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::pages::session_iframe;

/// `GET …/login-status-iframe.html`.
pub(crate) async fn login_status(call: Call) -> Response<Body> {
    session_iframe::login_status_iframe(&Cookie::State.name(&call.app, &call.realm))
}

/// `GET …/login-status-iframe.html/init`: whether the page may answer an application of this origin.
pub(crate) async fn init(call: Call) -> Response<Body> {
    may(call).await.unwrap_or_else(|early| *early)
}

async fn may(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let params = page.query()?;
    let client = params.get("client_id").and_then(|id| page.realm.clients.get(id));
    let asked = params.get("origin").unwrap_or_default();
    let known = client.filter(|client| client.client.enabled).is_some_and(|client| {
        let settings = &client.client.settings;
        asked == page.app.settings.public_url || origin::allowed(asked, &settings.web_origins, &settings.redirect_uris)
    });
    let mut response = respond::empty();
    *response.status_mut() = if known {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::FORBIDDEN
    };
    Ok(response)
}

/// `GET …/3p-cookies/step1.html`.
pub(crate) async fn third_party_cookies_1(_: Call) -> Response<Body> {
    session_iframe::third_party_cookies_step1()
}

/// `GET …/3p-cookies/step2.html`.
pub(crate) async fn third_party_cookies_2(_: Call) -> Response<Body> {
    session_iframe::third_party_cookies_step2()
}
