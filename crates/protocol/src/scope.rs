//! Scopes. RFC 6749 §3.3

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// The most scope tokens in one scope.
pub const MAX_SCOPE_TOKENS: usize = 100;

/// A set of scope tokens that keeps the order in which they came, each once. May be empty.
///
/// Two scopes are equal when they hold the same tokens in the same order. RFC 6749 §3.3
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The tokens, joined by one space: what is sent is what is kept.
    text: String,
}

/// Why a text is no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ScopeError {
    /// A character outside `%x21 / %x23-5B / %x5D-7E`, or a space that separates nothing.
    #[error("not a scope")]
    Malformed,
    /// More than [`MAX_SCOPE_TOKENS`] tokens.
    #[error("more than {MAX_SCOPE_TOKENS} scopes")]
    TooManyTokens,
}

impl Scope {
    /// Parses `scope-token *( SP scope-token )`; an empty text is the empty scope. Repeated tokens count once.
    /// RFC 6749 §3.3
    ///
    /// # Errors
    /// [`ScopeError::Malformed`] outside the grammar, [`ScopeError::TooManyTokens`] above the bound.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        let mut scope = Self {
            text: String::with_capacity(text.len()),
        };
        if text.is_empty() {
            return Ok(scope);
        }
        for (index, token) in text.split(' ').enumerate() {
            if index == MAX_SCOPE_TOKENS {
                return Err(ScopeError::TooManyTokens);
            }
            scope.insert(token)?;
        }
        Ok(scope)
    }

    /// Adds one token at the end, unless it is there; says whether it was new.
    ///
    /// # Errors
    /// [`ScopeError::Malformed`] when `token` is no scope token.
    pub fn insert(&mut self, token: &str) -> Result<bool, ScopeError> {
        if !is_scope_token(token) {
            return Err(ScopeError::Malformed);
        }
        let new = !self.contains(token);
        if new {
            self.push(token);
        }
        Ok(new)
    }

    /// The tokens of this scope that `keep` holds for, in the same order.
    #[must_use]
    pub fn filter(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        let mut kept = Self::default();
        self.iter()
            .filter(|token| keep(token))
            .for_each(|token| kept.push(token));
        kept
    }

    /// The tokens of this scope, then those of `other` that it lacks.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        other
            .iter()
            .filter(|token| !self.contains(token))
            .for_each(|token| all.push(token));
        all
    }

    /// Whether every token of this scope is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|token| other.contains(token))
    }

    /// Whether the scope holds exactly this token; compared byte by byte.
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|known| known == token)
    }

    /// The tokens in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        // The text of the empty scope would be split into one empty token.
        self.text.split(' ').filter(|token| !token.is_empty())
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The tokens joined by one space, as sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn push(&mut self, token: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(token);
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn is_scope_token(token: &str) -> bool {
    !token.is_empty()
        && token
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn order_is_kept_and_repetition_dropped() {
        let scope = Scope::parse("orders:read openid orders:read email").unwrap();
        assert_eq!(scope.to_string(), "orders:read openid email");
        assert_eq!(scope.iter().collect::<Vec<_>>(), ["orders:read", "openid", "email"]);
    }

    #[test]
    fn a_token_is_found_whole_and_in_its_case() {
        let scope = Scope::parse("orders:read").unwrap();
        assert!(scope.contains("orders:read"));
        for other in ["orders", "Orders:read", "orders:rea", "", " ", "orders:read "] {
            assert!(!scope.contains(other), "{other:?}");
        }
        assert!(!Scope::parse("a b").unwrap().contains("a b"));
    }

    #[test]
    fn the_empty_scope() {
        let empty = Scope::parse("").unwrap();
        assert!(empty.is_empty());
        assert_eq!(empty.iter().count(), 0);
        assert!(!empty.contains(""));
        assert_eq!(empty, Scope::default());
    }

    #[test]
    fn outside_the_grammar_refused() {
        for text in [
            " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\"b", "a\\b", "ü", "a\u{a0}b", "a\0",
        ] {
            assert_eq!(Scope::parse(text), Err(ScopeError::Malformed), "{text:?}");
        }
        assert!(Scope::parse("! # [ ] ~ urn:x:y https://api.example.com/read").is_ok());
    }

    #[test]
    fn scope_bomb_refused() {
        assert!(Scope::parse(&vec!["a"; MAX_SCOPE_TOKENS].join(" ")).is_ok());
        assert_eq!(
            Scope::parse(&vec!["a"; MAX_SCOPE_TOKENS + 1].join(" ")),
            Err(ScopeError::TooManyTokens)
        );
    }

    #[test]
    fn set_operations() {
        let (wide, narrow) = (Scope::parse("a b c").unwrap(), Scope::parse("c a").unwrap());
        assert!(narrow.is_subset(&wide) && !wide.is_subset(&narrow) && Scope::default().is_subset(&narrow));
        assert_eq!(wide.filter(|token| token != "b").as_str(), "a c");
        assert_eq!(narrow.union(&wide).as_str(), "c a b");
        assert_eq!(serde_json::from_str::<Scope>("\"a b\"").unwrap().as_str(), "a b");
        assert!(serde_json::from_str::<Scope>("\"a  b\"").is_err());
    }

    proptest! {
        #[test]
        fn parse_never_panics(text in any::<String>()) {
            let _ = Scope::parse(&text);
        }

        #[test]
        fn what_is_shown_parses_to_the_same(text in "([!#-\\[\\]-~]{1,8}( [!#-\\[\\]-~]{1,8}){0,12})?") {
            let scope = Scope::parse(&text).unwrap();
            prop_assert_eq!(&Scope::parse(scope.as_str()).unwrap(), &scope);
            prop_assert!(text.split(' ').filter(|token| !token.is_empty()).all(|token| scope.contains(token)));
        }
    }
}
