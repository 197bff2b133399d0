//! Token introspection (RFC 7662).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::event::What;
use keyward_protocol::at_jwt::AccessToken;
use keyward_protocol::error::ErrorCode;
use keyward_protocol::introspection::{ActiveRefreshToken, ActiveToken, INACTIVE, IntrospectionRequest};
use keyward_protocol::token::TokenType;

use crate::access_token;
use crate::http::call::Call;
use crate::http::client_auth::Scripts;
use crate::http::form::FormRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::refresh_token::{self, RefreshToken};
use crate::snapshot::ClientEntry;

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
    let body = match refresh_token::parse(realm, token) {
        Some(token) => of_refresh_token(form, caller, &token).await?,
        None => of_access_token(form, client_id, token).await?,
    };
    let what = What::TokenIntrospected {
        client: client_id.clone(),
        active: body.is_some(),
    };
    app.events.record(cx.event(realm.realm.name.as_str(), what));
    Ok(respond::private_json(
        body.unwrap_or_else(|| INACTIVE.as_bytes().to_vec()),
    ))
}

/// Only a resource server that the token is meant for may learn about it (RFC 7662 §4).
async fn of_access_token(form: &FormRequest, client_id: &String, token: &str) -> Result<Option<Vec<u8>>, Fault> {
    let FormRequest { app, cx, realm, .. } = form;
    let found = access_token::find(app, realm, token, cx).await?;
    let Some(token) = found.filter(|token| token.aud.contains(client_id)) else {
        return Ok(None);
    };
    if !access_token::is_live(app, realm, &token, cx.now).await? {
        return Ok(None);
    }
    let username = username(form, &token).await?;
    json(&ActiveToken::new(&token, username.as_deref(), TokenType::Bearer))
}

/// A refresh token is its client's own affair.
async fn of_refresh_token(
    form: &FormRequest,
    caller: &ClientEntry,
    token: &RefreshToken,
) -> Result<Option<Vec<u8>>, Fault> {
    let FormRequest { app, cx, realm, .. } = form;
    let client = &caller.client;
    if token.claims.azp != client.client_id || token.is_over(cx.now) || token.is_stale(&realm.realm, client) {
        return Ok(None);
    }
    let grant = app.store().read().await?.grant(token.grant).await?;
    let subject = app.subjects.get(app.store(), realm, token.user).await?;
    let current = grant.filter(|grant| grant.is_live(cx.now) && grant.sequence == token.sequence);
    let (Some(_), Some(subject)) = (current, subject.filter(|subject| subject.user.enabled)) else {
        return Ok(None);
    };
    json(&ActiveRefreshToken::new(&token.claims, Some(&subject.user.username)))
}

fn json(value: &impl serde::Serialize) -> Result<Option<Vec<u8>>, Fault> {
    serde_json::to_vec(value)
        .map(Some)
        .map_err(|error| Fault::Corrupt(error.to_string()))
}

/// A name of the token's subject for people, as Keycloak gives it.
async fn username(form: &FormRequest, token: &AccessToken) -> Result<Option<String>, Fault> {
    if let Some(name) = &token.preferred_username {
        return Ok(Some(name.clone()));
    }
    let FormRequest { app, realm, .. } = form;
    let Some(client) = token.client_id.as_ref().and_then(|id| realm.clients.get(id)) else {
        return Ok(None);
    };
    let subject = access_token::subject(app, realm, client, token).await?;
    Ok(subject.map(|subject| subject.user.username.clone()))
}
