//! How a client presents itself: HTTP Basic, body parameters, an assertion, or its identifier alone. RFC 6749 §2.3

use thiserror::Error;

use crate::error::ErrorCode;
use crate::params::Params;

pub use self::basic::SecretBasic;
pub use crate::secret::Secret;

mod basic;

/// What a request says about its client. Nothing in it has been checked against a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented<'a> {
    /// No client is named.
    None,
    /// `client_id` without any proof: a public client, or one that is known by its certificate. RFC 6749 §3.2.1
    PublicId(&'a str),
    /// `client_secret_basic`. RFC 6749 §2.3.1
    SecretBasic(SecretBasic),
    /// `client_secret_post`. RFC 6749 §2.3.1
    SecretPost {
        /// `client_id`.
        client_id: &'a str,
        /// `client_secret`.
        secret: Secret<'a>,
    },
    /// `private_key_jwt` or `client_secret_jwt`. RFC 7521 §4.2
    Assertion {
        /// `client_id`, which must agree with the assertion's subject when it is there.
        client_id: Option<&'a str>,
        /// `client_assertion`, not verified.
        assertion: Secret<'a>,
        /// `client_assertion_type`.
        assertion_type: Option<&'a str>,
    },
}

/// Why a request's client authentication was refused before any client was looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ClientAuthError {
    /// The Basic credentials are too long, not base64, not UTF-8, without a colon, or name no client.
    #[error("malformed Basic credentials")]
    MalformedBasic,
    /// More than one of Basic, `client_secret` and `client_assertion`. RFC 6749 §2.3
    #[error("more than one client authentication mechanism")]
    SeveralMechanisms,
    /// `client_id` in the body is not the one of the Basic credentials.
    #[error("client_id differs from the Basic credentials")]
    ClientIdMismatch,
    /// The `Authorization` header's scheme is not one for clients.
    #[error("unsupported authorization scheme")]
    UnsupportedScheme,
}

impl ClientAuthError {
    /// What the client is told. RFC 6749 §5.2
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::MalformedBasic | Self::UnsupportedScheme => ErrorCode::InvalidClient,
            Self::SeveralMechanisms | Self::ClientIdMismatch => ErrorCode::InvalidRequest,
        }
    }

    /// The public `error_description`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::MalformedBasic | Self::UnsupportedScheme => "Invalid client or Invalid client credentials",
            Self::SeveralMechanisms => "More than one client authentication method",
            Self::ClientIdMismatch => "client_id does not match the Authorization header",
        }
    }
}

impl<'a> Presented<'a> {
    /// Reads the value of the only `Authorization` header, if any, and the body parameters; never a query string.
    ///
    /// A client authenticates in one way per request (RFC 6749 §2.3); its identifier may stand in the body beside
    /// Basic only when equal. A `client_secret` without `client_id` names nobody, and a `client_assertion_type`
    /// without `client_assertion` proves nothing: both are left out of account.
    ///
    /// # Errors
    /// [`ClientAuthError`]
    pub fn parse(authorization: Option<&[u8]>, params: &'a Params<'_>) -> Result<Self, ClientAuthError> {
        let basic = authorization.map(basic_credentials).transpose()?;
        let client_id = params.get("client_id");
        let secret = params.get("client_secret").map(Secret);
        let assertion = params.get("client_assertion").map(Secret);
        match (basic, secret, assertion) {
            (Some(credentials), None, None) => {
                let basic = SecretBasic::parse(credentials)?;
                if client_id.is_some_and(|client_id| client_id != basic.client_id()) {
                    return Err(ClientAuthError::ClientIdMismatch);
                }
                Ok(Self::SecretBasic(basic))
            }
            (None, None, Some(assertion)) => Ok(Self::Assertion {
                client_id,
                assertion,
                assertion_type: params.get("client_assertion_type"),
            }),
            (None, Some(secret), None) => {
                Ok(client_id.map_or(Self::None, |client_id| Self::SecretPost { client_id, secret }))
            }
            (None, None, None) => Ok(client_id.map_or(Self::None, Self::PublicId)),
            _ => Err(ClientAuthError::SeveralMechanisms),
        }
    }

    /// The identifier that is presented beside the proof; an assertion may carry it only inside.
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::PublicId(client_id) | Self::SecretPost { client_id, .. } => Some(client_id),
            Self::SecretBasic(basic) => Some(basic.client_id()),
            Self::Assertion { client_id, .. } => *client_id,
        }
    }
}

/// What follows the scheme, which is compared without case. RFC 9110 §11.1
fn basic_credentials(authorization: &[u8]) -> Result<&[u8], ClientAuthError> {
    let end = authorization
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(authorization.len());
    let (scheme, credentials) = authorization.split_at(end);
    if !scheme.eq_ignore_ascii_case(b"Basic") {
        return Err(ClientAuthError::UnsupportedScheme);
    }
    Ok(credentials.trim_ascii())
}

#[cfg(test)]
mod tests;
