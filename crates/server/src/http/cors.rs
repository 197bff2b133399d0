//! Which scripts may read an answer.
//!
//! | Endpoint | `Access-Control-Allow-Origin` |
//! |---|---|
//! | discovery, JWKS, realm information | `*` |
//! | token, revocation, userinfo, account (JSON), logout (refresh token) | the origin, if it is one of the client's |
//! | introspection | none: it is asked by servers |
//!
//! A preflight cannot know the client, so it is answered permissively and the real request decides.
//!
//! Where one origin is named, `Access-Control-Allow-Credentials` stands beside it: `keycloak-js` fetches with
//! credentials. Nothing is gained by them: no answer that a script may read comes of a cookie.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Response};
use keyward_domain::client::{ClientSettings, origin};

use crate::app::App;

/// Answers a preflight.
pub(crate) fn preflight(headers: &HeaderMap, methods: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let out = response.headers_mut();
    if let Some(origin) = headers.get(ORIGIN) {
        out.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        out.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        out.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
        out.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("Authorization, DPoP, Content-Type"),
        );
        out.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
        out.insert(VARY, HeaderValue::from_static("Origin"));
    }
    out.insert(ALLOW, HeaderValue::from_static(methods));
    response
}

/// What the `Origin` of a request means for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No script asks, or one of this very server.
    NotCrossOrigin,
    /// The script may read the answer.
    Allowed(HeaderValue),
    /// It is none of the client's origins.
    Foreign,
}

/// Judges the `Origin` header for a client.
pub(crate) fn judge(app: &App, headers: &HeaderMap, client: &ClientSettings) -> Verdict {
    let Some(value) = headers.get(ORIGIN) else {
        return Verdict::NotCrossOrigin;
    };
    match value.to_str() {
        Ok(text) if text == app.settings.public_url => Verdict::NotCrossOrigin,
        Ok(text) if origin::allowed(text, &client.web_origins, &client.redirect_uris) => {
            Verdict::Allowed(value.clone())
        }
        _ => Verdict::Foreign,
    }
}

/// Lets the script read the answer, errors included.
pub(crate) fn expose(response: &mut Response<Body>, origin: HeaderValue) {
    let out = response.headers_mut();
    out.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    out.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    out.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("WWW-Authenticate, DPoP-Nonce, Retry-After"),
    );
    out.insert(VARY, HeaderValue::from_static("Origin"));
}
