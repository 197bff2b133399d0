//! Token revocation. RFC 7009

use std::fmt;

use thiserror::Error;

use crate::error::ErrorCode;
use crate::params::Params;
use crate::token_type_hint::TokenTypeHint;

/// An order to revoke a token. RFC 7009 §2.1
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RevocationRequest<'a> {
    /// The token, of any kind and not verified.
    pub token: &'a str,
    /// What the client believes it to be.
    pub hint: Option<TokenTypeHint>,
}

/// Why a revocation request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RevocationError {
    /// There is no `token`.
    #[error("token missing")]
    MissingToken,
    /// `token_type_hint` names a kind of token that cannot be revoked here. RFC 7009 §2.2.1
    #[error("unsupported token type")]
    UnsupportedTokenType,
}

impl RevocationError {
    /// What the client is told. RFC 7009 §2.2.1
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::MissingToken => ErrorCode::InvalidRequest,
            Self::UnsupportedTokenType => ErrorCode::UnsupportedTokenType,
        }
    }

    /// The public `error_description`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::MissingToken => "Token not provided",
            Self::UnsupportedTokenType => "Unsupported token type",
        }
    }
}

impl<'a> RevocationRequest<'a> {
    /// Reads `token` and `token_type_hint`. RFC 7009 §2.1
    ///
    /// # Errors
    /// [`RevocationError`]
    pub fn parse(params: &'a Params<'_>) -> Result<Self, RevocationError> {
        let token = params.get("token").ok_or(RevocationError::MissingToken)?;
        let hint = match params.get("token_type_hint") {
            None => None,
            Some(hint) => Some(TokenTypeHint::parse(hint).ok_or(RevocationError::UnsupportedTokenType)?),
        };
        Ok(Self { token, hint })
    }
}

impl fmt::Debug for RevocationRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationRequest")
            .field("hint", &self.hint)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn token_and_hint_are_read() {
        let params = Params::parse_query("token=abc&token_type_hint=access_token").unwrap();
        let request = RevocationRequest::parse(&params).unwrap();
        assert_eq!((request.token, request.hint), ("abc", Some(TokenTypeHint::AccessToken)));
        assert!(!format!("{request:?}").contains("abc"));
    }

    #[test]
    fn missing_token_refused() {
        let params = Params::parse_query("token=&token_type_hint=access_token").unwrap();
        assert_eq!(RevocationRequest::parse(&params), Err(RevocationError::MissingToken));
    }

    #[test]
    fn unsupported_token_type_refused() {
        for hint in ["id_token", "ACCESS_TOKEN", "access_token%20"] {
            let query = format!("token=abc&token_type_hint={hint}");
            let params = Params::parse_query(&query).unwrap();
            assert_eq!(
                RevocationRequest::parse(&params),
                Err(RevocationError::UnsupportedTokenType),
                "{hint}"
            );
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics(query in "[a-z_=&%+0-9]{0,60}") {
            if let Ok(params) = Params::parse_query(&query) {
                let _ = RevocationRequest::parse(&params);
            }
        }
    }
}
