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
use keyward_domain::{Fault, Timestamp};
use keyward_protocol::error::ErrorCode;
use keyward_protocol::revocation::RevocationRequest;

use crate::app::App;
use crate::grants;
use crate::guarded;
use crate::http::call::Call;
use crate::http::client_auth::Scripts;
use crate::http::edge::Cx;
use crate::http::form::FormRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::http::write::{Decide, write};
use crate::refresh_token::{self, RefreshToken};
use crate::snapshot::{ClientEntry, RealmSnapshot};
use crate::token::opaque;

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
    )?;
    let response = match RevocationRequest::parse(&params) {
        Err(error) => respond::error(error.code(), error.description()),
        Ok(request) => match end(&form.app, &form.realm, caller.entry(), request.token, &form.cx).await {
            // An unknown token is as good as revoked (RFC 7009 §2.2).
            Ok(()) => respond::empty(),
            Err(RevokeError::AnotherClient) => respond::error(ErrorCode::InvalidRequest, "Unmatching clients"),
            Err(RevokeError::Fault(fault)) => respond::fault(&fault, &form.cx),
        },
    };
    Ok(caller.expose(response))
}

async fn end(app: &App, realm: &RealmSnapshot, caller: &ClientEntry, token: &str, cx: &Cx) -> Result<(), RevokeError> {
    if let Some(token) = refresh_token::parse(realm, token) {
        return end_grant(app, realm, caller, &token, cx).await;
    }
    let Some(found) = guarded::find(app, realm, token, cx).await? else {
        return Ok(());
    };
    let client = caller.client.client_id.clone();
    let name = realm.realm.name.as_str();
    if found.client_id() != Some(&client) {
        app.events
            .record(cx.event(name, What::TokenRevocationRefused { client }));
        return Err(RevokeError::AnotherClient);
    }
    let (Some(jti), expires_at) = (found.id(), found.expires_at()) else {
        return Ok(());
    };
    if expires_at <= cx.now || app.revocations.contains(realm.realm.id, jti) {
        return Ok(());
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
    Ok(())
}

/// A refresh token takes its grant with it, and every access token of that (RFC 7009 §2.1); the session too when the
/// grant was the last of it, as in Keycloak.
async fn end_grant(
    app: &App,
    realm: &RealmSnapshot,
    caller: &ClientEntry,
    token: &RefreshToken,
    cx: &Cx,
) -> Result<(), RevokeError> {
    let client = caller.client.client_id.clone();
    let name = realm.realm.name.as_str();
    if token.claims.azp != client {
        app.events
            .record(cx.event(name, What::TokenRevocationRefused { client }));
        return Err(RevokeError::AnotherClient);
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
    Ok(())
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
