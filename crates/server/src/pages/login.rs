//! The login: user name and password, then a code if the user has a second factor.

use serde::Serialize;

use super::Pair;

/// The login page. Field names and ids are Keycloak's, which people's tests fill in.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Login<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form.
    pub hidden: &'a [Pair<'a>],
    /// The application that asked for the login.
    pub client_name: Option<&'a str>,
    /// What stands in the user name's field: `login_hint`, or what was typed before.
    pub username: &'a str,
    /// Why the last attempt failed.
    pub error: Option<LoginError>,
    /// Why the login is asked for.
    pub notice: Option<Notice>,
}

/// Why an attempt failed. A locked account and an unknown one are [`LoginError::InvalidCredentials`] too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LoginError {
    /// Wrong user name or password; the same words for every reason that an attacker could learn from.
    InvalidCredentials,
    /// The password was right, the account is switched off.
    AccountDisabled,
    /// The password was right, the account needs something that we cannot ask for yet.
    AccountNotReady,
    /// Too many passwords wait to be checked; the page has status 503.
    Busy,
}

/// Why the login is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    /// The form lay open too long, or was begun anew elsewhere.
    TimedOut,
    /// There is a session, but the application wants a fresh login (`prompt=login`, `max_age`).
    Reauthenticate,
}

/// The page that asks for the code of an authenticator. The button is `kc-login`, the field `otp`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Otp<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form.
    pub hidden: &'a [Pair<'a>],
    /// Whether the last code was wrong.
    pub wrong_code: bool,
}
