//! What a new password must be: Keycloak's policy string (`length(8) and digits(1) and notUsername(undefined)`), which
//! realm exports, the admin API and people's notes carry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod broken;
mod pattern;
mod rule;

pub use broken::Broken;
pub use pattern::PatternError;
use rule::Rule;

/// The least number of characters that the default policy asks for. NIST SP 800-63B §5.1.1.1
pub const MIN_LENGTH: u32 = 8;

/// The longest password in bytes, whatever a policy says, so that hashing one is bounded.
pub const MAX_BYTES: usize = 1024;

/// The longest policy text in bytes, and its most rules.
const MAX_TEXT: usize = 4096;
const MAX_RULES: usize = 32;

/// A realm's password policy. `Display` and serde give the text back that it was parsed from, rules that are not kept
/// yet included, so that an import loses nothing. The default, that of realms which our own commands make, is
/// `length(8)`; the policy of an empty text asks for nothing, as in Keycloak.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasswordPolicy {
    rules: Vec<(Rule, String)>,
}

/// Two policies of the same text are the same.
impl PartialEq for PasswordPolicy {
    fn eq(&self, other: &Self) -> bool {
        self.texts().eq(other.texts())
    }
}

impl Eq for PasswordPolicy {}

/// A text is no password policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordPolicyError {
    /// More than 4096 bytes or 32 rules.
    #[error("a password policy has at most {MAX_TEXT} bytes and {MAX_RULES} rules")]
    TooLong,
    /// A rule that Keycloak does not have either.
    #[error("the password policy has an unknown rule {0:?}")]
    Unknown(String),
    /// A rule without its closing bracket, or with a number that is none or is above 1024.
    #[error("the password policy's rule {0:?} has a bad argument")]
    Argument(String),
    /// The same rule twice: which one would count? Of regular expressions there may be several, which all count.
    #[error("the password policy names {0:?} twice")]
    Twice(String),
    /// A regular expression that cannot be kept.
    #[error("the password policy's rule \"regexPattern\" has a bad argument: {0}")]
    Pattern(#[from] PatternError),
}

impl PasswordPolicyError {
    /// What the admin API answers: Keycloak's words where it has any.
    pub fn message(&self) -> String {
        match self {
            Self::Unknown(_) => "Password policy not found".to_owned(),
            Self::Argument(name) => format!("Invalid config for {name}: Not a valid number"),
            Self::Pattern(error) => format!("Invalid config for regexPattern: {error}"),
            Self::TooLong | Self::Twice(_) => self.to_string(),
        }
    }
}

impl PasswordPolicy {
    /// Checks a password that somebody chose; every rule it breaks is named, or that it is too long for any. Letters
    /// and digits are Unicode's, a character is a code point. User name and mail address are compared without regard to
    /// case.
    pub fn check(&self, password: &str, username: &str, email: Option<&str>) -> Result<(), Vec<Broken>> {
        if password.len() > MAX_BYTES {
            return Err(vec![Broken::MaxBytes(MAX_BYTES)]);
        }
        let mut broken = Vec::new();
        let length = rule::count(password, |_| true);
        // As in Keycloak, blanks alone are no password.
        if length < self.min_length() || password.trim().is_empty() {
            broken.push(Broken::MinLength(self.min_length()));
        }
        let others = self
            .rules
            .iter()
            .filter_map(|(rule, _)| rule.broken_by(password, username, email));
        broken.extend(others);
        if broken.is_empty() { Ok(()) } else { Err(broken) }
    }

    /// The least number of characters: what the policy says, at least 1.
    pub fn min_length(&self) -> u32 {
        let named = self.rules.iter().find_map(|(rule, _)| match rule {
            Rule::Length(least) => Some(*least),
            _ => None,
        });
        named.unwrap_or(1).max(1)
    }

    /// The rules that stand in the policy and are not kept yet, as they were written, for an import's report and for
    /// the administrator who sets them.
    pub fn unsupported(&self) -> impl Iterator<Item = &str> {
        let rules = self.rules.iter();
        let unsupported = rules.filter(|(rule, _)| matches!(rule, Rule::Unsupported));
        unsupported.map(|(_, text)| text.as_str())
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|(_, text)| text.as_str())
    }
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            rules: vec![(Rule::Length(MIN_LENGTH), format!("length({MIN_LENGTH})"))],
        }
    }
}

impl FromStr for PasswordPolicy {
    type Err = PasswordPolicyError;

    fn from_str(text: &str) -> Result<Self, PasswordPolicyError> {
        if text.len() > MAX_TEXT {
            return Err(PasswordPolicyError::TooLong);
        }
        let mut rules: Vec<(Rule, String)> = Vec::new();
        // Keycloak splits here too, whatever stands between brackets, and allows nothing between two separators.
        for text in text.split(" and ").map(str::trim).filter(|text| !text.is_empty()) {
            let name = rule::name(text);
            if name != "regexPattern" && rules.iter().any(|(_, other)| rule::name(other) == name) {
                return Err(PasswordPolicyError::Twice(name.to_owned()));
            }
            if rules.len() == MAX_RULES {
                return Err(PasswordPolicyError::TooLong);
            }
            rules.push((Rule::parse(text)?, text.to_owned()));
        }
        Ok(Self { rules })
    }
}

impl fmt::Display for PasswordPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, text) in self.texts().enumerate() {
            if place > 0 {
                f.write_str(" and ")?;
            }
            f.write_str(text)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for PasswordPolicy {
    type Error = PasswordPolicyError;

    fn try_from(text: String) -> Result<Self, PasswordPolicyError> {
        text.parse()
    }
}

impl From<PasswordPolicy> for String {
    fn from(policy: PasswordPolicy) -> Self {
        policy.to_string()
    }
}

#[cfg(test)]
mod tests;
