//! Checking a password and a code, the same for a page and for the password grant.
//!
//! An unknown user, a locked account and a wrong password take the same time and get the same answer.

use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::credential::{self, Credential, Otp};
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::secret::Secret;
use keyward_domain::user::User;
use keyward_domain::user_event::UserEventType;
use keyward_jose::totp;
use keyward_protocol::token::GrantType;

use super::failures;
use super::hashing::HashingError;
use crate::app::App;
use crate::authorize::request::AuthorizationRequest;
use crate::http::edge::Cx;
use crate::snapshot::RealmSnapshot;
use crate::user_events::EventDraft;
use crate::user_events::told::{ACCOUNT, CLIENT_AUTH_METHOD};

/// Codes of the step before and after the clock's are taken too (RFC 6238 §5.2).
const SKEW_STEPS: u8 = 1;

/// Longest user name that is looked up.
const LONGEST_NAME: usize = 255;

/// Longest password that is compared.
const LONGEST_PASSWORD: usize = 1024;

/// A person whose password was right.
pub(crate) struct Verified {
    pub(crate) user: User,
    pub(crate) otps: Vec<Otp>,
    /// The password's row, under today's parameters: the session that comes of it writes it back.
    pub(crate) credential: Credential,
}

/// Why a password was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// No such user, a wrong password, or an account or address that is locked: nobody can tell which.
    #[error("invalid credentials")]
    Wrong,
    /// The password was right, and the account is disabled.
    #[error("account disabled")]
    Disabled,
    /// Too many passwords are waiting.
    #[error("busy")]
    Busy,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a login is for, for the events.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) app: &'a App,
    pub(crate) realm: &'a RealmSnapshot,
    pub(crate) client: Option<&'a str>,
    pub(crate) way: Way<'a>,
    /// As it was typed just now.
    pub(crate) username: Option<&'a str>,
    pub(crate) cx: &'a Cx,
}

/// How the person came to it.
#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    /// An application sent them.
    Application(&'a AuthorizationRequest),
    /// They came to their own account.
    Account,
    /// An application shows their password.
    PasswordGrant,
}

impl Attempt<'_> {
    /// An event of this login.
    pub(crate) fn draft(&self, kind: UserEventType) -> EventDraft {
        let mut draft = EventDraft::begin(self.realm, self.cx, kind);
        draft
            .client(self.client.unwrap_or(ACCOUNT))
            .detail("auth_method", "openid-connect")
            .detail_if("username", self.username);
        match self.way {
            Way::Application(request) => draft
                .detail("auth_type", "code")
                .detail("redirect_uri", request.redirect.uri()),
            Way::Account => draft.detail("redirect_uri", format_args!("{}/account", self.realm.issuer)),
            Way::PasswordGrant => draft
                .detail("grant_type", GrantType::Password.as_str())
                .detail("client_auth_method", CLIENT_AUTH_METHOD),
        };
        draft
    }
}

/// Checks a password.
pub(crate) async fn password(attempt: Attempt<'_>, username: &str, password: &str) -> Result<Verified, Refused> {
    let attempt = Attempt {
        username: Some(username),
        ..attempt
    };
    let Attempt { app, realm, cx, .. } = attempt;
    let _turn = app.turns.take(cx.address).ok_or(Refused::Busy)?;
    let mut tx = app.store().read().await?;
    let user = find(&mut *tx, realm, username).await?;
    let stored = match &user {
        Some(user) => tx.password(user.id).await?,
        None => None,
    };
    let otps = match &user {
        Some(user) => tx.otps(user.id).await?,
        None => Vec::new(),
    };
    let locked = failures::is_locked(&mut *tx, attempt, user.as_ref().map(|user| user.id)).await?;
    drop(tx);

    let id = user.as_ref().map(|user| user.id);
    let fits = password.len() <= LONGEST_PASSWORD;
    let secret = Secret::new(if fits { password.to_owned() } else { String::new() });
    let known = user.zip(stored).filter(|_| !locked && fits);
    let Some((user, credential)) = known else {
        app.passwords.verify_nobody(secret, cx.now).await.map_err(hashing)?;
        // An account that is locked is not counted further: else anybody could keep it locked for ever.
        if locked {
            failures::note(attempt, id, "locked");
        } else {
            let reason = if id.is_some() { "wrong_password" } else { "unknown_user" };
            failures::count(attempt, id, reason).await?;
        }
        return Err(Refused::Wrong);
    };
    let phc: Arc<str> = credential.phc.as_str().into();
    let verdict = app
        .passwords
        .verify(phc, secret.clone(), cx.now)
        .await
        .map_err(hashing)?;
    if !verdict.matches {
        let reason = if user.enabled {
            "wrong_password"
        } else {
            "wrong_password_of_disabled"
        };
        failures::count(attempt, Some(user.id), reason).await?;
        return Err(Refused::Wrong);
    }
    if !user.enabled {
        failures::note(attempt, Some(user.id), "disabled");
        return Err(Refused::Disabled);
    }
    let mut credential = credential;
    // A full queue must not fail a login that is right: then the hash is renewed another time.
    if verdict.outdated
        && let Ok(phc) = app.passwords.hash(secret, salt(), cx.now).await
    {
        credential.phc = phc;
    }
    Ok(Verified { user, otps, credential })
}

/// Checks a code against a user's devices (RFC 6238). Returns the device and the step, which is to be used up.
pub(crate) async fn code(
    attempt: Attempt<'_>,
    user: UserId,
    otps: &[Otp],
    code: &str,
) -> Result<(CredentialId, i64), Refused> {
    let Attempt { app, realm, cx, .. } = attempt;
    let mut tx = app.store().read().await?;
    let locked = failures::is_locked(&mut *tx, attempt, Some(user)).await?
        || failures::is_code_locked(&mut *tx, attempt, user).await?;
    drop(tx);
    if locked {
        failures::note(attempt, Some(user), "locked");
        return Err(Refused::Wrong);
    }
    let now = u64::try_from(cx.now.secs()).unwrap_or(0);
    for otp in otps {
        let secret = app
            .sealer
            .open(&credential::otp_binding(realm.realm.id, otp.id), &otp.sealed)
            .map_err(|error| Fault::Crypto(format!("one-time password device {}: {error}", otp.id)))?;
        let step = totp::verify(&secret, otp.params, code, now, SKEW_STEPS);
        if let Some(step) = step.and_then(|step| i64::try_from(step).ok())
            && step > otp.last_step
        {
            return Ok((otp.id, step));
        }
    }
    failures::count_code(attempt, user).await?;
    Err(Refused::Wrong)
}

/// A fresh salt.
pub(crate) fn salt() -> [u8; 16] {
    use keyward_domain::Entropy as _;
    let mut salt = [0; 16];
    crate::http::entropy::SystemEntropy.fill(&mut salt);
    salt
}

/// By user name, or by mail address where the realm allows it. Service accounts do not log in.
async fn find(tx: &mut dyn Tx, realm: &RealmSnapshot, name: &str) -> Result<Option<User>, Fault> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Ok(None);
    }
    let id = realm.realm.id;
    let mut found = tx.user_by_username(id, name).await?;
    if found.is_none() && realm.realm.settings.login_with_email && name.contains('@') {
        found = tx.user_by_email(id, name).await?;
    }
    Ok(found.filter(|user| user.service_account_of.is_none()))
}

fn hashing(error: HashingError) -> Refused {
    match error {
        HashingError::Busy => Refused::Busy,
        HashingError::Password(_) | HashingError::Panicked => Refused::Fault(Fault::Crypto(error.to_string())),
    }
}
