//! Keycloak's logout without a browser.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::event::{Event, What};
use keyward_domain::grant::{Grant, GrantKind};
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::user_event::UserEventType;
use keyward_domain::{Fault, Timestamp};
use keyward_protocol::Secret;
use keyward_protocol::error::ErrorCode;
use keyward_protocol::params::Params;

use crate::grants;
use crate::http::client_auth::{Scripts, authenticate};
use crate::http::page::PageRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::http::write::{Decide, write};
use crate::refresh_token::{self, RefreshToken};
use crate::session;
use crate::snapshot::RealmSnapshot;
use crate::user_events::EventDraft;
use crate::user_events::told::CLIENT_AUTH_METHOD;

/// An application logs a person out without a browser: the refresh token names the session.
pub(super) async fn end(
    page: &PageRequest,
    params: &Params<'_>,
    token: Secret<'_>,
) -> Result<Response<Body>, EarlyAnswer> {
    let caller = authenticate(
        &page.app,
        &page.realm,
        &page.headers,
        params,
        (Scripts::ByWebOrigins, UserEventType::Logout),
        &page.cx,
    )
    .map_err(|refused| {
        Box::new(refused.answer(
            &page.headers,
            &page.realm,
            "Invalid client or Invalid client credentials",
        ))
    })?;
    let mut draft = EventDraft::begin(&page.realm, &page.cx, UserEventType::Logout);
    draft
        .client(&caller.entry().client.client_id)
        .detail("client_auth_method", CLIENT_AUTH_METHOD);
    let token = refresh_token::parse(&page.realm, token.reveal())
        .filter(|token| token.claims.azp == caller.entry().client.client_id);
    let response = match token {
        None => {
            draft.detail("reason", "Invalid refresh token");
            draft.refused(&page.app, "invalid_token");
            respond::error(ErrorCode::InvalidGrant, "Invalid refresh token")
        }
        Some(token) => match end_of_token(page, &token).await {
            Ok(ended) => {
                if let Some(grant) = ended {
                    draft.user(grant.user).session(grant.session);
                    draft.done(&page.app);
                }
                let mut response = respond::empty();
                *response.status_mut() = StatusCode::NO_CONTENT;
                response
            }
            Err(fault) => respond::fault(&fault, &page.cx),
        },
    };
    Ok(caller.expose(response))
}

/// Returns the grant that ended by it.
async fn end_of_token(page: &PageRequest, token: &RefreshToken) -> Result<Option<Grant>, Fault> {
    let Some(grant) = page.app.store().read().await?.grant(token.grant).await? else {
        return Ok(None);
    };
    let lived = grant.is_live(page.cx.now);
    match grant.kind {
        GrantKind::Offline => end_offline(page, &grant).await?,
        GrantKind::Online => {
            session::end_all(&page.app, &page.realm, grant.user, vec![grant.session], &page.cx).await?;
        }
    }
    Ok(lived.then_some(grant))
}

/// What was meant to outlive the session ends by itself (OIDC Core §11).
async fn end_offline(page: &PageRequest, grant: &Grant) -> Result<(), Fault> {
    let what = What::LoggedOut {
        user_id: grant.user,
        session: grant.session,
    };
    let end = EndOffline {
        realm: &page.realm,
        grant,
        now: page.cx.now,
        event: page.cx.event(page.realm.realm.name.as_str(), what),
    };
    let revoked = write(page.app.store(), &end).await?;
    grants::note(&page.app, revoked.as_slice());
    if revoked.is_some() {
        page.app.events.record(end.event);
    }
    Ok(())
}

/// The decision to end an offline grant.
struct EndOffline<'a> {
    realm: &'a RealmSnapshot,
    grant: &'a Grant,
    now: Timestamp,
    event: Event,
}

#[async_trait]
impl Decide for EndOffline<'_> {
    type Output = Option<Revoked>;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Option<Revoked>, Fault> {
        let revoked = tx.revoke_grant(self.grant.id, self.now).await?;
        grants::tell(tx, self.realm.realm.id, revoked.as_slice()).await?;
        // Of two at once the later ends nothing.
        if revoked.is_some() {
            tx.append_event(&self.event).await?;
        }
        Ok(revoked)
    }
}
