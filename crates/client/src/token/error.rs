//! Why an issuer gave no token.

use std::fmt;

use http::StatusCode;
use keyward_protocol::error::ErrorCode;
use thiserror::Error;

use crate::endpoint::EndpointError;

/// Why there is no token.
#[derive(Debug, Clone, Error)]
pub enum TokenError {
    /// No answer came.
    #[error("the token endpoint: {0}")]
    Endpoint(#[from] EndpointError),
    /// The issuer said no. RFC 6749 §5.2
    #[error("the issuer refused: {0}")]
    Refused(Refusal),
    /// A status that is no success, without an error of OAuth.
    #[error("the token endpoint: status {}", .0.as_u16())]
    Status(StatusCode),
    /// The answer is no token response. RFC 6749 §5.1
    #[error("the token response is malformed")]
    Malformed,
    /// A token of another type than `Bearer`, which cannot be used here. RFC 6749 §7.1
    #[error("the token is no bearer token")]
    TokenType,
    /// The program ends.
    #[error("the token request was given up")]
    Stopped,
}

impl TokenError {
    /// Whether the issuer refused with this code.
    pub fn is(&self, code: ErrorCode) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.error == code.as_str())
    }
}

/// What an issuer said when it refused. RFC 6749 §5.2, §4.1.2.1
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    error: String,
    description: Option<String>,
}

impl Refusal {
    /// Takes what has the form of a code; the description is cut to what one may hold. RFC 6749 §5.2
    pub(crate) fn parse(error: &str, description: Option<&str>) -> Option<Self> {
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if error.is_empty() || error.len() > 64 || !error.bytes().all(is_code) {
            return None;
        }
        Some(Self {
            error: error.to_owned(),
            description: description.map(|text| keyward_protocol::error::description(text).into_owned()),
        })
    }

    /// The code, as `invalid_grant`.
    pub fn error(&self) -> &str {
        &self.error
    }

    /// What the issuer adds for people. Stays out of errors and logs, because it may repeat what was sent.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refusal").field(&self.error).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_are_taken() {
        let refusal = Refusal::parse("invalid_grant", Some("Bad\r\n\"code\"")).unwrap();
        assert_eq!(
            (refusal.error(), refusal.description()),
            ("invalid_grant", Some("Badcode"))
        );
        assert_eq!(
            format!("{refusal} {refusal:?}"),
            r#"invalid_grant Refusal("invalid_grant")"#
        );
        let long = "a".repeat(65);
        for text in ["", "a b", "a\n", "é", "eyJ<script>", &long] {
            assert!(Refusal::parse(text, None).is_none(), "{text}");
        }
    }
}
