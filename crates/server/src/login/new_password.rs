//! A new password: twice the same, by the realm's policy, and not the one before.

use keyward_domain::credential::Credential;
use keyward_domain::id::CredentialId;
use keyward_domain::policy::password::Broken;
use keyward_domain::secret::Secret;
use keyward_domain::user::User;
use keyward_domain::{Fault, entropy};
use keyward_protocol::params::Params;

use super::hashing::HashingError;
use super::verify;
use crate::http::entropy::SystemEntropy;
use crate::http::page::PageRequest;
use crate::pages::{PasswordError, PasswordRule};
use crate::user_events::told::Chosen;

/// Why a new password was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The two fields differ.
    Mismatch,
    /// The policy says no.
    Rules(Vec<PasswordRule>),
    /// It is the one before.
    Unchanged,
    /// The password before, which was asked for, is another one.
    WrongCurrent,
    /// Too many passwords are waiting.
    Busy,
    /// Ours.
    Fault(Fault),
}

impl Refused {
    /// What the event of it says; none where nobody has chosen yet.
    pub(crate) fn chosen(&self) -> Option<Chosen> {
        match self {
            Self::Mismatch => Some(Chosen::Mismatch),
            Self::Rules(_) | Self::Unchanged => Some(Chosen::Rejected),
            Self::WrongCurrent | Self::Busy | Self::Fault(_) => None,
        }
    }

    /// What the page says; `Err` is a fault, which has a page of its own.
    pub(crate) fn told(&self) -> Result<PasswordError<'_>, Fault> {
        match self {
            Self::Mismatch => Ok(PasswordError::Mismatch),
            Self::Rules(rules) => Ok(PasswordError::Rules(rules)),
            Self::Unchanged => Ok(PasswordError::Unchanged),
            Self::WrongCurrent => Ok(PasswordError::WrongCurrent),
            Self::Busy => Ok(PasswordError::Busy),
            Self::Fault(fault) => Err(fault.clone()),
        }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<HashingError> for Refused {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            HashingError::Password(_) | HashingError::Panicked => Self::Fault(Fault::Crypto(error.to_string())),
        }
    }
}

/// What the realm asks of a new password.
pub(crate) fn rules(page: &PageRequest) -> Vec<PasswordRule> {
    // Nothing breaks every rule that asks for something.
    let policy = &page.realm.realm.settings.password_policy;
    let broken = policy.check("", "", None).err().unwrap_or_default();
    let told = broken.into_iter().filter(|broken| *broken != Broken::MinLength(1));
    told.map(rule).collect()
}

/// Reads the form, and hashes what was chosen. `before` is the credential that it replaces.
pub(crate) async fn chosen(
    page: &PageRequest,
    user: &User,
    before: Option<&Credential>,
    form: &Params<'_>,
) -> Result<Credential, Refused> {
    let (app, cx) = (&page.app, &page.cx);
    let new = form.get("password-new").unwrap_or_default();
    if new != form.get("password-confirm").unwrap_or_default() {
        return Err(Refused::Mismatch);
    }
    let policy = &page.realm.realm.settings.password_policy;
    policy
        .check(new, &user.username, user.profile.email.as_deref())
        .map_err(|broken| Refused::Rules(broken.into_iter().map(rule).collect()))?;
    let secret = Secret::new(new.to_owned());
    if let Some(before) = before {
        let same = app
            .passwords
            .verify(before.phc.as_str().into(), secret.clone(), cx.now)
            .await?;
        if same.matches {
            return Err(Refused::Unchanged);
        }
    }
    Ok(Credential {
        id: CredentialId(entropy::uuid(&mut SystemEntropy)),
        user: user.id,
        phc: app.passwords.hash(secret, verify::salt(), cx.now).await?,
        created_at: cx.now,
        label: String::new(),
    })
}

fn rule(broken: Broken) -> PasswordRule {
    match broken {
        Broken::MinLength(n) => PasswordRule::MinLength(n),
        Broken::MaxLength(n) => PasswordRule::MaxLength(n),
        Broken::MaxBytes(n) => PasswordRule::MaxLength(u32::try_from(n).unwrap_or(u32::MAX)),
        Broken::MinDigits(n) => PasswordRule::Digits(n),
        Broken::MinUpperCase(n) => PasswordRule::UpperCase(n),
        Broken::MinLowerCase(n) => PasswordRule::LowerCase(n),
        Broken::MinSpecialChars(n) => PasswordRule::SpecialChars(n),
        Broken::NotUsername => PasswordRule::NotUsername,
        Broken::NotEmail => PasswordRule::NotEmail,
        Broken::NotContainsUsername => PasswordRule::NotContainsUsername,
        Broken::RegexPattern => PasswordRule::RegexPattern,
    }
}
