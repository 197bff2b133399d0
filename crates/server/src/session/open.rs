//! A login becomes a session.

use axum::body::Body;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, Response};
use keyward_domain::grant::TokenHash;
use keyward_domain::id::{SessionId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::secret::Secret;
use keyward_domain::session::Session;
use keyward_domain::{Fault, entropy};

use super::end;
use crate::app::App;
use crate::http::cookies::Cookie;
use crate::http::edge::Cx;
use crate::http::entropy::SystemEntropy;
use crate::snapshot::RealmSnapshot;

/// Characters of the browser's own description that are kept.
const USER_AGENT_KEPT: usize = 200;

/// A login that has succeeded: the session to write, and what the browser gets.
pub(crate) struct Opened {
    session: Session,
    /// The session as it was, when it goes on.
    renews: Option<Session>,
    /// The session of somebody else in this browser: nobody could log out of it any more.
    replaces: Option<SessionId>,
    /// The id when that session is not there any more.
    fresh: SessionId,
    secret: Secret,
}

/// Opens a session for a person who has just proved who they are; `before` is the browser's session, which goes on
/// when it is theirs. The cookie is a new one either way, so that one from before does not work after.
pub(crate) fn open(
    realm: &RealmSnapshot,
    user: UserId,
    before: Option<&Session>,
    headers: &HeaderMap,
    cx: &Cx,
) -> Opened {
    let secret = entropy::secret(&mut SystemEntropy);
    let lifespan = i64::from(realm.realm.settings.sessions.session_max_secs());
    let same = before.filter(|session| session.user == user);
    let fresh = SessionId(entropy::growing_uuid(cx.now, &mut SystemEntropy));
    let session = Session {
        id: same.map_or(fresh, |session| session.id),
        realm: realm.realm.id,
        user,
        cookie: Some(TokenHash::of(secret.expose().as_bytes())),
        auth_time: cx.now,
        address: cx.address.to_string(),
        user_agent: user_agent(headers),
        started_at: same.map_or(cx.now, |session| session.started_at),
        seen_at: cx.now,
        expires_at: same.map_or_else(|| cx.now.plus_secs(lifespan), |session| session.expires_at),
    };
    Opened {
        session,
        renews: same.cloned(),
        replaces: before.filter(|session| session.user != user).map(|session| session.id),
        fresh,
        secret,
    }
}

impl Opened {
    /// A session without a browser: for the password grant.
    pub(crate) fn without_cookie(&self) -> Session {
        Session {
            cookie: None,
            ..self.session.clone()
        }
    }

    /// Writes it, and ends the one that it replaces. A session that ended or was renewed meanwhile makes room for a
    /// new one. Returns it with the grants that were revoked.
    pub(crate) async fn save(&self, tx: &mut dyn Tx, realm: &RealmSnapshot) -> Result<(Session, Vec<Revoked>), Fault> {
        let revoked = match self.replaces {
            Some(other) => end(tx, realm.realm.id, other, self.session.auth_time).await?,
            None => Vec::new(),
        };
        let mut session = self.session.clone();
        if let Some(before) = &self.renews {
            if tx.renew_session(&session, before.cookie).await? {
                return Ok((session, revoked));
            }
            session.id = self.fresh;
            session.started_at = session.auth_time;
        }
        tx.insert_session(&session).await?;
        Ok((session, revoked))
    }

    /// Gives the browser its cookies.
    pub(crate) fn give(&self, app: &App, realm: &RealmSnapshot, session: SessionId, response: &mut Response<Body>) {
        let name = realm.realm.name.as_str();
        let id = session;
        let value = format!("{}.{}", id.0.simple(), self.secret.expose());
        Cookie::Session.set(app, name, &value, response);
        Cookie::State.set(app, name, &id.to_string(), response);
    }
}

fn user_agent(headers: &HeaderMap) -> String {
    let text = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    text.unwrap_or_default().chars().take(USER_AGENT_KEPT).collect()
}
