//! The session of a browser: finding it by its cookie; beginning, renewing and ending it is beside.

use axum::body::Body;
use axum::http::{HeaderMap, Response};
use keyward_domain::grant::TokenHash;
use keyward_domain::id::SessionId;
use keyward_domain::policy::lifetime;
use keyward_domain::ports::Tx;
use keyward_domain::session::Session;
use keyward_domain::{Fault, Timestamp};
use keyward_jose::digest;
use uuid::Uuid;

use crate::app::App;
use crate::http::cookies::Cookie;
use crate::http::page::PageRequest;
use crate::snapshot::RealmSnapshot;

mod end;
mod open;

pub(crate) use end::{end, end_all, end_others};
pub(crate) use open::{Opened, open};

/// A session that is in use is written at most once in this many seconds.
pub(crate) const TOUCH_SECS: i64 = 60;

/// What a browser's cookie says.
pub(crate) struct Presented {
    id: SessionId,
    hash: TokenHash,
}

/// Reads the session cookie.
pub(crate) fn presented(app: &App, realm: &RealmSnapshot, headers: &HeaderMap) -> Option<Presented> {
    let value = Cookie::Session.read(app, realm.realm.name.as_str(), headers)?;
    let (id, secret) = value.split_once('.')?;
    Some(Presented {
        id: SessionId(Uuid::try_parse(id).ok()?),
        hash: TokenHash::of(secret.as_bytes()),
    })
}

/// The live session of a browser.
pub(crate) async fn find(
    tx: &mut dyn Tx,
    realm: &RealmSnapshot,
    presented: Option<&Presented>,
    now: Timestamp,
) -> Result<Option<Session>, Fault> {
    let Some(presented) = presented else { return Ok(None) };
    let lifespans = &realm.realm.settings.sessions;
    // It may have been made shorter since the session began.
    let max = i64::from(lifespans.session_max_secs());
    let found = tx.session(presented.id).await?;
    let Some(session) = found.filter(|session| {
        let cookie = session.cookie.as_ref().map_or([0; 32], |cookie| cookie.0);
        session.cookie.is_some()
            && digest::constant_time_eq(&cookie, &presented.hash.0)
            && session.realm == realm.realm.id
            && session.expires_at > now
            && session.started_at.plus_secs(max) > now
            && !lifetime::is_before(session.auth_time.secs(), realm.realm.not_before)
    }) else {
        return Ok(None);
    };
    // A session whose tokens are refreshed is in use, though its browser has not been here.
    let idle = i64::from(lifespans.session_idle_secs());
    if session.seen_at.plus_secs(idle) > now {
        return Ok(Some(session));
    }
    let rotated = tx.last_rotation(session.id).await?;
    Ok(rotated.filter(|at| at.plus_secs(idle) > now).map(|_| session))
}

/// The live session of the browser that sent a request, if its person is not disabled.
pub(crate) async fn enabled(page: &PageRequest) -> Result<Option<Session>, Fault> {
    let Some(presented) = presented(&page.app, &page.realm, &page.headers) else {
        return Ok(None);
    };
    let mut tx = page.app.store().read().await?;
    let Some(session) = find(&mut *tx, &page.realm, Some(&presented), page.cx.now).await? else {
        return Ok(None);
    };
    let subject = page.app.subjects.get_in(&mut *tx, &page.realm, session.user).await?;
    Ok(subject.filter(|subject| subject.user.enabled).map(|_| session))
}

/// Takes the cookies away.
pub(crate) fn forget(app: &App, realm: &RealmSnapshot, response: &mut Response<Body>) {
    let name = realm.realm.name.as_str();
    Cookie::Session.clear(app, name, response);
    Cookie::State.clear(app, name, response);
}
