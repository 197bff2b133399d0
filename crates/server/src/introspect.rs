//! Token introspection (RFC 7662).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::event::What;
use keyward_protocol::at_jwt::AccessToken;
use keyward_protocol::error::ErrorCode;
use keyward_protocol::introspection::{ActiveToken, INACTIVE, IntrospectionRequest};
use keyward_protocol::token::TokenType;

use crate::access_token;
use crate::http::call::Call;
use crate::http::client_auth::Scripts;
use crate::http::form::FormRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// `POST /realms/{realm}/protocol/openid-connect/token/introspect`.
pub(crate) async fn introspect(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let form = FormRequest::read(call).await?;
    let params = form.params()?;
    let caller = form.caller(&params, Scripts::Never, "Client authentication failed.")?;
    if !caller.is_confidential() {
        return Ok(respond::error_with_status(
            StatusCode::FORBIDDEN,
            ErrorCode::InvalidRequest,
            "Client not allowed.",
        ));
    }
    Ok(match IntrospectionRequest::parse(&params) {
        Ok(request) => told(&form, caller.entry(), request.token)
            .await
            .unwrap_or_else(|fault| respond::fault(&fault, &form.cx)),
        Err(error) => respond::error(error.code(), error.description()),
    })
}

/// What the caller is told about a token.
async fn told(form: &FormRequest, caller: &ClientEntry, token: &str) -> Result<Response<Body>, Fault> {
    let FormRequest { app, cx, realm, .. } = form;
    let client_id = &caller.client.client_id;
    let found = access_token::find(app, realm, token, cx).await?;
    // Only a resource server that the token is meant for may learn about it (RFC 7662 §4).
    let active =
        found.filter(|token| token.aud.contains(client_id) && access_token::is_live(app, realm, token, cx.now));
    let what = What::TokenIntrospected {
        client: client_id.clone(),
        active: active.is_some(),
    };
    app.events.record(cx.event(realm.realm.name.as_str(), what));
    let Some(token) = active else {
        return Ok(respond::private_json(INACTIVE.as_bytes().to_vec()));
    };
    serde_json::to_vec(&ActiveToken::new(&token, username(realm, &token), TokenType::Bearer))
        .map(respond::private_json)
        .map_err(|error| Fault::Corrupt(error.to_string()))
}

/// A name of the token's subject for people, as Keycloak gives it.
fn username<'a>(realm: &'a RealmSnapshot, token: &'a AccessToken) -> Option<&'a str> {
    let by_claim = token.preferred_username.as_deref();
    by_claim.or_else(|| {
        let client = realm.clients.get(token.client_id.as_ref()?)?;
        client
            .service_account
            .as_ref()
            .map(|subject| subject.user.username.as_str())
    })
}
