//! Logout (OIDC RP-Initiated Logout §2), and Keycloak's logout by refresh token.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::Timestamp;
use keyward_domain::client::redirect_uri;
use keyward_domain::event::{Event, What};
use keyward_domain::id::SessionId;
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::session::Session;
use keyward_protocol::Secret;
use keyward_protocol::error::ErrorCode;
use keyward_protocol::logout::{self, LogoutRequest};
use keyward_protocol::params::Params;
use serde::{Deserialize, Serialize};

use crate::grants;
use crate::http::call::Call;
use crate::http::client_auth::{Scripts, authenticate};
use crate::http::page::PageRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::http::sealed;
use crate::http::write::{Decide, write};
use crate::id_token_hint;
use crate::pages::{ErrorKind, ErrorPage, LoggedOut, LogoutConfirm, Page};
use crate::refresh_token;
use crate::session;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// The form's field, and what its sealed text is for.
const FIELD: &str = "logout";

/// A confirmation page works this long.
const CONFIRM_SECS: i64 = 30 * 60;

/// What the browser goes on to after the logout.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct After {
    client_id: Option<String>,
    uri: Option<String>,
    state: Option<String>,
    ui_locales: Option<String>,
}

/// What the confirmation page carries: bound to the session that it asks about.
#[derive(Serialize, Deserialize)]
struct Asked {
    session: SessionId,
    at: Timestamp,
    after: After,
}

/// `GET` and `POST /realms/{realm}/protocol/openid-connect/logout`.
pub(crate) async fn logout(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let params = page.params()?;
    let request = LogoutRequest::new(&params);
    if page.posted
        && let Some(token) = request.refresh_token
    {
        return by_refresh_token(&page, &params, token).await;
    }
    Ok(by_browser(&page, &request)
        .await
        .unwrap_or_else(|fault| page.fault(&fault)))
}

/// An application logs a person out without a browser: the refresh token names the session.
async fn by_refresh_token(
    page: &PageRequest,
    params: &Params<'_>,
    token: Secret<'_>,
) -> Result<Response<Body>, EarlyAnswer> {
    let caller = authenticate(
        &page.app,
        &page.realm,
        &page.headers,
        params,
        Scripts::ByWebOrigins,
        &page.cx,
    )
    .map_err(|refused| {
        Box::new(refused.answer(
            &page.headers,
            &page.realm,
            "Invalid client or Invalid client credentials",
        ))
    })?;
    let token = refresh_token::parse(&page.realm, token.reveal())
        .filter(|token| token.claims.azp == caller.entry().client.client_id);
    let response = match token {
        None => respond::error(ErrorCode::InvalidGrant, "Invalid refresh token"),
        Some(token) => match end_of_token(page, &token).await {
            Ok(()) => {
                let mut response = respond::empty();
                *response.status_mut() = StatusCode::NO_CONTENT;
                response
            }
            Err(fault) => respond::fault(&fault, &page.cx),
        },
    };
    Ok(caller.expose(response))
}

async fn end_of_token(page: &PageRequest, token: &refresh_token::RefreshToken) -> Result<(), Fault> {
    let grant = page.app.store().read().await?.grant(token.grant).await?;
    match grant {
        Some(grant) => end(page, grant.session, Some(&grant), grant.user).await,
        None => Ok(()),
    }
}

/// A person logs out in the browser.
async fn by_browser(page: &PageRequest, request: &LogoutRequest<'_>) -> Result<Response<Body>, Fault> {
    let hint = match request.id_token_hint {
        None => None,
        Some(text) => match id_token_hint::read(&page.realm, text.reveal()) {
            Some(hint) => Some(hint),
            None => return Ok(page.error(ErrorKind::InvalidLogout)),
        },
    };
    // RP-Initiated Logout §2: the client that is named must be the one that the token was for.
    if let (Some(hint), Some(client_id)) = (&hint, request.client_id)
        && !hint.is_for(client_id)
    {
        return Ok(page.error(ErrorKind::InvalidLogout));
    }
    let client_id = request
        .client_id
        .or_else(|| hint.as_ref().and_then(|hint| hint.aud.first().map(String::as_str)));
    let client = client_id
        .and_then(|id| page.realm.clients.get(id))
        .filter(|client| client.client.enabled);
    let after = match after(request, client) {
        Ok(after) => after,
        Err(detail) => {
            return Ok(page.error_page(&ErrorPage {
                kind: ErrorKind::InvalidLogout,
                detail: Some(&detail),
                client_id,
                retry: None,
            }));
        }
    };
    let current = current(page).await?;
    let hinted = hint
        .as_ref()
        .and_then(|hint| hint.sid.as_deref()?.parse::<SessionId>().ok());
    match (current, hinted) {
        // The application shows a token of this very session: nobody else sent the browser here.
        (Some(session), Some(sid)) if session.id == sid => {
            end(page, session.id, None, session.user).await?;
            Ok(done(page, &after))
        }
        (Some(session), _) => confirm(page, session.id, after, client),
        (None, Some(sid)) => {
            let found = page.app.store().read().await?.session(sid).await?;
            let of_hint = found.filter(|session| {
                session.realm == page.realm.realm.id
                    && hint.as_ref().is_some_and(|hint| hint.sub == session.user.to_string())
            });
            if let Some(session) = of_hint {
                end(page, session.id, None, session.user).await?;
            }
            Ok(done(page, &after))
        }
        (None, None) => Ok(done(page, &after)),
    }
}

