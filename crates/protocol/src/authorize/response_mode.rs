//! `response_mode`. OAuth Multiple Response Types §2.1

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How an authorization response reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI, the default for a code.
    #[default]
    Query,
    /// In its fragment.
    Fragment,
    /// As a form that the browser posts. OAuth Form Post Response Mode §2
    FormPost,
}

/// A response mode that is not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("response_mode not supported")]
pub struct InvalidResponseMode;

impl InvalidResponseMode {
    /// The public `error_description` beside `invalid_request`.
    pub const fn description(self) -> &'static str {
        "Invalid parameter: response_mode"
    }
}

impl ResponseMode {
    /// Every response mode, in the order in which metadata announces them.
    pub const ALL: [Self; 3] = [Self::Query, Self::Fragment, Self::FormPost];

    /// Reads the exact value.
    ///
    /// # Errors
    /// [`InvalidResponseMode`]
    pub fn parse(text: &str) -> Result<Self, InvalidResponseMode> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or(InvalidResponseMode)
    }

    /// The value as sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back() {
        for mode in ResponseMode::ALL {
            assert_eq!(ResponseMode::parse(mode.as_str()), Ok(mode));
            assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{}\"", mode.as_str()));
        }
        for text in ["", "smoke", "Query", "jwt", "query.jwt", "web_message"] {
            assert_eq!(ResponseMode::parse(text), Err(InvalidResponseMode), "{text}");
        }
        assert_eq!(InvalidResponseMode.description(), "Invalid parameter: response_mode");
    }
}
