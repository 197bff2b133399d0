//! The realm's public keys (RFC 7517 §5).

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, VARY};
use axum::http::{HeaderValue, Response};
use keyward_domain::Fault;
use keyward_domain::key::rotation::JWKS_MAX_AGE_SECS;
use keyward_jose::Jwk;
use serde::Serialize;

use crate::http::call::Call;
use crate::http::{realm, respond};
use crate::snapshot::KeyEntry;

const CACHE: &str = "public, max-age=300";
const _: () = assert!(JWKS_MAX_AGE_SECS == 300, "CACHE says what the rotation counts on");

/// `GET /realms/{realm}/protocol/openid-connect/certs`.
pub(crate) async fn jwks(call: Call) -> Response<Body> {
    let Call {
        app,
        cx,
        realm: name,
        headers,
        ..
    } = call;
    let realm = match realm::find(&app, &name, &cx).await {
        Ok(realm) => realm,
        Err(answer) => return *answer,
    };
    let mut response = respond::document(&realm.jwks, CACHE, &headers);
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    if headers
        .get(ACCEPT)
        .is_some_and(|accept| accept == "application/jwk-set+json")
    {
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    }
    response
}

/// The document: every key that signs, will sign, or signed what still lives.
pub(crate) fn document(keys: &[KeyEntry]) -> Result<Vec<u8>, Fault> {
    #[derive(Serialize)]
    struct Set {
        keys: Vec<Jwk>,
    }
    let keys = public(keys).collect();
    serde_json::to_vec(&Set { keys }).map_err(|error| Fault::Corrupt(error.to_string()))
}

/// The public half of each key, for its one algorithm (RFC 7517 §4.4).
pub(crate) fn public(keys: &[KeyEntry]) -> impl Iterator<Item = Jwk> {
    keys.iter()
        .map(|entry| entry.key.public_jwk().clone().with_algorithm(entry.algorithm))
}
