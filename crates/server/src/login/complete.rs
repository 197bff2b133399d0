//! The moment in which a login becomes a session, and a code where it may: one transaction.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::credential::Credential;
use keyward_domain::event::{Event, What};
use keyward_domain::id::CredentialId;
use keyward_domain::ports::Tx;
use keyward_domain::ports::changes::Change;
use keyward_domain::ports::grants::Revoked;
use keyward_domain::realm::Realm;
use keyward_domain::session::Session;
use keyward_domain::user::User;
use serde_json::Value;

use super::action_token::VERIFY_EMAIL;
use super::failures;
use super::verify::{Attempt, Way};
use crate::authorize::Prepared;
use crate::changes::CHANGE_KEPT_SECS;
use crate::grants;
use crate::http::write::{Decide, write};
use crate::mail::MailServer;
use crate::session::Opened;
use crate::user_events::told::{self, Chosen};

/// Keycloak's name of what a person with a temporary password must do.
pub(crate) const UPDATE_PASSWORD: &str = "UPDATE_PASSWORD";

/// What a person has to do before their login is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Required {
    /// Nothing.
    Nothing,
    /// Prove that the mail address is theirs.
    VerifyEmail,
    /// Set a new password.
    UpdatePassword,
    /// Something that cannot be asked for here yet.
    Other,
}

/// What a user has to do. A mail can only be asked for where the realm can send one.
pub(crate) fn required(user: &User, realm: &Realm) -> Required {
    let profile = &user.profile;
    let by_realm = realm.settings.kept.get("verifyEmail") == Some(&Value::Bool(true)) && !profile.email_verified;
    let asked = |name: &str| user.required_actions.iter().any(|action| action == name);
    let others = user
        .required_actions
        .iter()
        .any(|action| ![UPDATE_PASSWORD, VERIFY_EMAIL].contains(&action.as_str()));
    if others {
        Required::Other
    } else if by_realm || asked(VERIFY_EMAIL) {
        match profile.email {
            Some(_) if MailServer::is_set(realm) => Required::VerifyEmail,
            _ => Required::Other,
        }
    } else if asked(UPDATE_PASSWORD) {
        Required::UpdatePassword
    } else {
        Required::Nothing
    }
}

/// A login whose every factor was right.
pub(crate) struct Login<'a> {
    pub(crate) attempt: Attempt<'a>,
    pub(crate) user: &'a User,
    pub(crate) opened: &'a Opened,
    /// The password that was right.
    pub(crate) credential: &'a Credential,
    /// The device whose code was right, and the step that is used up by it.
    pub(crate) used: Option<(CredentialId, i64)>,
    /// The new password, which the person had to set.
    pub(crate) password: Option<Credential>,
}

/// What became of it.
pub(crate) enum Completed {
    /// A session.
    Session {
        /// As it was written.
        session: Session,
        /// The grants of the one that it replaced.
        revoked: Vec<Revoked>,
        /// Whether the code was written too.
        with_code: bool,
    },
    /// The code was used by another login meanwhile, the account was locked, or its password was replaced.
    Refused,
}

impl Login<'_> {
    /// Completes it, with the code that it is for when nothing has to be asked before.
    pub(crate) async fn complete(&self, code: Option<&Prepared<'_>>) -> Result<Completed, Fault> {
        let Attempt { app, realm, .. } = self.attempt;
        let completed = write(app.store(), &Complete { login: self, code }).await?;
        if let Completed::Session { session, revoked, .. } = &completed {
            grants::note(app, revoked);
            if self.password.is_some() {
                app.subjects.changed(realm.realm.id, self.user.id);
                tell_password(self.attempt, self.user, Chosen::Set);
            }
            app.events.record(self.logged_in(session));
        }
        Ok(completed)
    }

    /// The event of this login.
    pub(crate) fn logged_in(&self, session: &Session) -> Event {
        let Attempt { realm, client, cx, .. } = self.attempt;
        let what = What::LoggedIn {
            user_id: self.user.id,
            session: session.id,
            client: client.map(str::to_owned),
        };
        cx.event(realm.realm.name.as_str(), what)
    }

    /// Everything but the session.
    pub(crate) async fn prove(&self, tx: &mut dyn Tx) -> Result<bool, Fault> {
        let Attempt { realm, cx, .. } = self.attempt;
        // Guesses that went on beside this one may have locked the account since it was looked at.
        if failures::is_person_locked(tx, self.attempt, self.user.id).await? {
            return Ok(false);
        }
        // Disabled while the password was hashed.
        let user = tx.user_to_change(realm.realm.id, self.user.id).await?;
        let Some(mut user) = user.filter(|user| user.enabled) else {
            return Ok(false);
        };
        // It must still be the password. Locked, not only read: whoever replaces it waits, and then ends this session too.
        let Credential { id, phc, .. } = self.credential;
        if !tx.rehash_password(*id, phc).await? {
            return Ok(false);
        }
        if let Some((otp, step)) = self.used
            && !tx.use_otp_step(otp, step).await?
        {
            return Ok(false);
        }
        if let Some(password) = &self.password {
            tx.set_password(password).await?;
            user.required_actions.retain(|action| action != UPDATE_PASSWORD);
            tx.update_user(&user).await?;
            let what = What::PasswordChanged { user_id: user.id };
            tx.append_event(&cx.event(realm.realm.name.as_str(), what)).await?;
            let change = Change::UserChanged { user: user.id };
            tx.append_change(realm.realm.id, &change, cx.now.plus_secs(CHANGE_KEPT_SECS))
                .await?;
        }
        failures::forgive(tx, self.attempt, self.user.id).await?;
        Ok(true)
    }
}

/// Tells the realm's administrators what became of a password that a login asked for.
pub(super) fn tell_password(attempt: Attempt<'_>, user: &User, chosen: Chosen) {
    let Attempt { app, realm, cx, .. } = attempt;
    told::password(app, realm, cx, chosen, |draft| {
        draft
            .client(attempt.client.unwrap_or(told::ACCOUNT))
            .user(user.id)
            .detail("username", &user.username);
        if let Way::Application(request) = attempt.way {
            draft
                .detail("response_type", "code")
                .detail("redirect_uri", request.redirect.uri())
                .detail("response_mode", request.redirect.mode());
        }
    });
}

/// The decision to begin a session, and to issue its first code.
struct Complete<'a> {
    login: &'a Login<'a>,
    code: Option<&'a Prepared<'a>>,
}

#[async_trait]
impl Decide for Complete<'_> {
    type Output = Completed;

    async fn decide(&self, tx: &mut dyn Tx) -> Result<Completed, Fault> {
        let Self { login, code } = *self;
        if !login.prove(tx).await? {
            return Ok(Completed::Refused);
        }
        let (session, revoked) = login.opened.save(tx, login.attempt.realm).await?;
        tx.append_event(&login.logged_in(&session)).await?;
        let with_code = match code {
            Some(code) => code.add_to_login(&session, tx).await?,
            None => false,
        };
        Ok(Completed::Session {
            session,
            revoked,
            with_code,
        })
    }
}
