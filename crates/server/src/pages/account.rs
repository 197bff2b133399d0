//! The own account: who one is here, where one is logged in, what applications may do.

use serde::Serialize;

use super::{Pair, PasswordError, PasswordRule, Scope};

/// The account page. Each of its buttons posts to `action`: `end-session` with a session's id, `end-other-sessions`,
/// `revoke-consent` with a client's id.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Account<'a> {
    /// Where the forms are posted.
    pub action: &'a str,
    /// Hidden fields of every form, the one against forged forms among them.
    pub hidden: &'a [Pair<'a>],
    /// The login name.
    pub username: &'a str,
    /// First and last name.
    pub name: Option<&'a str>,
    /// The email address.
    pub email: Option<&'a str>,
    /// The path of [`AccountPassword`].
    pub password_url: &'a str,
    /// The path that logs out.
    pub logout_url: &'a str,
    /// The own sessions.
    pub sessions: &'a [Session<'a>],
    /// Applications that were given consent.
    pub applications: &'a [Application<'a>],
    /// What was just done.
    pub notice: Option<AccountNotice>,
}

/// One of the own sessions.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Session<'a> {
    /// Its id, sent back to end it.
    pub id: &'a str,
    /// The device or browser in a few words; none if unknown.
    pub device: Option<&'a str>,
    /// The address it was begun from.
    pub address: Option<&'a str>,
    /// When it began, in Unix seconds.
    pub started: i64,
    /// When it was last used, in Unix seconds.
    pub last_used: i64,
    /// The applications that use it, by name.
    pub clients: &'a [&'a str],
    /// Whether it is the one that asks.
    pub current: bool,
}

/// An application that was given consent.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Application<'a> {
    /// Its id, sent back to take the consent away.
    pub client_id: &'a str,
    /// What it calls itself.
    pub name: &'a str,
    /// When consent was given, in Unix seconds.
    pub granted: i64,
    /// What it may do.
    pub scopes: &'a [Scope<'a>],
}

/// What was just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountNotice {
    /// The password is another one now.
    PasswordChanged,
    /// A session has ended.
    SessionEnded,
    /// All sessions but this one have ended.
    OtherSessionsEnded,
    /// An application has lost its consent.
    ConsentRevoked,
}

/// The page that changes the own password. Fields `password` (the present one), `password-new`, `password-confirm`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct AccountPassword<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form, the one against forged forms among them.
    pub hidden: &'a [Pair<'a>],
    /// Whose password it is.
    pub username: &'a str,
    /// The path of [`Account`].
    pub account_url: &'a str,
    /// What the realm asks of a password.
    pub rules: &'a [PasswordRule],
    /// Why the last one was refused.
    pub error: Option<PasswordError<'a>>,
}
