//! A new password: what it must be, and why it was refused.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::Pair;

/// The page for a required new password. Fields `password-new` and `password-confirm`, as Keycloak's.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct UpdatePassword<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form.
    pub hidden: &'a [Pair<'a>],
    /// Whose password it is, so that a password manager saves it with the right name.
    pub username: &'a str,
    /// What the realm asks of a password.
    pub rules: &'a [PasswordRule],
    /// Why the last one was refused.
    pub error: Option<PasswordError<'a>>,
}

/// Why a new password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordError<'a> {
    /// The two fields differ.
    Mismatch,
    /// It breaks these rules.
    Rules(&'a [PasswordRule]),
    /// It is the old one.
    Unchanged,
    /// The present password, which had to be typed first, was wrong.
    WrongCurrent,
    /// Too many passwords wait to be checked; the page has status 503.
    Busy,
}

/// What a realm asks of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordRule {
    /// At least so many characters.
    MinLength(u32),
    /// At most so many characters.
    MaxLength(u32),
    /// At least so many digits.
    Digits(u32),
    /// At least so many lower case letters.
    LowerCase(u32),
    /// At least so many upper case letters.
    UpperCase(u32),
    /// At least so many characters that are neither letter nor digit.
    SpecialChars(u32),
    /// Not the user name.
    NotUsername,
    /// The user name is no part of it.
    NotContainsUsername,
    /// Not the email address.
    NotEmail,
    /// It matches a pattern that only the administrator knows.
    RegexPattern,
}

impl PasswordRule {
    const fn key_and_count(self) -> (&'static str, u32) {
        match self {
            Self::MinLength(n) => ("rule_min_length", n),
            Self::MaxLength(n) => ("rule_max_length", n),
            Self::Digits(n) => ("rule_digits", n),
            Self::LowerCase(n) => ("rule_lower_case", n),
            Self::UpperCase(n) => ("rule_upper_case", n),
            Self::SpecialChars(n) => ("rule_special_chars", n),
            Self::NotUsername => ("rule_not_username", 0),
            Self::NotContainsUsername => ("rule_not_contains_username", 0),
            Self::NotEmail => ("rule_not_email", 0),
            Self::RegexPattern => ("rule_regex_pattern", 0),
        }
    }
}

impl Serialize for PasswordRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (key, n) = self.key_and_count();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("key", key)?;
        map.serialize_entry("n", &n)?;
        map.end()
    }
}

impl PasswordError<'_> {
    const fn key(self) -> &'static str {
        match self {
            Self::Mismatch => "password_error_mismatch",
            Self::Rules(_) => "password_error_rules",
            Self::Unchanged => "password_error_unchanged",
            Self::WrongCurrent => "password_error_wrong_current",
            Self::Busy => "login_error_busy",
        }
    }
}

impl Serialize for PasswordError<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let broken = if let Self::Rules(broken) = self { *broken } else { &[] };
        let keys: Vec<_> = broken.iter().map(|rule| rule.key_and_count().0).collect();
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("key", self.key())?;
        map.serialize_entry("broken", broken)?;
        map.serialize_entry("broken_keys", &keys)?;
        map.end()
    }
}
