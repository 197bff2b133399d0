//! The userinfo endpoint (OIDC Core §5.3).

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::policy::claims;
use keyward_domain::policy::scope::{self, OPENID};
use keyward_domain::scope::Target;
use keyward_domain::user_event::UserEventType;
use keyward_protocol::bearer::{self, BearerError};
use keyward_protocol::error::ErrorCode;
use serde_json::{Map, Value};

use crate::guarded::{self, Live, Token};
use crate::http::call::Call;
use crate::http::cors::{self, Verdict};
use crate::http::page::PageRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::refresh_token;
use crate::snapshot::ClientEntry;
use crate::user_events::EventDraft;

/// Keycloak's word for how who asks is known here.
const AUTH_METHOD: &str = "validate_access_token";

/// Why nothing is told.
enum Refused {
    /// No token came.
    NoToken,
    /// The request is wrong.
    Request(BearerError),
    /// The form cannot be read: something stands in it twice, or is too long.
    Form,
    /// The token is not good.
    Token,
    /// The token is good for other things.
    Scope,
    /// The token says little, and nothing is said for it here: who holds it learns from an API (Keycloak 26.6.2).
    Lightweight,
}

/// `GET` and `POST /realms/{realm}/protocol/openid-connect/userinfo`.
pub(crate) async fn userinfo(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    Ok(told(&page)
        .await
        .unwrap_or_else(|fault| respond::fault(&fault, &page.cx)))
}

async fn told(page: &PageRequest) -> Result<Response<Body>, Fault> {
    let (app, realm) = (&page.app, &page.realm);
    let sent = match sent(page) {
        Ok(sent) => sent,
        Err(refused) => return Ok(refuse(page, &refused)),
    };
    let token = guarded::find(app, realm, &sent, &page.cx).await?;
    let Some((token, client)) = token.and_then(|token| token.client(realm).map(|client| (token, client))) else {
        return Ok(refuse(page, &Refused::Token));
    };
    let mut response = about(page, client, &token).await?;
    match cors::judge(app, &page.headers, &client.client.settings) {
        Verdict::Allowed(origin) => cors::expose(&mut response, origin),
        Verdict::NotCrossOrigin | Verdict::Foreign => {}
    }
    Ok(response)
}

/// The token: in the header or in the form, once.
fn sent(page: &PageRequest) -> Result<String, Refused> {
    let mut headers = page.headers.get_all(AUTHORIZATION).iter();
    let header = headers.next().map(HeaderValue::as_bytes);
    if headers.next().is_some() {
        return Err(Refused::Request(BearerError::SeveralMethods));
    }
    let form = page.form().map_err(|_| Refused::Form)?;
    match bearer::access_token(header, Some(&form).filter(|_| page.posted)) {
        Ok(Some(token)) => Ok(token.reveal().to_owned()),
        Ok(None) => Err(Refused::NoToken),
        Err(error) => Err(Refused::Request(error)),
    }
}

async fn about(page: &PageRequest, client: &ClientEntry, token: &Token) -> Result<Response<Body>, Fault> {
    let (app, realm) = (&page.app, &page.realm);
    let Some(Live { caller, subject }) = token.check(app, realm, &page.cx).await? else {
        return Ok(refuse(page, &Refused::Token));
    };
    if !caller.has_scope(OPENID) {
        return Ok(refuse(page, &Refused::Scope));
    }
    let jti = caller.token_id().unwrap_or_default();
    if refresh_token::is_lightweight(jti) {
        return Ok(refuse(page, &Refused::Lightweight));
    }
    let mut draft = EventDraft::begin(realm, &page.cx, UserEventType::UserInfoRequest);
    draft
        .client(&client.client.client_id)
        .user(subject.user.id)
        .detail("auth_method", AUTH_METHOD)
        .detail("signature_required", "false")
        .detail("username", &subject.user.username);
    if let Some(session) = caller.session() {
        draft.session(session);
    }
    draft.done(app);
    let settings = &client.client.settings;
    let granted = guarded::granted(settings, &caller);
    let plan = claims::userinfo(realm.plan_input(client, &subject, &granted));
    let mut claims = plan.members(guarded::moment(&caller));
    if refresh_token::asked_for_claims(jti)
        && let Some(grant) = refresh_token::grant_of(jti)
        && let Some(grant) = app.store().read().await?.grant(grant).await?
        && let Some(asked) = &grant.authorized.claims
    {
        let all = scope::claimable(settings, &grant.authorized.scope);
        let input = realm.plan_input(client, &subject, &all);
        claims.extend(claims::requested(input, &asked.userinfo, Target::UserInfo));
    }
    let mut body = Map::with_capacity(claims.len() + 1);
    body.extend(claims);
    // OIDC Core §5.3.2: as in the ID token.
    let sub = plan.sub.unwrap_or(subject.user.id.0);
    body.insert("sub".into(), Value::String(sub.to_string()));
    serde_json::to_vec(&body)
        .map(respond::private_json)
        .map_err(|error| Fault::Corrupt(error.to_string()))
}

/// RFC 6750 §3. As Keycloak's, the answer is in the header alone.
fn refuse(page: &PageRequest, refused: &Refused) -> Response<Body> {
    let (status, error) = match refused {
        Refused::NoToken => (StatusCode::UNAUTHORIZED, None),
        Refused::Request(error) => (
            StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::BAD_REQUEST),
            Some((error.code(), error.description())),
        ),
        Refused::Form => (
            StatusCode::BAD_REQUEST,
            Some((ErrorCode::InvalidRequest, "Malformed form")),
        ),
        Refused::Token => (
            StatusCode::UNAUTHORIZED,
            Some((ErrorCode::InvalidToken, "Token verification failed")),
        ),
        Refused::Lightweight => (
            StatusCode::UNAUTHORIZED,
            Some((
                ErrorCode::InvalidToken,
                "Lightweight access token not allowed for userinfo endpoint",
            )),
        ),
        Refused::Scope => (
            StatusCode::FORBIDDEN,
            Some((ErrorCode::InsufficientScope, "Missing openid scope")),
        ),
    };
    tell(page, refused, error.map(|(_, description)| description));
    let mut response = respond::empty();
    *response.status_mut() = status;
    let challenge = bearer::challenge(page.realm.realm.name.as_str(), error);
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Tells the realm's administrators why nothing was told.
fn tell(page: &PageRequest, refused: &Refused, description: Option<&str>) {
    let word = match refused {
        Refused::NoToken | Refused::Token | Refused::Lightweight => "invalid_token",
        Refused::Request(_) | Refused::Form => "invalid_request",
        Refused::Scope => "access_denied",
    };
    let mut draft = EventDraft::begin(&page.realm, &page.cx, UserEventType::UserInfoRequest);
    draft
        .detail("auth_method", AUTH_METHOD)
        .detail("reason", description.unwrap_or("Missing token"));
    draft.refused(&page.app, word);
}
