//! A grant at its beginning: how long it lives follows from its session and the realm.

use keyward_domain::Timestamp;
use keyward_domain::grant::{Authorized, Grant, GrantKind};
use keyward_domain::id::GrantId;
use keyward_domain::policy::claims::Subject;
use keyward_domain::session::Session;

use super::issue;
use crate::refresh_token;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// The scope that lets a grant outlive its session (OIDC Core §11).
const OFFLINE_ACCESS: &str = "offline_access";

/// Begins a grant.
pub(super) fn begin(
    realm: &RealmSnapshot,
    client: &ClientEntry,
    session: &Session,
    authorized: Authorized,
    id: GrantId,
    now: Timestamp,
) -> Grant {
    let offline = authorized.scope.iter().any(|name| name == OFFLINE_ACCESS);
    let kind = if offline { GrantKind::Offline } else { GrantKind::Online };
    let lifespan = refresh_token::lifespan(realm, client, kind);
    let end = now.plus_secs(i64::from(lifespan.max_secs));
    let expires_at = match kind {
        GrantKind::Online => session.expires_at.min(end),
        GrantKind::Offline => end,
    };
    Grant {
        id,
        realm: realm.realm.id,
        client: client.client.id,
        user: session.user,
        session: session.id,
        kind,
        authorized,
        sequence: 0,
        previous: -1,
        rotated_at: now,
        idle_secs: i64::from(lifespan.idle_secs),
        access_until: access_until(realm, client, now).min(expires_at),
        created_at: now,
        expires_at,
        revoked_at: None,
    }
}

/// Whether the scope asks for no grant that outlives its session, or the subject may have one (OIDC Core §11).
pub(super) fn may_stay_away(realm: &RealmSnapshot, subject: &Subject, scope: &[String]) -> bool {
    let asked = scope.iter().any(|name| name == OFFLINE_ACCESS);
    let entry = realm.scopes.get(OFFLINE_ACCESS);
    !asked || entry.is_none_or(|entry| entry.is_open_to(&subject.held.ids))
}

/// When an access token ends that the client gets now.
pub(super) fn access_until(realm: &RealmSnapshot, client: &ClientEntry, now: Timestamp) -> Timestamp {
    now.plus_secs(i64::from(issue::lifespan(realm, client)))
}
