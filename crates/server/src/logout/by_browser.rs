//! A person logs out in the browser, sent there by an application or not.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::client::redirect_uri;
use keyward_domain::id::{SessionId, UserId};
use keyward_domain::session::Session;
use keyward_protocol::id_token::IdTokenHint;
use keyward_protocol::logout::LogoutRequest;

use super::confirm::confirm;
use super::{After, done, told};
use crate::http::page::PageRequest;
use crate::id_token_hint;
use crate::pages::{ErrorKind, ErrorPage};
use crate::session;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// A person logs out in the browser.
pub(super) async fn end(page: &PageRequest, request: &LogoutRequest<'_>) -> Result<Response<Body>, Fault> {
    let hint = match request.id_token_hint {
        None => None,
        Some(text) => {
            let Some(hint) = id_token_hint::read(&page.realm, text.reveal()) else {
                let mut draft = told::draft(page, request.client_id);
                draft.detail("reason", "Invalid IDToken");
                draft.refused(&page.app, "invalid_token");
                return Ok(page.error(ErrorKind::InvalidLogout));
            };
            Some(hint)
        }
    };
    // OIDC RP-Initiated Logout §2: the client that is named must be the one that the token was for.
    if let (Some(hint), Some(client_id)) = (&hint, request.client_id)
        && !hint.is_for(client_id)
    {
        told::draft(page, Some(client_id)).refused(&page.app, "invalid_client");
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
            let mut draft = told::draft(page, client.map(|client| client.client.client_id.as_str()));
            draft.detail_if("redirect_uri", request.post_logout_redirect_uri);
            draft.refused(&page.app, "invalid_redirect_uri");
            return Ok(page.error_page(&ErrorPage {
                kind: ErrorKind::InvalidLogout,
                detail: Some(&detail),
                client_id,
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
            session::end_all(&page.app, &page.realm, session.user, vec![session.id], &page.cx).await?;
            told::ended(page, &after, &session);
            Ok(done(page, &after))
        }
        (Some(session), _) => confirm(page, session.id, after, client),
        (None, Some(sid)) => {
            let found = page.app.store().read().await?.session(sid).await?;
            let of_hint = found.filter(|session| {
                session.realm == page.realm.realm.id
                    && hint
                        .as_ref()
                        .is_some_and(|hint| is_about(&page.realm, hint, session.user))
            });
            if let Some(session) = of_hint {
                session::end_all(&page.app, &page.realm, session.user, vec![session.id], &page.cx).await?;
                told::ended(page, &after, &session);
            }
            Ok(done(page, &after))
        }
        (None, None) => Ok(done(page, &after)),
    }
}

/// Whether an ID token is about a user, by what its client knows them by.
fn is_about(realm: &RealmSnapshot, hint: &IdTokenHint, user: UserId) -> bool {
    let client = hint.azp.as_ref().and_then(|client_id| realm.clients.get(client_id));
    let sub = client.map_or(user.0, |client| client.sub(user));
    hint.sub == sub.to_string()
}

pub(super) async fn current(page: &PageRequest) -> Result<Option<Session>, Fault> {
    let presented = session::presented(&page.app, &page.realm, &page.headers);
    let mut tx = page.app.store().read().await?;
    session::find(&mut *tx, &page.realm, presented.as_ref(), page.cx.now).await
}

/// Where the browser may go on to: only an address of a client that is known (OIDC RP-Initiated Logout §3).
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
