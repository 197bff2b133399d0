//! `response_type`. RFC 6749 §3.1.1

use thiserror::Error;

use super::ResponseMode;
use crate::error::ErrorCode;

/// A response type that is served: the code alone. OAuth 2.1 dropped the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseType {
    /// RFC 6749 §4.1.1
    Code,
}

/// Why a response type was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ResponseTypeError {
    /// There is none. RFC 6749 §3.1.1
    #[error("response_type missing")]
    Missing,
    /// A token or ID token in the redirect, with a code or without. RFC 9700 §2.1.2
    #[error("implicit and hybrid flows are off")]
    Implicit,
    /// `none`, which yields nothing. OAuth Multiple Response Types §4
    #[error("response_type none is off")]
    None,
    /// Not registered, or a combination of values that is not.
    #[error("response_type unknown")]
    Unknown,
}

impl ResponseType {
    /// Every response type.
    pub const ALL: [Self; 1] = [Self::Code];

    /// Reads the parameter, whose values may stand in any order. RFC 6749 §3.1.1
    ///
    /// # Errors
    /// [`ResponseTypeError`]
    pub fn parse(text: Option<&str>) -> Result<Self, ResponseTypeError> {
        let mut values: Vec<&str> = text.ok_or(ResponseTypeError::Missing)?.split(' ').collect();
        values.sort_unstable();
        match values.as_slice() {
            ["code"] => Ok(Self::Code),
            ["none"] => Err(ResponseTypeError::None),
            ["token" | "id_token"]
            | ["id_token", "token"]
            | ["code", "id_token" | "token"]
            | ["code", "id_token", "token"] => Err(ResponseTypeError::Implicit),
            _ => Err(ResponseTypeError::Unknown),
        }
    }

    /// The value as sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
        }
    }

    /// The response mode when the request names none. OAuth Multiple Response Types §2.1
    pub const fn default_mode(self) -> ResponseMode {
        match self {
            Self::Code => ResponseMode::Query,
        }
    }
}

impl ResponseTypeError {
    /// What the client is told. RFC 6749 §4.1.2.1
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Missing => ErrorCode::InvalidRequest,
            Self::Implicit => ErrorCode::UnauthorizedClient,
            Self::None | Self::Unknown => ErrorCode::UnsupportedResponseType,
        }
    }

    /// The public `error_description`, Keycloak's.
    pub const fn description(self) -> Option<&'static str> {
        match self {
            Self::Missing => Some("Missing parameter: response_type"),
            Self::Implicit => Some(
                "Client is not allowed to initiate browser login with given response_type. \
                 Implicit flow is disabled for the client.",
            ),
            Self::None | Self::Unknown => None,
        }
    }

    /// The response mode of the refusal when the request names none: where the client of such a response looks.
    /// OAuth Multiple Response Types §5
    pub const fn default_mode(self) -> ResponseMode {
        match self {
            Self::Implicit => ResponseMode::Fragment,
            Self::Missing | Self::None | Self::Unknown => ResponseMode::Query,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn code_alone_is_served() {
        assert_eq!(ResponseType::parse(Some("code")), Ok(ResponseType::Code));
        assert_eq!(ResponseType::Code.as_str(), "code");
        assert_eq!(ResponseType::Code.default_mode(), ResponseMode::Query);
    }

    #[test]
    fn implicit_and_hybrid_are_off() {
        for text in [
            "token",
            "id_token",
            "id_token token",
            "token id_token",
            "code token",
            "id_token code",
            "token id_token code",
        ] {
            let error = ResponseType::parse(Some(text)).unwrap_err();
            assert_eq!(error, ResponseTypeError::Implicit, "{text}");
            assert_eq!(
                (error.code(), error.description(), error.default_mode()),
                (
                    ErrorCode::UnauthorizedClient,
                    Some(
                        "Client is not allowed to initiate browser login with given response_type. Implicit flow is \
                         disabled for the client."
                    ),
                    ResponseMode::Fragment
                )
            );
        }
    }

    #[test]
    fn missing_and_unknown() {
        let missing = ResponseType::parse(None).unwrap_err();
        assert_eq!(
            (missing.code(), missing.description()),
            (ErrorCode::InvalidRequest, Some("Missing parameter: response_type"))
        );
        assert_eq!(ResponseType::parse(Some("none")), Err(ResponseTypeError::None));
        for text in ["", "teapot", "Code", "code ", "code code", "code none", "code  token"] {
            let error = ResponseType::parse(Some(text)).unwrap_err();
            assert_eq!(error, ResponseTypeError::Unknown, "{text:?}");
            assert_eq!(
                (error.code(), error.description(), error.default_mode()),
                (ErrorCode::UnsupportedResponseType, None, ResponseMode::Query)
            );
        }
    }

    proptest! {
        #[test]
        fn only_code_passes(text in "[a-z_ ]{0,30}") {
            prop_assert_eq!(ResponseType::parse(Some(&text)).is_ok(), text == "code");
        }
    }
}
