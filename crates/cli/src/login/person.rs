//! Who came with the browser.

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;
use keyward_client::{AccessToken, Issuer, Login};
use serde::Deserialize;
use serde_json::Value;

use crate::admin_api::plain;

/// Their name, as the ID token or else the userinfo endpoint has it; what the issuer calls them when neither does.
pub(super) async fn of(issuer: &Issuer, login: &Login) -> String {
    let token = login.id_token.as_ref();
    let name = token
        .and_then(|token| token.claim("preferred_username"))
        .and_then(Value::as_str);
    match name {
        Some(name) => plain(name),
        None => match asked(issuer, &login.tokens.access_token).await {
            Some(name) => plain(&name),
            None => plain(token.map_or("somebody", |token| token.sub())),
        },
    }
}

#[derive(Deserialize)]
struct Claims {
    preferred_username: String,
}

/// OIDC Core §5.3
async fn asked(issuer: &Issuer, token: &AccessToken) -> Option<String> {
    let metadata = issuer.metadata().await.ok()?;
    let transport = issuer.transport();
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = transport.check(metadata.userinfo_endpoint.as_deref()?).ok()?;
    request.headers_mut().insert(AUTHORIZATION, token.authorization());
    let answer = transport.request(request).await.ok()?;
    let claims: Claims = serde_json::from_slice(answer.body()).ok()?;
    Some(claims.preferred_username)
}
