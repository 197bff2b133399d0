//! A grant at its beginning: how long it lives follows from its session and the realm.

use keyward_domain::Timestamp;
use keyward_domain::grant::{Authorized, Grant, GrantKind};
use keyward_domain::id::GrantId;
use keyward_domain::policy::claims::Subject;
use keyward_domain::session::Session;

use super::issue;
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
    let lifespans = &realm.realm.settings.sessions;
    let offline = authorized.scope.iter().any(|name| name == OFFLINE_ACCESS);
    let (kind, idle, expires_at) = if offline {
        let end = now.plus_secs(i64::from(lifespans.offline_session_max_lifespan));
        (GrantKind::Offline, lifespans.offline_session_idle_timeout, end)
    } else {
        (
            GrantKind::Online,
            lifespans.sso_session_idle_timeout,
            session.expires_at,
        )
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
        idle_secs: i64::from(idle),
        access_until: access_until(realm, client, now),
        created_at: now,
        expires_at,
        revoked_at: None,
    }
}

/// Whether the scope asks for no grant that outlives its session, or the subject may have one (OIDC Core §11).
pub(super) fn may_stay_away(realm: &RealmSnapshot, subject: &Subject, scope: &[String]) -> bool {
    let asked = scope.iter().any(|name| name == OFFLINE_ACCESS);
    let entry = realm.scopes.get(OFFLINE_ACCESS);
    !asked || entry.is_none_or(|entry| entry.is_open_to(&subject.roles))
}

/// When an access token ends that the client gets now.
pub(super) fn access_until(realm: &RealmSnapshot, client: &ClientEntry, now: Timestamp) -> Timestamp {
    now.plus_secs(i64::from(issue::lifespan(realm, client)))
}
