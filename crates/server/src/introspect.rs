//! Token introspection (RFC 7662).

use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::event::What;
use keyward_domain::policy::lifetime;
use keyward_domain::{Fault, Timestamp};
use keyward_jose::{Unverified, digest};
use keyward_protocol::at_jwt::AccessToken;
use keyward_protocol::error::ErrorCode;
use keyward_protocol::introspection::{ActiveToken, INACTIVE, IntrospectionRequest};
use keyward_protocol::params::Params;
use keyward_protocol::token::TokenType;

use crate::app::App;
use crate::http::call::Call;
use crate::http::client_auth::{Scripts, authenticate};
use crate::http::edge::Cx;
use crate::http::{body, realm, respond};
use crate::snapshot::RealmSnapshot;
use crate::token::opaque;

/// `POST /realms/{realm}/protocol/openid-connect/token/introspect`.
pub(crate) async fn introspect(call: Call) -> Response<Body> {
    let Call {
        app,
        cx,
        realm: name,
        headers,
        body,
        ..
    } = call;
    let realm = match realm::find(&app, &name, &cx).await {
        Ok(realm) => realm,
        Err(answer) => return *answer,
    };
    let bytes = match body::form(&app, &headers, body).await {
        Ok(bytes) => bytes,
        Err(error) => return error.answer(),
    };
    let params = match Params::parse_form(&bytes) {
        Ok(params) => params,
        Err(error) => return respond::error(error.code(), error.description()),
    };
    let caller = match authenticate(&app, &realm, &headers, &params, Scripts::Never, &cx) {
        Ok(caller) => caller,
        Err(refused) => return refused.answer(&headers, &realm, "Client authentication failed."),
    };
    if !caller.is_confidential() {
        return respond::error_with_status(StatusCode::FORBIDDEN, ErrorCode::InvalidRequest, "Client not allowed.");
    }
    let request = match IntrospectionRequest::parse(&params) {
        Ok(request) => request,
        Err(error) => return respond::error(error.code(), error.description()),
    };
    let client_id = &caller.entry().client.client_id;
    let found = match find(&app, &realm, request.token, &cx).await {
        Ok(found) => found,
        Err(fault) => return respond::fault(&fault, &cx),
    };
    // Only a resource server that the token is meant for may learn about it (RFC 7662 §4).
    let active = found.filter(|token| token.aud.contains(client_id) && is_live(&app, &realm, token, cx.now));
    let what = What::TokenIntrospected {
        client: client_id.clone(),
        active: active.is_some(),
    };
    app.events.record(cx.event(realm.realm.name.as_str(), what));
    match active {
        None => respond::private_json(INACTIVE.as_bytes().to_vec()),
        Some(token) => {
            let username = username(&realm, &token);
            match serde_json::to_vec(&ActiveToken::new(&token, username, TokenType::Bearer)) {
                Ok(body) => respond::private_json(body),
                Err(error) => respond::fault(&Fault::Corrupt(error.to_string()), &cx),
            }
        }
    }
}

/// The claims of an access token of this realm, if it is one: by its signature, or by its row.
pub(crate) async fn find(app: &App, realm: &RealmSnapshot, token: &str, cx: &Cx) -> Result<Option<AccessToken>, Fault> {
    match opaque::parse(token) {
        Some((id, hash)) => {
            let record = app.store().read().await?.access_token(id).await?;
            let record = record.filter(|record| {
                digest::constant_time_eq(&record.hash.0, &hash.0)
                    && record.realm == realm.realm.id
                    && record.expires_at > cx.now
            });
            record
                .map(|record| serde_json::from_str(&record.claims).map_err(|error| Fault::Corrupt(error.to_string())))
                .transpose()
        }
        None => Ok(signed(realm, token)),
    }
}

/// A JWT access token that this realm signed. Everything else that we sign (ID tokens, logout tokens) says in its
/// `typ` that it is something else.
fn signed(realm: &RealmSnapshot, token: &str) -> Option<AccessToken> {
    let unverified = Unverified::parse(token).ok()?;
    let key = realm.key(unverified.kid()?)?;
    if !matches!(unverified.typ(), Some("JWT" | "at+jwt")) {
        return None;
    }
    let claims: AccessToken = unverified.verify(key.key.verifying_key()).ok()?.claims().ok()?;
    (claims.iss == realm.issuer && claims.typ.as_deref() == Some("Bearer")).then_some(claims)
}

/// Whether a token of this realm is good at `now`: not over, not revoked, and its client and subject still there.
fn is_live(app: &App, realm: &RealmSnapshot, token: &AccessToken, now: Timestamp) -> bool {
    let client = token
        .client_id
        .as_ref()
        .and_then(|client_id| realm.clients.get(client_id));
    let Some(client) = client.filter(|entry| entry.client.enabled) else {
        return false;
    };
    let issued_at = i64::try_from(token.iat).unwrap_or(i64::MAX);
    let expires_at = i64::try_from(token.exp).unwrap_or(0);
    let subject = client.service_account.as_ref().map(|subject| &subject.user);
    let subject_gone =
        subject.is_some_and(|user| !user.enabled && token.sub.as_deref() == Some(user.id.to_string().as_str()));
    expires_at > now.secs()
        && !subject_gone
        && !lifetime::is_before(issued_at, realm.realm.not_before)
        && !lifetime::is_before(issued_at, client.client.not_before)
        && !app.revocations.contains(realm.realm.id, &token.jti)
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
