//! The access tokens of a realm that come back: which one it is, and whether it is still good. Introspection,
//! revocation and userinfo ask the same.

use std::sync::Arc;

use keyward_domain::id::AccessTokenId;
use keyward_domain::policy::claims::Subject;
use keyward_domain::policy::lifetime;
use keyward_domain::{Fault, Timestamp};
use keyward_jose::{Unverified, digest};
use keyward_protocol::at_jwt::AccessToken;

use crate::app::App;
use crate::http::edge::Cx;
use crate::refresh_token;
use crate::snapshot::{ClientEntry, RealmSnapshot};
use crate::token::opaque;

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
                .map(|record| serde_json::from_str(&record.claims).map_err(|_| unreadable(id)))
                .transpose()
        }
        None => Ok(signed(realm, token)),
    }
}

/// Whether a token of this realm is good at `now`: not over, not revoked, and its client and subject still there.
pub(crate) async fn is_live(
    app: &App,
    realm: &Arc<RealmSnapshot>,
    token: &AccessToken,
    now: Timestamp,
) -> Result<bool, Fault> {
    let client = token
        .client_id
        .as_ref()
        .and_then(|client_id| realm.clients.get(client_id));
    let Some(client) = client.filter(|entry| entry.client.enabled) else {
        return Ok(false);
    };
    let issued_at = i64::try_from(token.iat).unwrap_or(i64::MAX);
    let expires_at = i64::try_from(token.exp).unwrap_or(0);
    let stands = expires_at > now.secs()
        && !lifetime::is_before(issued_at, realm.realm.not_before)
        && !lifetime::is_before(issued_at, client.client.not_before)
        && !app.revocations.contains(realm.realm.id, &token.jti)
        && !refresh_token::grant_of(&token.jti).is_some_and(|grant| app.revocations.contains_grant(grant));
    Ok(stands
        && subject(app, realm, client, token)
            .await?
            .is_some_and(|subject| subject.user.enabled))
}

/// Whom a token is about.
pub(crate) async fn subject(
    app: &App,
    realm: &Arc<RealmSnapshot>,
    client: &ClientEntry,
    token: &AccessToken,
) -> Result<Option<Arc<Subject>>, Fault> {
    let Some(user) = token.sub.as_deref().and_then(|sub| sub.parse().ok()) else {
        return Ok(None);
    };
    match &client.service_account {
        Some(subject) if subject.user.id == user => Ok(Some(Arc::clone(subject))),
        _ => app.subjects.get(app.store(), realm, user).await,
    }
}

/// The parser's own words quote what it found: claims of somebody, which no log may hold.
fn unreadable(id: AccessTokenId) -> Fault {
    Fault::Corrupt(format!("the claims of access token row {id}"))
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
