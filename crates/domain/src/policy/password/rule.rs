//! One rule of a password policy.

use super::pattern::Pattern;
use super::{Broken, PasswordPolicyError};

/// The largest number in a rule.
const MAX_NUMBER: u32 = 1024;

/// Keycloak's rules that are kept as text only.
const UNSUPPORTED: [&str; 8] = [
    "forceExpiredPasswordChange",
    "hashAlgorithm",
    "hashIterations",
    "maxAuthAge",
    "passwordAge",
    "passwordBlacklist",
    "passwordHistory",
    "recoveryCodesWarningThreshold",
];

#[derive(Clone, Debug)]
pub(super) enum Rule {
    Length(u32),
    MaxLength(u32),
    Digits(u32),
    UpperCase(u32),
    LowerCase(u32),
    SpecialChars(u32),
    NotUsername,
    NotEmail,
    NotContainsUsername,
    RegexPattern(Pattern),
    Unsupported,
}

impl Rule {
    /// From `name(argument)` or `name`; a number that is absent has Keycloak's default.
    pub(super) fn parse(text: &str) -> Result<Self, PasswordPolicyError> {
        let bad = || PasswordPolicyError::Argument(name(text).to_owned());
        let argument = match text.split_once('(') {
            Some((_, rest)) => Some(rest.strip_suffix(')').ok_or_else(bad)?),
            None => None,
        };
        let number = |default| match argument {
            None => Ok(default),
            Some(digits) => digits
                .trim()
                .parse()
                .ok()
                .filter(|number| *number <= MAX_NUMBER)
                .ok_or_else(bad),
        };
        Ok(match name(text) {
            "length" => Self::Length(number(8)?),
            "maxLength" => Self::MaxLength(number(64)?),
            "digits" => Self::Digits(number(1)?),
            "upperCase" => Self::UpperCase(number(1)?),
            "lowerCase" => Self::LowerCase(number(1)?),
            "specialChars" => Self::SpecialChars(number(1)?),
            // Keycloak's console writes `(undefined)` behind these; whatever stands there has no meaning.
            "notUsername" => Self::NotUsername,
            "notEmail" => Self::NotEmail,
            "notContainsUsername" => Self::NotContainsUsername,
            "regexPattern" => Self::RegexPattern(Pattern::parse(argument.unwrap_or_default())?),
            other if UNSUPPORTED.contains(&other) => Self::Unsupported,
            other => return Err(PasswordPolicyError::Unknown(other.to_owned())),
        })
    }

    pub(super) fn broken_by(&self, password: &str, username: &str, email: Option<&str>) -> Option<Broken> {
        let (broken, is_broken) = match *self {
            // The policy as a whole knows the least length, since it has one without this rule too.
            Self::Length(_) | Self::Unsupported => return None,
            Self::MaxLength(most) => (Broken::MaxLength(most), count(password, |_| true) > most),
            Self::Digits(least) => (Broken::MinDigits(least), count(password, char::is_numeric) < least),
            Self::UpperCase(least) => (Broken::MinUpperCase(least), count(password, char::is_uppercase) < least),
            Self::LowerCase(least) => (Broken::MinLowerCase(least), count(password, char::is_lowercase) < least),
            Self::SpecialChars(least) => {
                let special = count(password, |c| !c.is_alphanumeric());
                (Broken::MinSpecialChars(least), special < least)
            }
            Self::NotUsername => (Broken::NotUsername, is_same(password, username)),
            Self::NotEmail => (Broken::NotEmail, email.is_some_and(|email| is_same(password, email))),
            Self::NotContainsUsername => {
                let contains = password.to_lowercase().contains(&username.to_lowercase());
                (Broken::NotContainsUsername, !username.is_empty() && contains)
            }
            Self::RegexPattern(ref pattern) => (Broken::RegexPattern, !pattern.matches(password)),
        };
        is_broken.then_some(broken)
    }
}

/// What stands before the bracket.
pub(super) fn name(text: &str) -> &str {
    text.split('(').next().unwrap_or_default().trim()
}

/// How many characters of `text` are `such`.
pub(super) fn count(text: &str, such: impl Fn(char) -> bool) -> u32 {
    u32::try_from(text.chars().filter(|c| such(*c)).count()).unwrap_or(u32::MAX)
}

fn is_same(password: &str, other: &str) -> bool {
    password.to_lowercase() == other.to_lowercase()
}
