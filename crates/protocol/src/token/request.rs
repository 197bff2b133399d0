//! Requests to the token endpoint.

use thiserror::Error;

use super::GrantType;
use crate::error::ErrorCode;
use crate::params::Params;
use crate::scope::{Scope, ScopeError};

/// A token request that is complete and well-formed; its client is not authenticated by it. RFC 6749 §3.2
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// RFC 6749 §4.4.2
    ClientCredentials {
        /// `scope`; without one the client's default applies. RFC 6749 §3.3
        scope: Option<Scope>,
        /// `resource`, absolute URIs without fragment in the order of the request. RFC 8707 §2
        resource: Vec<String>,
    },
}

/// Why a token request was refused by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenRequestError {
    /// There is no `grant_type`.
    #[error("grant_type missing")]
    MissingGrantType,
    /// The grant type is unknown, or not served.
    #[error("grant_type not supported")]
    UnsupportedGrantType,
    /// `scope` is outside the grammar or its bounds.
    #[error("invalid scope: {0}")]
    InvalidScope(#[from] ScopeError),
    /// A `resource` is not an absolute URI without fragment. RFC 8707 §2
    #[error("resource is not an absolute URI without fragment")]
    InvalidTarget,
}

impl TokenRequestError {
    /// What the client is told. RFC 6749 §5.2
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::MissingGrantType => ErrorCode::InvalidRequest,
            Self::UnsupportedGrantType => ErrorCode::UnsupportedGrantType,
            Self::InvalidScope(_) => ErrorCode::InvalidScope,
            Self::InvalidTarget => ErrorCode::InvalidTarget,
        }
    }

    /// The public `error_description`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::MissingGrantType => "Missing form parameter: grant_type",
            Self::UnsupportedGrantType => "Unsupported grant_type",
            Self::InvalidScope(_) => "Invalid scopes",
            Self::InvalidTarget => "Invalid resource",
        }
    }
}

impl TokenRequest {
    /// Reads `grant_type` and the parameters of that grant; unknown parameters are left alone. RFC 6749 §3.2
    ///
    /// # Errors
    /// [`TokenRequestError`]
    pub fn parse(params: &Params<'_>) -> Result<Self, TokenRequestError> {
        let grant_type = params.get("grant_type").ok_or(TokenRequestError::MissingGrantType)?;
        match GrantType::parse(grant_type) {
            Some(GrantType::ClientCredentials) => Ok(Self::ClientCredentials {
                scope: params.get("scope").map(Scope::parse).transpose()?,
                resource: params.all("resource").map(resource).collect::<Result<_, _>>()?,
            }),
            Some(
                GrantType::AuthorizationCode
                | GrantType::RefreshToken
                | GrantType::Password
                | GrantType::DeviceCode
                | GrantType::TokenExchange
                | GrantType::JwtBearer,
            )
            | None => Err(TokenRequestError::UnsupportedGrantType),
        }
    }

    /// The grant type of this request.
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

/// An absolute URI (RFC 3986 §4.3), which has a scheme and no fragment. RFC 8707 §2
fn resource(text: &str) -> Result<String, TokenRequestError> {
    let (scheme, rest) = text.split_once(':').ok_or(TokenRequestError::InvalidTarget)?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let is_rest = !rest.is_empty()
        && rest.bytes().all(|byte| {
            byte.is_ascii_graphic()
                && !matches!(
                    byte,
                    b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
                )
        });
    if is_scheme && is_rest {
        Ok(text.to_owned())
    } else {
        Err(TokenRequestError::InvalidTarget)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(query: &str) -> Result<TokenRequest, TokenRequestError> {
        TokenRequest::parse(&Params::parse_query(query).unwrap())
    }

    #[test]
    fn client_credentials_alone() {
        assert_eq!(
            parse("grant_type=client_credentials"),
            Ok(TokenRequest::ClientCredentials {
                scope: None,
                resource: Vec::new()
            })
        );
    }

    #[test]
    fn client_credentials_with_scope_and_resources() {
        let request = parse(
            "grant_type=client_credentials&scope=openid+orders:read&foo=1\
             &resource=https://api.example.com/a%3Fb&resource=urn:x:y",
        )
        .unwrap();
        assert_eq!(request.grant_type(), GrantType::ClientCredentials);
        let TokenRequest::ClientCredentials { scope, resource } = request;
        assert_eq!(scope.unwrap().as_str(), "openid orders:read");
        assert_eq!(resource, ["https://api.example.com/a?b", "urn:x:y"]);
    }

    #[test]
    fn missing_grant_type_refused() {
        assert_eq!(parse(""), Err(TokenRequestError::MissingGrantType));
        assert_eq!(parse("grant_type=&scope=a"), Err(TokenRequestError::MissingGrantType));
    }

    #[test]
    fn unsupported_grant_type_refused() {
        for grant_type in ["implicit", "CLIENT_CREDENTIALS", "client_credentials%20", "password"] {
            let refused = parse(&format!("grant_type={grant_type}"));
            assert_eq!(refused, Err(TokenRequestError::UnsupportedGrantType), "{grant_type}");
        }
    }

    #[test]
    fn malformed_scope_refused() {
        let refused = parse("grant_type=client_credentials&scope=a%22b").unwrap_err();
        assert_eq!(refused, TokenRequestError::InvalidScope(ScopeError::Malformed));
        assert_eq!(
            (refused.code(), refused.description()),
            (ErrorCode::InvalidScope, "Invalid scopes")
        );
    }

    #[test]
    fn relative_or_fragment_resource_refused() {
        for resource in [
            "api",
            "/api",
            "//host/api",
            "https://a%23b",
            "1a:b",
            ":b",
            "a:",
            "https://a%20b",
            "https://%C3%BC",
        ] {
            let refused = parse(&format!("grant_type=client_credentials&resource={resource}"));
            assert_eq!(refused, Err(TokenRequestError::InvalidTarget), "{resource}");
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics(scope in "[ -~]{0,40}", resource in any::<String>()) {
            use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
            let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let (scope, resource) = (encode(&scope), encode(&resource));
            let query = format!("grant_type=client_credentials&scope={scope}&resource={resource}");
            if let Ok(params) = Params::parse_query(&query) {
                let _ = TokenRequest::parse(&params);
            }
        }
    }
}
