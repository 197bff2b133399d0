//! Token revocation (RFC 7009). A revoked JWT is really gone: its `jti` goes into the log of changes, which every
//! node reads within a second and which ends with the token.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Response;
use keyward_domain::event::{Event, What};
use keyward_domain::grant::GrantKind;
use keyward_domain::id::{AccessTokenId, GrantId, RealmId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::user_event::UserEventType;
use keyward_domain::{Fault, Timestamp};
use keyward_protocol::error::ErrorCode;
use keyward_protocol::revocation::RevocationRequest;

use crate::grants;
use crate::guarded;
use crate::http::call::Call;
use crate::http::client_auth::Scripts;
use crate::http::form::FormRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::http::write::{Decide, write};
use crate::refresh_token::{self, RefreshToken};
use crate::snapshot::{ClientEntry, RealmSnapshot};
use crate::token::opaque;
use crate::user_events::EventDraft;
use crate::user_events::told::CLIENT_AUTH_METHOD;

/// Grants of a user that are looked through for others of the same session.
const MOST_GRANTS: i64 = 200;

/// Why a token was not revoked.
#[derive(Debug, thiserror::Error)]
enum RevokeError {
    /// It was issued to another client, and stays as it is.
    #[error("token of another client")]
    AnotherClient,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// `POST /realms/{realm}/protocol/openid-connect/revoke`.
pub(crate) async fn revoke(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let form = FormRequest::read(call).await?;
    let params = form.params()?;
    let caller = form.caller(
        &params,
        Scripts::ByWebOrigins,
        "Invalid client or Invalid client credentials",
        UserEventType::RevokeGrant,
    )?;
    let mut draft = EventDraft::begin(&form.realm, &form.cx, UserEventType::RevokeGrant);
    draft
        .client(&caller.entry().client.client_id)
        .detail("client_auth_method", CLIENT_AUTH_METHOD);
    let response = match RevocationRequest::parse(&params) {
        Err(error) => {
            draft.detail("reason", error.description());
            draft.refused(&form.app, "invalid_request");
            respond::error(error.code(), error.description())
        }
        Ok(request) => match end(&form, caller.entry(), request.token, &mut draft).await {
            Ok(Found::Token) => {
                draft.done(&form.app);
                respond::empty()
            }
            // An unknown token is as good as revoked (RFC 7009 §2.2).
            Ok(Found::Nothing) => {
                draft.refused(&form.app, "invalid_token");
                respond::empty()
            }
            Err(RevokeError::AnotherClient) => {
                draft.detail("reason", "Unmatching clients");
                draft.refused(&form.app, "invalid_request");
                respond::error(ErrorCode::InvalidRequest, "Unmatching clients")
            }
            Err(RevokeError::Fault(fault)) => respond::fault(&fault, &form.cx),
        },
    };
    Ok(caller.expose(response))
}

/// What a text turned out to be.
enum Found {
    /// A token of the client that asks, gone now or before.
    Token,
    /// Nothing of this realm.
    Nothing,
}

async fn end(
    form: &FormRequest,
    caller: &ClientEntry,
    token: &str,
    draft: &mut EventDraft,
) -> Result<Found, RevokeError> {
    let FormRequest { app, cx, realm, .. } = form;
    if let Some(token) = refresh_token::parse(realm, token) {
        return end_grant(form, caller, &token, draft).await;
    }
    let Some(found) = guarded::find(app, realm, token, cx).await? else {
        return Ok(Found::Nothing);
    };
    let client = caller.client.client_id.clone();
    let name = realm.realm.name.as_str();
    if found.client_id() != Some(&client) {
        app.events
            .record(cx.event(name, What::TokenRevocationRefused { client }));
        return Err(RevokeError::AnotherClient);
    }
    let (Some(jti), expires_at) = (found.id(), found.expires_at()) else {
        return Ok(Found::Nothing);
    };
    found.tell(realm, draft);
    if expires_at <= cx.now || app.revocations.contains(realm.realm.id, jti) {
        return Ok(Found::Token);
    }
    let end = End {
        realm: realm.realm.id,
        jti,
        row: opaque::parse(token).map(|(id, _)| id),
        expires_at,
        event: cx.event(
            name,
            What::TokenRevoked {
                client,
                jti: jti.to_owned(),
            },
        ),
    };
    write(app.store(), &end).await?;
    // This node answers for it from now on; the others read it from the log.
    app.revocations.insert(realm.realm.id, jti, expires_at);
    app.events.record(end.event);
    Ok(Found::Token)
}

/// A refresh token takes its grant with it, and every access token of that (RFC 7009 §2.1); the session too when the
/// grant was the last of it, as in Keycloak.
async fn end_grant(
    form: &FormRequest,
    caller: &ClientEntry,
    token: &RefreshToken,
    draft: &mut EventDraft,
) -> Result<Found, RevokeError> {
    let FormRequest { app, cx, realm, .. } = form;
    let client = caller.client.client_id.clone();
    let name = realm.realm.name.as_str();
    if token.claims.azp != client {
        app.events
            .record(cx.event(name, What::TokenRevocationRefused { client }));
        return Err(RevokeError::AnotherClient);
    }
    draft
        .detail("refresh_token_type", &token.claims.typ)
        .detail("refresh_token_id", &token.claims.jti)
        .detail("revoked_client", &client);
    if let Some(sid) = &token.claims.sid {
        draft.session(sid);
    }
    if draft.is_wanted()
        && let Some(user) = token.user(app, caller).await?
    {
        draft.user(user);
    }
    let end = EndGrant {
        realm,
        grant: token.grant,
        now: cx.now,
        event: cx.event(
            name,
            What::TokenRevoked {
                client,
                jti: token.claims.jti.clone(),
            },
        ),
    };
    if let Some(revoked) = write(app.store(), &end).await? {
        grants::note(app, &[revoked]);
        app.events.record(end.event);
    }
    Ok(Found::Token)
}

/// The decision to end a grant.
struct EndGrant<'a> {
    realm: &'a RealmSnapshot,
    grant: GrantId,
    now: Timestamp,
    event: Event,
}

#[async_trait]
impl Decide for EndGrant<'_> {
    type Output = Option<Revoked>;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Option<Revoked>, Fault> {
        let Some(revoked) = tx.revoke_grant(self.grant, self.now).await? else {
            return Ok(None);
        };
        grants::tell(tx, self.realm.realm.id, &[revoked]).await?;
        tx.append_event(&self.event).await?;
        if let Some(grant) = tx.grant(self.grant).await?
            && grant.kind == GrantKind::Online
        {
            let others = tx.grants_of_user(grant.user, self.now, MOST_GRANTS).await?;
            // With more than were read nobody knows: the session stays, and ends by itself.
            let all_read = i64::try_from(others.len()).is_ok_and(|length| length < MOST_GRANTS);
            if all_read
                && !others
                    .iter()
                    .any(|other| other.session == grant.session && other.kind == GrantKind::Online)
            {
                tx.delete_session(grant.session).await?;
            }
        }
        Ok(Some(revoked))
    }
}

/// The decision to end one token.
struct End<'a> {
    realm: RealmId,
    jti: &'a str,
    row: Option<AccessTokenId>,
    expires_at: Timestamp,
    event: Event,
}

#[async_trait]
impl Decide for End<'_> {
    type Output = ();

    async fn decide(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        if let Some(row) = self.row {
            tx.delete_access_token(row).await?;
        }
        grants::tell_token(tx, self.realm, self.jti, self.expires_at).await?;
        tx.append_event(&self.event).await
    }
}
