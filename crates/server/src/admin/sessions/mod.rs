//! Sessions, as the lists of users and of clients show them.

use keyward_domain::grant::{Grant, GrantKind};
use keyward_domain::ports::Tx;
use keyward_domain::session::Session;
use keyward_domain::user::User;
use keyward_domain::{Fault, Timestamp};

use super::keycloak::session::SessionView;
use crate::snapshot::RealmSnapshot;

/// Logins with the clients that have something of them. Those that were idle for too long have ended and are left out,
/// and so are those that only offline tokens came of, where no browser goes on with them.
pub(crate) async fn of_logins(
    tx: &mut dyn Tx,
    realm: &RealmSnapshot,
    sessions: &[Session],
    now: Timestamp,
) -> Result<Vec<SessionView>, Fault> {
    let idle = i64::from(realm.realm.settings.sessions.session_idle_secs());
    let mut views = Vec::with_capacity(sessions.len());
    for session in sessions {
        let view = SessionView::read(tx, realm, session, GrantKind::Online, now).await?;
        let goes_on = |view: &SessionView| session.cookie.is_some() || view.has_clients();
        views.extend(view.filter(|view| goes_on(view) && view.last_access().plus_secs(idle) > now));
    }
    Ok(views)
}

/// The offline ones among grants of a user.
pub(crate) async fn of_offline_tokens(
    tx: &mut dyn Tx,
    realm: &RealmSnapshot,
    user: &User,
    grants: &[Grant],
) -> Result<Vec<SessionView>, Fault> {
    let mut views = Vec::new();
    for grant in grants.iter().filter(|grant| grant.kind == GrantKind::Offline) {
        views.push(SessionView::of_offline_token(tx, realm, user, grant).await?);
    }
    Ok(views)
}
