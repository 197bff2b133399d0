//! Token introspection (RFC 7662).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::client::IdTokenContent;
use keyward_domain::event::What;
use keyward_domain::policy::claims::{self, Moment, TokenPlan};
use keyward_domain::user_event::UserEventType;
use keyward_protocol::at_jwt::{AccessToken, Roles};
use keyward_protocol::error::ErrorCode;
use keyward_protocol::introspection::{ActiveRefreshToken, ActiveToken, INACTIVE, IntrospectionRequest};
use keyward_protocol::token::TokenType;
use serde::Deserialize as _;
use serde_json::Value;

use crate::guarded::{self, Live};
use crate::http::call::Call;
use crate::http::client_auth::Scripts;
use crate::http::form::FormRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::refresh_token::{self, RefreshToken};
use crate::snapshot::ClientEntry;
use crate::user_events::EventDraft;
use crate::user_events::told::CLIENT_AUTH_METHOD;

/// `POST /realms/{realm}/protocol/openid-connect/token/introspect`.
pub(crate) async fn introspect(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let form = FormRequest::read(call).await?;
    let params = form.params()?;
    let kind = UserEventType::IntrospectToken;
    let caller = form.caller(&params, Scripts::Never, "Client authentication failed.", kind)?;
    let mut draft = EventDraft::begin(&form.realm, &form.cx, kind);
    draft
        .client(&caller.entry().client.client_id)
        .detail("client_auth_method", CLIENT_AUTH_METHOD);
    if !caller.is_confidential() {
        draft.detail("detail", "Client not allowed.");
        draft.refused(&form.app, "invalid_request");
        return Ok(respond::error_with_status(
            StatusCode::FORBIDDEN,
            ErrorCode::InvalidRequest,
            "Client not allowed.",
        ));
    }
    Ok(match IntrospectionRequest::parse(&params) {
        Ok(request) => told(&form, caller.entry(), request.token, draft)
            .await
            .unwrap_or_else(|fault| respond::fault(&fault, &form.cx)),
        Err(error) => {
            draft.detail("detail", error.description());
            draft.refused(&form.app, "invalid_request");
            respond::error(error.code(), error.description())
        }
    })
}

/// What the caller is told about a token.
async fn told(
    form: &FormRequest,
    caller: &ClientEntry,
    token: &str,
    mut draft: EventDraft,
) -> Result<Response<Body>, Fault> {
    let FormRequest { app, cx, realm, .. } = form;
    let client_id = &caller.client.client_id;
    let body = match refresh_token::parse(realm, token) {
        Some(token) => of_refresh_token(form, caller, &token, &mut draft).await?,
        None => of_access_token(form, client_id, token, &mut draft).await?,
    };
    let what = What::TokenIntrospected {
        client: client_id.clone(),
        active: body.is_some(),
    };
    app.events.record(cx.event(realm.realm.name.as_str(), what));
    match body {
        Some(_) => draft.done(app),
        None => draft.refused(app, "invalid_token"),
    }
    Ok(respond::private_json(
        body.unwrap_or_else(|| INACTIVE.as_bytes().to_vec()),
    ))
}

/// Only a resource server that the token is meant for may learn about it (RFC 7662 §4).
async fn of_access_token(
    form: &FormRequest,
    client_id: &str,
    token: &str,
    draft: &mut EventDraft,
) -> Result<Option<Vec<u8>>, Fault> {
    let FormRequest { app, cx, realm, .. } = form;
    let Some(token) = guarded::find(app, realm, token, cx).await? else {
        draft.detail("reason", "Access token JWT check failed");
        return Ok(None);
    };
    let issued_for = token.client_id().unwrap_or_default();
    token.tell(realm, draft);
    draft
        .detail("token_issued_for", issued_for)
        .detail("token_type", "Bearer");
    if !token.is_for(client_id) && !token.is_for_nobody() {
        not_in_audience(draft, client_id);
        return Ok(None);
    }
    let Some(Live { caller, subject }) = token.check(app, realm, cx).await? else {
        not_good(draft, issued_for);
        return Ok(None);
    };
    draft.user(subject.user.id);
    let Ok(mut claims) = AccessToken::deserialize(caller.claims()) else {
        return Ok(None);
    };
    if let Some(client) = token.client(realm).filter(|client| told_by_mappers(client)) {
        let granted = guarded::granted(&client.client.settings, &caller);
        let plan = claims::introspection(realm.plan_input(client, &subject, &granted));
        claims = mapped(claims, plan, guarded::moment(&caller));
    }
    // Of a token that says nothing, the mappers may say whom it is for.
    if !claims.aud.iter().any(|name| name == client_id) {
        not_in_audience(draft, client_id);
        return Ok(None);
    }
    // A name of the token's subject for people, as Keycloak gives it.
    let shown = claims.preferred_username.as_ref().and_then(Value::as_str);
    let username = shown.unwrap_or(&subject.user.username);
    json(&ActiveToken::new(&claims, Some(username), TokenType::Bearer))
}

