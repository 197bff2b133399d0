//! `max_age`. OIDC Core §3.1.2.1

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How long ago the user may have logged in, in seconds; with 0 they log in now. OIDC Core §3.1.2.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaxAge(u32);

/// `max_age` is not a decimal number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("max_age is not a number of seconds")]
pub struct InvalidMaxAge;

impl InvalidMaxAge {
    /// The public `error_description` beside `invalid_request`.
    pub const fn description(self) -> &'static str {
        "Invalid parameter: max_age"
    }
}

impl MaxAge {
    /// Reads decimal digits; a number past 136 years counts as that.
    ///
    /// # Errors
    /// [`InvalidMaxAge`] for a sign, a fraction, or anything else that is no digit.
    pub fn parse(text: &str) -> Result<Self, InvalidMaxAge> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidMaxAge);
        }
        Ok(Self(text.parse().unwrap_or(u32::MAX)))
    }

    /// The seconds.
    pub const fn secs(self) -> u64 {
        self.0 as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_alone() {
        assert_eq!(MaxAge::parse("0").map(MaxAge::secs), Ok(0));
        assert_eq!(MaxAge::parse("010").map(MaxAge::secs), Ok(10));
        assert_eq!(
            MaxAge::parse("99999999999999999999999").map(MaxAge::secs),
            Ok(4_294_967_295)
        );
        for text in ["", "-1", "+1", "1.5", "1e3", " 1", "1 ", "٣", "x"] {
            assert_eq!(MaxAge::parse(text), Err(InvalidMaxAge), "{text:?}");
        }
        assert_eq!(InvalidMaxAge.description(), "Invalid parameter: max_age");
    }
}
