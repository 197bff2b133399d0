//! A new password by a link.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Response;
use keyward_domain::credential::Credential;
use keyward_domain::event::{Event, What};
use keyward_domain::id::{CredentialId, RealmId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::user::User;
use keyward_domain::{Fault, Timestamp};
use keyward_protocol::params::Params;
use serde::{Deserialize, Serialize};

use super::Redirect;
use super::handle::{address, done};
use crate::changes::CHANGE_KEPT_SECS;
use crate::http::page::PageRequest;
use crate::http::sealed;
use crate::http::write::{Decide, write};
use crate::login::complete::UPDATE_PASSWORD;
use crate::login::new_password;
use crate::pages::{ErrorKind, Page, PasswordError, UpdatePassword};
use crate::user_events::told::{self, Chosen};
use crate::{grants, session};

/// The field that carries what is known between the two pages.
pub(super) const STATE: &str = "action";

/// What a used link leaves for the page that asks for the password. It works until a password is set, by whomever.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    user: UserId,
    /// The password that it is to replace.
    before: Option<CredentialId>,
    /// The address that the same link confirmed.
    verified: Option<String>,
    client: Option<String>,
    uri: Option<String>,
    until: Timestamp,
}

/// Asks for the password.
pub(super) async fn ask(
    page: &PageRequest,
    user: &User,
    verified: Option<String>,
    redirect: &Redirect,
    until: Timestamp,
) -> Result<Response<Body>, Fault> {
    let before = page.app.store().read().await?.password(user.id).await?;
    let state = State {
        user: user.id,
        before: before.map(|before| before.id),
        verified,
        client: redirect.client.clone(),
        uri: redirect.uri.clone(),
        until,
    };
    show(page, &state, user, None)
}

/// Sets the password that the form chose.
pub(super) async fn submit(page: &PageRequest, state: &str, form: &Params<'_>) -> Result<Response<Body>, Fault> {
    let state: Option<State> = sealed::open(&page.realm, STATE, state, page.cx.now);
    let Some(state) = state.filter(|state| page.posted && state.until > page.cx.now) else {
        return Ok(page.error(ErrorKind::LinkExpired));
    };
    let mut tx = page.app.store().read().await?;
    let user = tx.user(page.realm.realm.id, state.user).await?;
    let before = tx.password(state.user).await?;
    drop(tx);
    let same = before.as_ref().map(|before| before.id) == state.before;
    let Some(user) = user.filter(|user| user.enabled && same) else {
        return Ok(page.error(ErrorKind::LinkExpired));
    };
    let chosen = match new_password::chosen(page, &user, before.as_ref(), form).await {
        Ok(chosen) => chosen,
        Err(refused) => {
            if let Some(chosen) = refused.chosen() {
                tell(page, &state, &user, chosen);
            }
            return show(page, &state, &user, Some(refused.told()?));
        }
    };
    let set = Set {
        realm: page.realm.realm.id,
        before: state.before,
        password: &chosen,
        event: page.cx.event(
            page.realm.realm.name.as_str(),
            What::PasswordChanged { user_id: user.id },
        ),
    };
    let Some(revoked) = write(page.app.store(), &set).await? else {
        return Ok(page.error(ErrorKind::LinkExpired));
    };
    grants::note(&page.app, &revoked);
    page.app.subjects.changed(page.realm.realm.id, user.id);
    page.app.events.record(set.event);
    tell(page, &state, &user, Chosen::Set);
    let redirect = Redirect {
        client: state.client,
        uri: state.uri,
    };
    Ok(done(page, state.verified.as_deref(), true, &redirect))
}

/// Tells the realm's administrators.
fn tell(page: &PageRequest, state: &State, user: &User, chosen: Chosen) {
    told::password(&page.app, &page.realm, &page.cx, chosen, |draft| {
        draft
            .client(state.client.as_deref().unwrap_or(told::ACCOUNT))
            .user(user.id)
            .detail_if("redirect_uri", state.uri.as_deref())
            .detail("username", &user.username);
    });
}

fn show(
    page: &PageRequest,
    state: &State,
    user: &User,
    error: Option<PasswordError<'_>>,
) -> Result<Response<Body>, Fault> {
    let sealed = sealed::seal(&page.realm, STATE, state, page.cx.now)?;
    let rules = new_password::rules(page);
    let shown = UpdatePassword {
        action: &address(page),
        hidden: &[(STATE, &sealed)],
        username: &user.username,
        rules: &rules,
        error,
    };
    Ok(page.show(&Page::UpdatePassword(shown), page.locale(None), &[]))
}

/// The decision to set it. Whoever knew the one before is logged out.
struct Set<'a> {
    realm: RealmId,
    before: Option<CredentialId>,
    password: &'a Credential,
    event: Event,
}

#[async_trait]
impl Decide for Set<'_> {
    /// The grants that ended; `None` when a password was set meanwhile.
    type Output = Option<Vec<Revoked>>;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Self::Output, Fault> {
        let user = self.password.user;
        let Some(mut person) = tx
            .user_to_change(self.realm, user)
            .await?
            .filter(|person| person.enabled)
        else {
            return Ok(None);
        };
        // Written before the password is looked at: of two at once the later waits here, and then sees another one.
        person.required_actions.retain(|action| action != UPDATE_PASSWORD);
        tx.update_user(&person).await?;
        let before = tx.password(user).await?;
        if before.map(|before| before.id) != self.before {
            return Ok(None);
        }
        tx.set_password(self.password).await?;
        let (_, revoked) = session::end_others(tx, self.realm, user, None, self.event.at).await?;
        tx.append_event(&self.event).await?;
        let change = Change::UserChanged { user };
        tx.append_change(self.realm, &change, self.event.at.plus_secs(CHANGE_KEPT_SECS))
            .await?;
        Ok(Some(revoked))
    }
}
