//! Changing the own password: the one before is asked for, and every other session ends.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::Timestamp;
use keyward_domain::credential::Credential;
use keyward_domain::event::{Event, What};
use keyward_domain::ports::Tx;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::session::Session;
use keyward_domain::user::User;
use keyward_protocol::params::Params;

use super::overview::draw;
use super::{FIELD, is_ours, person, seal, url};
use crate::grants;
use crate::http::page::PageRequest;
use crate::http::write::{Decide, write};
use crate::login::new_password::{self, Refused};
use crate::login::verify::{self, Attempt, Way};
use crate::pages::{AccountNotice, AccountPassword, ErrorKind, Page, PasswordError};
use crate::session;
use crate::snapshot::RealmSnapshot;
use crate::user_events::told::{self, Chosen};

/// Shows the form, or answers it.
pub(super) async fn answer(page: &PageRequest, form: &Params<'_>) -> Result<Response<Body>, Fault> {
    let session = match person(page).await? {
        Ok(session) => session,
        Err(login) => return Ok(login),
    };
    let user = page
        .app
        .store()
        .read()
        .await?
        .user(page.realm.realm.id, session.user)
        .await?;
    let Some(user) = user else {
        return Ok(page.error(ErrorKind::AccountDisabled));
    };
    if !page.posted {
        return show(page, &session, &user, None);
    }
    if !is_ours(page, &session, form.get(FIELD)) {
        return Ok(page.error(ErrorKind::ForgedForm));
    }
    match change(page, &session, &user, form).await {
        Ok(()) => {
            tell(page, &user, Chosen::Set);
            draw(page, &session, Some(AccountNotice::PasswordChanged)).await
        }
        Err(refused) => {
            if let Some(chosen) = refused.chosen() {
                tell(page, &user, chosen);
            }
            let told = refused.told()?;
            show(page, &session, &user, Some(told))
        }
    }
}

/// Tells the realm's administrators.
fn tell(page: &PageRequest, user: &User, chosen: Chosen) {
    told::password(&page.app, &page.realm, &page.cx, chosen, |draft| {
        draft
            .client(told::ACCOUNT)
            .user(user.id)
            .detail("redirect_uri", url(page, ""))
            .detail("username", &user.username);
    });
}

async fn change(page: &PageRequest, session: &Session, user: &User, form: &Params<'_>) -> Result<(), Refused> {
    let attempt = Attempt {
        app: &page.app,
        realm: &page.realm,
        client: None,
        way: Way::Account,
        username: None,
        cx: &page.cx,
    };
    // The same check as at a login, so that guessing is slowed here too.
    let current = form.get("password").unwrap_or_default();
    let verified = verify::password(attempt, &user.username, current).await;
    let before = match verified {
        Ok(verified) => verified.credential,
        Err(verify::Refused::Busy) => return Err(Refused::Busy),
        Err(verify::Refused::Fault(fault)) => return Err(fault.into()),
        Err(verify::Refused::Wrong | verify::Refused::Disabled) => return Err(Refused::WrongCurrent),
    };
    let credential = new_password::chosen(page, user, Some(&before), form).await?;
    let change = Change {
        realm: &page.realm,
        session,
        before: &before,
        credential: &credential,
        now: page.cx.now,
        event: page.cx.event(
            page.realm.realm.name.as_str(),
            What::PasswordChanged { user_id: user.id },
        ),
    };
    // Changed, or logged out, from elsewhere at the same moment: the password that was typed is not the current one.
    let revoked = write(page.app.store(), &change).await?.ok_or(Refused::WrongCurrent)?;
    grants::note(&page.app, &revoked);
    page.app.events.record(change.event);
    Ok(())
}

fn show(
    page: &PageRequest,
    session: &Session,
    user: &User,
    error: Option<PasswordError<'_>>,
) -> Result<Response<Body>, Fault> {
    let sealed = seal(page, session)?;
    let rules = new_password::rules(page);
    let shown = Page::AccountPassword(AccountPassword {
        action: &url(page, "/password"),
        hidden: &[(FIELD, &sealed)],
        username: &user.username,
        account_url: &url(page, ""),
        rules: &rules,
        error,
    });
    Ok(super::draw(page, &shown, "/password"))
}

/// The decision to set a new password. Whoever knew the one before may be logged in somewhere.
struct Change<'a> {
    realm: &'a RealmSnapshot,
    session: &'a Session,
    before: &'a Credential,
    credential: &'a Credential,
    now: Timestamp,
    event: Event,
}

#[async_trait]
impl Decide for Change<'_> {
    /// The grants that ended; `None` when the password or the session was another by then.
    type Output = Option<Vec<Revoked>>;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Self::Output, Fault> {
        // Both are locked, not only read: of two changes at once, and of a login beside one, the later waits and sees it.
        tx.touch_session(self.session.id, self.now).await?;
        let here = tx.session(self.session.id).await?.is_some();
        if !here || !tx.rehash_password(self.before.id, &self.before.phc).await? {
            return Ok(None);
        }
        tx.set_password(self.credential).await?;
        let (realm, user) = (self.realm.realm.id, self.session.user);
        let (_, revoked) = session::end_others(tx, realm, user, Some(self.session.id), self.now).await?;
        tx.append_event(&self.event).await?;
        Ok(Some(revoked))
    }
}