/// Whether a token's client is one of Keycloak's kind: what is told about its tokens is not what stands in them.
fn told_by_mappers(client: &ClientEntry) -> bool {
    client.client.settings.id_token.content == IdTokenContent::Mappers
}

/// What the protocol needs as the token says it, the rest as the mappers do.
fn mapped(token: AccessToken, plan: TokenPlan, moment: Moment) -> AccessToken {
    let mut other = plan.claims(moment).into_owned();
    for name in ["active", "username", "token_type"] {
        other.remove(name);
    }
    let mut take = |name: &str| other.remove(name);
    let (preferred_username, email, email_verified) =
        (take("preferred_username"), take("email"), take("email_verified"));
    other.extend(
        token
            .other
            .get_key_value("cnf")
            .map(|(name, cnf)| (name.clone(), cnf.clone())),
    );
    let mut aud = token.aud;
    for name in plan.audience {
        if !aud.contains(&name) {
            aud.push(name);
        }
    }
    let roles = |roles| Roles { roles };
    AccessToken {
        auth_time: token.auth_time.filter(|_| plan.auth_time),
        aud,
        sub: plan.sub.map(|sub| sub.to_string()).or(token.sub),
        acr: plan.acr.map(|acr| token.acr.unwrap_or_else(|| acr.to_owned())),
        allowed_origins: plan.allowed_origins,
        realm_access: Some(plan.realm_roles).filter(|names| !names.is_empty()).map(roles),
        resource_access: plan
            .client_roles
            .into_iter()
            .map(|(client_id, names)| (client_id, roles(names)))
            .collect(),
        preferred_username,
        email,
        email_verified,
        other,
        exp: token.exp,
        iat: token.iat,
        jti: token.jti,
        iss: token.iss,
        typ: token.typ,
        azp: token.azp,
        nonce: token.nonce,
        sid: token.sid,
        scope: token.scope,
        client_id: token.client_id,
    }
}

/// A refresh token is its client's own affair.
async fn of_refresh_token(
    form: &FormRequest,
    caller: &ClientEntry,
    token: &RefreshToken,
    draft: &mut EventDraft,
) -> Result<Option<Vec<u8>>, Fault> {
    let FormRequest { app, cx, realm, .. } = form;
    let client = &caller.client;
    let claims = &token.claims;
    draft
        .detail("token_issued_for", &claims.azp)
        .detail("token_id", &claims.jti)
        .detail("token_type", &claims.typ);
    if let Some(sid) = &claims.sid {
        draft.session(sid);
    }
    if claims.azp != client.client_id {
        not_in_audience(draft, &client.client_id);
        return Ok(None);
    }
    not_good(draft, &claims.azp);
    if token.is_over(cx.now) || token.is_stale(&realm.realm, client) {
        return Ok(None);
    }
    let grant = app.store().read().await?.grant(token.grant).await?;
    let subject = match token.user(app, caller).await? {
        Some(user) => app.subjects.get(app.store(), realm, user).await?,
        None => None,
    };
    let lifespan = refresh_token::lifespan(realm, caller, token.kind());
    let current = grant.filter(|grant| {
        grant.is_live(cx.now) && lifespan.refresh_until(grant) > cx.now && grant.sequence == token.sequence
    });
    let (Some(_), Some(subject)) = (current, subject.filter(|subject| subject.user.enabled)) else {
        return Ok(None);
    };
    draft.without("reason").user(subject.user.id);
    json(&ActiveRefreshToken::new(&token.claims, Some(&subject.user.username)))
}

/// Keycloak's words for a token that is not for who asks.
fn not_in_audience(draft: &mut EventDraft, client_id: &str) {
    draft.detail(
        "reason",
        format_args!("Client '{client_id}' is not in the token audience"),
    );
}

/// Keycloak's words for a token that is over, revoked, or of somebody who is gone.
fn not_good(draft: &mut EventDraft, issued_for: &str) {
    draft.detail(
        "reason",
        format_args!("Introspection access token for {issued_for} client: JWT check failed"),
    );
}

fn json(value: &impl serde::Serialize) -> Result<Option<Vec<u8>>, Fault> {
    serde_json::to_vec(value)
        .map(Some)
        .map_err(|error| Fault::Corrupt(error.to_string()))
}
