//! A person has opened the link in their mail: the address is theirs.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::event::{Event, What};
use keyward_domain::id::{RealmId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::user::User;
use keyward_domain::user_event::UserEventType;

use super::token::{ActionToken, VERIFY_EMAIL};
use crate::changes::CHANGE_KEPT_SECS;
use crate::http::page::PageRequest;
use crate::http::write::{Decide, write};
use crate::user_events::EventDraft;
use crate::user_events::told::ACCOUNT;

/// Writes that the address is confirmed. Returns whether it still was the person's.
pub(super) async fn confirm(page: &PageRequest, user: &User, token: &ActionToken) -> Result<bool, Fault> {
    let email = token.eml.as_str();
    let mut draft = EventDraft::begin(&page.realm, &page.cx, UserEventType::VerifyEmail);
    draft
        .client(token.azp.as_deref().unwrap_or(ACCOUNT))
        .user(user.id)
        .detail("auth_method", "openid-connect")
        .detail("token_id", &token.jti)
        .detail("action", "verify-email")
        .detail("email", email)
        .detail("username", &user.username)
        .detail_if("redirect_uri", token.reduri.as_deref());
    let confirm = Confirm {
        realm: page.realm.realm.id,
        user: user.id,
        email,
        event: page
            .cx
            .event(page.realm.realm.name.as_str(), What::EmailVerified { user_id: user.id }),
    };
    let confirmed = write(page.app.store(), &confirm).await?;
    if confirmed {
        page.app.subjects.changed(page.realm.realm.id, user.id);
        page.app.events.record(confirm.event);
        draft.done(&page.app);
    } else {
        draft.refused(&page.app, "invalid_token");
    }
    Ok(confirmed)
}

struct Confirm<'a> {
    realm: RealmId,
    user: UserId,
    email: &'a str,
    event: Event,
}

#[async_trait]
impl Decide for Confirm<'_> {
    type Output = bool;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<bool, Fault> {
        let found = tx.user_to_change(self.realm, self.user).await?;
        let Some(mut user) = found.filter(|user| user.profile.email.as_deref() == Some(self.email)) else {
            return Ok(false);
        };
        user.profile.email_verified = true;
        user.required_actions.retain(|action| action != VERIFY_EMAIL);
        tx.update_user(&user).await?;
        tx.append_event(&self.event).await?;
        let change = Change::UserChanged { user: self.user };
        tx.append_change(self.realm, &change, self.event.at.plus_secs(CHANGE_KEPT_SECS))
            .await?;
        Ok(true)
    }
}
