//! `prompt`. OIDC Core §3.1.2.1

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A value of `prompt` that is known here. OIDC Core §3.1.2.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptValue {
    /// Show nothing.
    None,
    /// Log in again.
    Login,
    /// Ask for consent again.
    Consent,
    /// Let the user choose an account.
    SelectAccount,
}

impl PromptValue {
    /// Every value.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// The value as sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::None => 1,
            Self::Login => 2,
            Self::Consent => 4,
            Self::SelectAccount => 8,
        }
    }
}

/// The set of values that a request asks for; the empty set leaves it to the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prompt(u8);

/// Why a `prompt` was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PromptError {
    /// `none` stands beside another value. OIDC Core §3.1.2.1
    #[error("prompt none stands beside another value")]
    NoneWithOther,
}

impl PromptError {
    /// The public `error_description` beside `invalid_request`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::NoneWithOther => "Invalid parameter: prompt",
        }
    }
}

impl Prompt {
    /// Reads values with spaces between. One that is not known here (`create`) asks for nothing, as with Keycloak.
    ///
    /// # Errors
    /// [`PromptError::NoneWithOther`], whether the other value is known or not.
    pub fn parse(text: &str) -> Result<Self, PromptError> {
        let mut prompt = Self::default();
        let mut other = false;
        for value in text.split(' ').filter(|value| !value.is_empty()) {
            let known = PromptValue::ALL.into_iter().find(|known| known.as_str() == value);
            other |= known != Some(PromptValue::None);
            prompt.0 |= known.map_or(0, PromptValue::bit);
        }
        if prompt.contains(PromptValue::None) && other {
            return Err(PromptError::NoneWithOther);
        }
        Ok(prompt)
    }

    /// Whether the request asks for this.
    pub const fn contains(self, value: PromptValue) -> bool {
        self.0 & value.bit() != 0
    }

    /// The set without a value: what is left to do after it was done.
    #[must_use]
    pub const fn without(self, value: PromptValue) -> Self {
        Self(self.0 & !value.bit())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(text: &str) -> Vec<PromptValue> {
        let prompt = Prompt::parse(text).unwrap();
        PromptValue::ALL
            .into_iter()
            .filter(|&value| prompt.contains(value))
            .collect()
    }

    #[test]
    fn sets() {
        assert_eq!(values("none"), [PromptValue::None]);
        assert_eq!(values("consent login"), [PromptValue::Login, PromptValue::Consent]);
        assert_eq!(values(" select_account  select_account"), [PromptValue::SelectAccount]);
        let prompt = Prompt::parse("login consent").unwrap();
        assert_eq!(prompt.without(PromptValue::Login), Prompt::parse("consent").unwrap());
    }

    #[test]
    fn unknown_values_ask_for_nothing() {
        for text in ["", "create", "LOGIN", "login,consent", "None"] {
            assert_eq!(values(text), [], "{text}");
        }
    }

    #[test]
    fn none_beside_another_value_refused() {
        for text in ["none login", "consent none", "none create"] {
            assert_eq!(Prompt::parse(text), Err(PromptError::NoneWithOther), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics(text in "[a-z_ ]{0,40}", any in any::<String>()) {
            let _ = (Prompt::parse(&text), Prompt::parse(&any));
        }
    }
}
