//! The page of the own account, and its forms: ending sessions and taking back consents.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::Timestamp;
use keyward_domain::event::{Event, What};
use keyward_domain::id::{ClientUuid, SessionId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::session::Session;
use keyward_domain::user_event::UserEventType;
use keyward_protocol::params::Params;

use super::{FIELD, device, is_ours, person, seal, url};
use crate::grants;
use crate::http::page::PageRequest;
use crate::http::write::{Decide, write};
use crate::pages::{self, Account, AccountNotice, Application, ErrorKind, Page, Scope};
use crate::session;
use crate::snapshot::RealmSnapshot;
use crate::user_events::EventDraft;
use crate::user_events::told::ACCOUNT;

/// Sessions and grants that are shown at most.
const SHOWN: i64 = 100;

/// Shows the page.
pub(super) async fn show(page: &PageRequest) -> Result<Response<Body>, Fault> {
    match person(page).await? {
        Ok(session) => draw(page, &session, None).await,
        Err(login) => Ok(login),
    }
}

/// Does what a form asks.
pub(super) async fn submit(page: &PageRequest, form: &Params<'_>) -> Result<Response<Body>, Fault> {
    let session = match person(page).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    if !is_ours(page, &session, form.get(FIELD)) {
        return Ok(page.error(ErrorKind::ForgedForm));
    }
    let event = |what| page.cx.event(page.realm.realm.name.as_str(), what);
    let notice = if let Some(id) = form.get("end-session").and_then(|id| id.parse().ok()) {
        let named = page.app.store().read().await?.session(id).await?;
        let ended: Vec<SessionId> = named
            .filter(|named| named.user == session.user)
            .map(|named| named.id)
            .into_iter()
            .collect();
        session::end_all(&page.app, &page.realm, session.user, ended.clone(), &page.cx).await?;
        tell_ended(page, &session, &ended);
        AccountNotice::SessionEnded
    } else if form.get("end-other-sessions").is_some() {
        let end = EndOthers {
            page,
            session: &session,
        };
        let (ended, revoked) = write(page.app.store(), &end).await?;
        grants::note(&page.app, &revoked);
        for other in &ended {
            page.app.events.record(end.event(*other));
        }
        tell_ended(page, &session, &ended);
        AccountNotice::OtherSessionsEnded
    } else if let Some(client_id) = form.get("revoke-consent") {
        if let Some(client) = page.realm.clients.get(client_id) {
            let what = What::ConsentRevoked {
                client: client_id.to_owned(),
                user_id: session.user,
            };
            let revoke = RevokeConsent {
                realm: &page.realm,
                user: session.user,
                client: client.client.id,
                now: page.cx.now,
                event: event(what),
            };
            let revoked = write(page.app.store(), &revoke).await?;
            grants::note(&page.app, &revoked);
            page.app.events.record(revoke.event);
            let mut draft = EventDraft::begin(&page.realm, &page.cx, UserEventType::RevokeGrant);
            draft
                .client(ACCOUNT)
                .user(session.user)
                .detail("revoked_client", client_id);
            draft.done(&page.app);
        }
        AccountNotice::ConsentRevoked
    } else {
        return Ok(page.error(ErrorKind::InvalidRequest));
    };
    // The person may have ended the session that they are in.
    match person(page).await? {
        Ok(session) => draw(page, &session, Some(notice)).await,
        Err(login) => Ok(login),
    }
}

/// Tells the realm's administrators of sessions that their person ended.
fn tell_ended(page: &PageRequest, session: &Session, ended: &[SessionId]) {
    for id in ended {
        let mut draft = EventDraft::begin(&page.realm, &page.cx, UserEventType::Logout);
        draft.client(ACCOUNT).user(session.user).session(id);
        draft.done(&page.app);
    }
}

/// Draws the page.
pub(super) async fn draw(
    page: &PageRequest,
    session: &Session,
    notice: Option<AccountNotice>,
) -> Result<Response<Body>, Fault> {
    let (sealed, now, realm) = (seal(page, session)?, page.cx.now, &page.realm);
    let mut tx = page.app.store().read().await?;
    let sessions = tx.sessions_of_user(session.user, now, SHOWN).await?;
    let grants = tx.grants_of_user(session.user, now, SHOWN).await?;
    let consents = tx.consents(session.user).await?;
    let subject = page.app.subjects.get_in(&mut *tx, realm, session.user).await?;
    drop(tx);
    let Some(subject) = subject else {
        return Ok(page.error(ErrorKind::AccountDisabled));
    };
    let name_of = |client| realm.client(client).map(|client| client.client.shown_name());
    let ids: Vec<String> = sessions.iter().map(|session| session.id.to_string()).collect();
    let clients: Vec<Vec<&str>> = sessions
        .iter()
        .map(|session| {
            let of_session = grants.iter().filter(|grant| grant.session == session.id);
            let mut names: Vec<&str> = of_session.filter_map(|grant| name_of(grant.client)).collect();
            names.sort_unstable();
            names.dedup();
            names
        })
        .collect();
    let devices: Vec<Option<String>> = sessions
        .iter()
        .map(|session| device::name(&session.user_agent))
        .collect();
    let rows: Vec<pages::Session<'_>> = sessions
        .iter()
        .zip(ids.iter().zip(clients.iter().zip(&devices)))
        .map(|(row, (id, (clients, device)))| pages::Session {
            id,
            device: device.as_deref(),
            address: Some(row.address.as_str()).filter(|address| !address.is_empty()),
            started: row.started_at.secs(),
            last_used: row.seen_at.secs(),
            clients,
            current: row.id == session.id,
        })
        .collect();
    let scopes: Vec<Vec<Scope<'_>>> = consents
        .iter()
        .map(|consent| {
            let shown = |name: &String| {
                realm
                    .scopes
                    .get(name)
                    .is_none_or(|entry| entry.scope.settings.include_in_token_scope)
            };
            let names = consent.scope.iter().filter(|name| shown(name));
            names
                .map(|name| Scope {
                    name,
                    description: realm
                        .scopes
                        .get(name)
                        .map(|entry| entry.scope.settings.description.as_str()),
                })
                .collect()
        })
        .collect();
    let applications: Vec<Application<'_>> = consents
        .iter()
        .zip(&scopes)
        .filter_map(|(consent, scopes)| {
            Some(Application {
                client_id: realm.roles.client_id(consent.client)?,
                name: name_of(consent.client)?,
                granted: consent.given_at.secs(),
                scopes,
            })
        })
        .collect();
    let profile = &subject.user.profile;
    let name: Vec<&str> = [&profile.first_name, &profile.last_name]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let name = name.join(" ");
    let account = Account {
        action: &url(page, ""),
        hidden: &[(FIELD, &sealed)],
        username: &subject.user.username,
        name: Some(name.as_str()).filter(|name| !name.is_empty()),
        email: profile.email.as_deref(),
        password_url: &url(page, "/password"),
        logout_url: &format!("{}/protocol/openid-connect/logout", realm.issuer),
        sessions: &rows,
        applications: &applications,
        notice,
    };
    Ok(super::draw(page, &Page::Account(account), ""))
}

/// The decision to end every session but this one.
struct EndOthers<'a> {
    page: &'a PageRequest,
    session: &'a Session,
}