async fn current(page: &PageRequest) -> Result<Option<Session>, Fault> {
    let presented = session::presented(&page.app, &page.realm, &page.headers);
    let mut tx = page.app.store().read().await?;
    session::find(&mut *tx, &page.realm, presented.as_ref(), page.cx.now).await
}

/// Where the browser may go on to: only an address of a client that is known (RP-Initiated Logout §3).
fn after(request: &LogoutRequest<'_>, client: Option<&ClientEntry>) -> Result<After, String> {
    let mut after = After {
        client_id: client.map(|client| client.client.client_id.clone()),
        ui_locales: request.ui_locales.map(|text| text.chars().take(100).collect()),
        ..After::default()
    };
    let Some(uri) = request.post_logout_redirect_uri else {
        return Ok(after);
    };
    let fits = client.is_some_and(|client| redirect_uri::matches_post_logout(uri, &client.client.settings));
    if !fits {
        return Err(uri.chars().take(200).collect());
    }
    after.uri = Some(uri.to_owned());
    after.state = request.state.map(str::to_owned);
    Ok(after)
}

fn confirm(
    page: &PageRequest,
    session: SessionId,
    after: After,
    client: Option<&ClientEntry>,
) -> Result<Response<Body>, Fault> {
    let asked = Asked {
        session,
        at: page.cx.now,
        after,
    };
    let locale = page.locale(asked.after.ui_locales.as_deref());
    let sealed = sealed::seal(&page.app, &page.realm, FIELD, &asked)?;
    let shown = Page::LogoutConfirm(LogoutConfirm {
        action: &format!("{}/protocol/openid-connect/logout/logout-confirm", page.realm.issuer),
        hidden: &[(FIELD, &sealed)],
        client_name: client.map(name),
    });
    Ok(page.show(&shown, locale, &[]))
}

fn name(client: &ClientEntry) -> &str {
    match client.client.settings.name.as_str() {
        "" => &client.client.client_id,
        name => name,
    }
}

/// `POST …/logout/logout-confirm`: the person said yes.
pub(crate) async fn confirmed(call: Call) -> Response<Body> {
    answer_confirmed(call).await.unwrap_or_else(|early| *early)
}

async fn answer_confirmed(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let page = PageRequest::read(call).await?;
    let form = page.form()?;
    let asked: Option<Asked> = form
        .get(FIELD)
        .and_then(|text| sealed::open(&page.app, &page.realm, FIELD, text));
    let fresh = asked.filter(|asked| page.cx.now.millis_since(asked.at) <= CONFIRM_SECS * 1000);
    let Some(asked) = fresh else {
        return Ok(page.error(ErrorKind::LoginExpired));
    };
    Ok(end_confirmed(&page, asked)
        .await
        .unwrap_or_else(|fault| page.fault(&fault)))
}

async fn end_confirmed(page: &PageRequest, asked: Asked) -> Result<Response<Body>, Fault> {
    match current(page).await? {
        // The form was made for this session: a form of somebody else's does nothing here.
        Some(session) if session.id == asked.session => {
            end(page, session.id, None, session.user).await?;
            Ok(done(page, &asked.after))
        }
        Some(_) => Ok(page.error(ErrorKind::ForgedForm)),
        None => Ok(done(page, &asked.after)),
    }
}

/// The session is over: back to the application, or a page that says so.
fn done(page: &PageRequest, after: &After) -> Response<Body> {
    let mut response = if let Some(uri) = &after.uri {
        page.redirect(&logout::location(uri, after.state.as_deref()))
    } else {
        let client = after.client_id.as_ref().and_then(|id| page.realm.clients.get(id));
        let shown = Page::LoggedOut(LoggedOut {
            client_name: client.map(name),
            client_url: client.and_then(|client| client.client.settings.home_url.as_deref()),
        });
        page.show(&shown, page.locale(after.ui_locales.as_deref()), &[])
    };
    session::forget(&page.app, &page.realm, &mut response);
    response
}

/// Ends a session, or an offline grant alone.
async fn end(
    page: &PageRequest,
    session: SessionId,
    grant: Option<&keyward_domain::grant::Grant>,
    user_id: keyward_domain::id::UserId,
) -> Result<(), Fault> {
    let what = What::LoggedOut { user_id, session };
    let end = End {
        realm: &page.realm,
        session,
        offline: grant.filter(|grant| grant.kind == keyward_domain::grant::GrantKind::Offline),
        now: page.cx.now,
        event: page.cx.event(page.realm.realm.name.as_str(), what),
    };
    let revoked = write(page.app.store(), &end).await?;
    grants::note(&page.app, &revoked);
    page.app.events.record(end.event);
    Ok(())
}

/// The decision to end a session.
struct End<'a> {
    realm: &'a RealmSnapshot,
    session: SessionId,
    offline: Option<&'a keyward_domain::grant::Grant>,
    now: Timestamp,
    event: Event,
}

#[async_trait]
impl Decide for End<'_> {
    type Output = Vec<Revoked>;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Vec<Revoked>, Fault> {
        tx.append_event(&self.event).await?;
        match self.offline {
            None => session::end(tx, self.realm, self.session, self.now).await,
            // What was meant to outlive the session ends by itself (OIDC Core §11).
            Some(grant) => {
                let revoked: Vec<Revoked> = tx.revoke_grant(grant.id, self.now).await?.into_iter().collect();
                grants::tell(tx, self.realm.realm.id, &revoked).await?;
                Ok(revoked)
            }
        }
    }
}
