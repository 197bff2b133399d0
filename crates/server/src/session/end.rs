//! Ending sessions: in the store, and in the memory of every node.

use async_trait::async_trait;
use keyward_domain::event::{Event, What};
use keyward_domain::id::{RealmId, SessionId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::{Fault, Timestamp};

use crate::app::App;
use crate::grants;
use crate::http::edge::Cx;
use crate::http::write::{Decide, write};
use crate::snapshot::RealmSnapshot;

/// Ends sessions of a person because somebody said so.
pub(crate) async fn end_all(
    app: &App,
    realm: &RealmSnapshot,
    user: UserId,
    sessions: Vec<SessionId>,
    cx: &Cx,
) -> Result<(), Fault> {
    let logged_out = |session: &SessionId| {
        let what = What::LoggedOut {
            user_id: user,
            session: *session,
        };
        cx.event(realm.realm.name.as_str(), what)
    };
    let end = End {
        realm,
        events: sessions.iter().map(logged_out).collect(),
        sessions,
        now: cx.now,
    };
    let revoked = write(app.store(), &end).await?;
    grants::note(app, &revoked);
    for event in end.events {
        app.events.record(event);
    }
    Ok(())
}

/// Ends a session with its grants, the offline ones aside, and tells every node.
pub(crate) async fn end(
    tx: &mut dyn Tx,
    realm: RealmId,
    session: SessionId,
    now: Timestamp,
) -> Result<Vec<Revoked>, Fault> {
    tx.delete_session(session).await?;
    let revoked = tx.revoke_grants_of_session(session, now).await?;
    grants::tell(tx, realm, &revoked).await?;
    Ok(revoked)
}

/// Sessions that are read at once.
const BATCH: i64 = 500;

/// Ends all sessions of a person but for `keep`, however many there are. Returns them, and the grants that went with
/// them.
pub(crate) async fn end_others(
    tx: &mut dyn Tx,
    realm: RealmId,
    user: UserId,
    keep: Option<SessionId>,
    now: Timestamp,
) -> Result<(Vec<SessionId>, Vec<Revoked>), Fault> {
    let (mut ended, mut revoked) = (Vec::new(), Vec::new());
    loop {
        let sessions = tx.sessions_of_user(user, now, BATCH).await?;
        let others: Vec<SessionId> = sessions
            .iter()
            .map(|other| other.id)
            .filter(|id| Some(*id) != keep)
            .collect();
        if others.is_empty() {
            return Ok((ended, revoked));
        }
        for other in others {
            revoked.append(&mut end(tx, realm, other, now).await?);
            ended.push(other);
        }
    }
}

/// The decision to end sessions.
struct End<'a> {
    realm: &'a RealmSnapshot,
    sessions: Vec<SessionId>,
    events: Vec<Event>,
    now: Timestamp,
}

#[async_trait]
impl Decide for End<'_> {
    type Output = Vec<Revoked>;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Vec<Revoked>, Fault> {
        let mut revoked = Vec::new();
        for session in &self.sessions {
            revoked.append(&mut end(tx, self.realm.realm.id, *session, self.now).await?);
        }
        for event in &self.events {
            tx.append_event(event).await?;
        }
        Ok(revoked)
    }
}