impl EndOthers<'_> {
    fn event(&self, session: SessionId) -> Event {
        let what = What::LoggedOut {
            user_id: self.session.user,
            session,
        };
        self.page.cx.event(self.page.realm.realm.name.as_str(), what)
    }
}

#[async_trait]
impl Decide for EndOthers<'_> {
    type Output = (Vec<SessionId>, Vec<Revoked>);

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Self::Output, Fault> {
        let Self { page, session } = self;
        let realm = page.realm.realm.id;
        let (ended, revoked) = session::end_others(tx, realm, session.user, Some(session.id), page.cx.now).await?;
        for other in &ended {
            tx.append_event(&self.event(*other)).await?;
        }
        Ok((ended, revoked))
    }
}

/// The decision to take back a consent, and with it everything that the client has of the person.
struct RevokeConsent<'a> {
    realm: &'a RealmSnapshot,
    user: UserId,
    client: ClientUuid,
    now: Timestamp,
    event: Event,
}

#[async_trait]
impl Decide for RevokeConsent<'_> {
    type Output = Vec<Revoked>;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Vec<Revoked>, Fault> {
        tx.delete_consent(self.user, self.client).await?;
        let revoked = tx.revoke_grants_of_client(self.user, self.client, self.now).await?;
        grants::tell(tx, self.realm.realm.id, &revoked).await?;
        tx.append_event(&self.event).await?;
        Ok(revoked)
    }
}
