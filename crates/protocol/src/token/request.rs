//! Requests to the token endpoint.

use thiserror::Error;

use super::GrantType;
use crate::error::ErrorCode;
use crate::params::Params;
use crate::resource::{self, InvalidResource};
use crate::scope::{Scope, ScopeError};
use crate::secret::Secret;

/// A token request that is complete and well-formed; its client is not authenticated by it. RFC 6749 §3.2
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRequest<'a> {
    /// RFC 6749 §4.4.2
    ClientCredentials {
        /// `scope`; without one the client's default applies. RFC 6749 §3.3
        scope: Option<Scope>,
        /// `resource`, absolute URIs without fragment in the order of the request. RFC 8707 §2
        resource: Vec<String>,
    },
    /// RFC 6749 §4.1.3
    AuthorizationCode {
        /// `code`.
        code: Secret<'a>,
        /// `redirect_uri`, which must be that of the authorization request when it is there.
        redirect_uri: Option<&'a str>,
        /// `code_verifier`, its form not checked. RFC 7636 §4.5
        code_verifier: Option<Secret<'a>>,
        /// `resource`, absolute URIs without fragment in the order of the request. RFC 8707 §2.2
        resource: Vec<String>,
    },
    /// RFC 6749 §6
    RefreshToken {
        /// `refresh_token`.
        refresh_token: Secret<'a>,
        /// `scope`; without one all that was granted. RFC 6749 §6
        scope: Option<Scope>,
        /// `resource`, absolute URIs without fragment in the order of the request. RFC 8707 §2.2
        resource: Vec<String>,
    },
    /// RFC 6749 §4.3.2
    Password {
        /// `username`. Without one the answer is [`TokenRequestError::MissingUsername`], but only to a client that may
        /// use this grant.
        username: Option<&'a str>,
        /// `password`; empty when it was not sent, which is no user's.
        password: Secret<'a>,
        /// `totp`, a one-time code (Keycloak's own parameter).
        totp: Option<Secret<'a>>,
        /// `scope`; without one the client's default applies. RFC 6749 §3.3
        scope: Option<Scope>,
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
    /// There is no `code`. RFC 6749 §4.1.3
    #[error("code missing")]
    MissingCode,
    /// There is no `refresh_token`. RFC 6749 §6
    #[error("refresh_token missing")]
    MissingRefreshToken,
    /// There is no `username`. RFC 6749 §4.3.2
    #[error("username missing")]
    MissingUsername,
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
            Self::MissingGrantType | Self::MissingCode | Self::MissingRefreshToken | Self::MissingUsername => {
                ErrorCode::InvalidRequest
            }
            Self::UnsupportedGrantType => ErrorCode::UnsupportedGrantType,
            Self::InvalidScope(_) => ErrorCode::InvalidScope,
            Self::InvalidTarget => ErrorCode::InvalidTarget,
        }
    }

    /// The HTTP status: the code's, but for a missing `username`, where Keycloak's clients know 401.
    pub const fn status(self) -> u16 {
        match self {
            Self::MissingUsername => 401,
            Self::MissingGrantType
            | Self::UnsupportedGrantType
            | Self::MissingCode
            | Self::MissingRefreshToken
            | Self::InvalidScope(_)
            | Self::InvalidTarget => self.code().status(),
        }
    }

    /// The public `error_description`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::MissingGrantType => "Missing form parameter: grant_type",
            Self::UnsupportedGrantType => "Unsupported grant_type",
            Self::MissingCode => "Missing parameter: code",
            Self::MissingRefreshToken => "No refresh token",
            Self::MissingUsername => "Missing parameter: username",
            Self::InvalidScope(_) => "Invalid scopes",
            Self::InvalidTarget => "Invalid resource",
        }
    }
}

impl From<InvalidResource> for TokenRequestError {
    fn from(_: InvalidResource) -> Self {
        Self::InvalidTarget
    }
}

impl<'a> TokenRequest<'a> {
    /// Reads `grant_type` and the parameters of that grant; unknown parameters are left alone. RFC 6749 §3.2
    ///
    /// # Errors
    /// [`TokenRequestError`], but never [`TokenRequestError::MissingUsername`].
    pub fn parse(params: &'a Params<'_>) -> Result<Self, TokenRequestError> {
        let grant_type = params.get("grant_type").ok_or(TokenRequestError::MissingGrantType)?;
        let secret = |name| params.get(name).map(Secret);
        let scope = || params.get("scope").map(Scope::parse).transpose();
        match GrantType::parse(grant_type) {
            Some(GrantType::ClientCredentials) => Ok(Self::ClientCredentials {
                scope: scope()?,
                resource: resource::all(params)?,
            }),
            Some(GrantType::AuthorizationCode) => Ok(Self::AuthorizationCode {
                code: secret("code").ok_or(TokenRequestError::MissingCode)?,
                redirect_uri: params.get("redirect_uri"),
                code_verifier: secret("code_verifier"),
                resource: resource::all(params)?,
            }),
            Some(GrantType::RefreshToken) => Ok(Self::RefreshToken {
                refresh_token: secret("refresh_token").ok_or(TokenRequestError::MissingRefreshToken)?,
                scope: scope()?,
                resource: resource::all(params)?,
            }),
            Some(GrantType::Password) => Ok(Self::Password {
                username: params.get("username"),
                password: secret("password").unwrap_or(Secret("")),
                totp: secret("totp"),
                scope: scope()?,
            }),
            Some(GrantType::DeviceCode | GrantType::TokenExchange | GrantType::JwtBearer) | None => {
                Err(TokenRequestError::UnsupportedGrantType)
            }
        }
    }

    /// The grant type of this request.
    pub const fn grant_type(&self) -> GrantType {
        match self {
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::Password { .. } => GrantType::Password,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn params(query: &str) -> Params<'_> {
        Params::parse_query(query).unwrap()
    }

    fn refused(query: &str) -> TokenRequestError {
        TokenRequest::parse(&params(query)).unwrap_err()
    }

    fn answer(error: TokenRequestError) -> (ErrorCode, u16, &'static str) {
        (error.code(), error.status(), error.description())
    }

    #[test]
    fn client_credentials_alone() {
        assert_eq!(
            TokenRequest::parse(&params("grant_type=client_credentials")),
            Ok(TokenRequest::ClientCredentials {
                scope: None,
                resource: Vec::new()
            })
        );
    }

    #[test]
    fn client_credentials_with_scope_and_resources() {
        let params = params(
            "grant_type=client_credentials&scope=openid+orders:read&foo=1\
             &resource=https://api.example.com/a%3Fb&resource=urn:x:y",
        );
        let request = TokenRequest::parse(&params).unwrap();
        assert_eq!(request.grant_type(), GrantType::ClientCredentials);
        assert_eq!(
            request,
            TokenRequest::ClientCredentials {
                scope: Some(Scope::parse("openid orders:read").unwrap()),
                resource: vec!["https://api.example.com/a?b".to_owned(), "urn:x:y".to_owned()],
            }
        );
    }

    #[test]
    fn authorization_code() {
        let params = params(
            "grant_type=authorization_code&code=c0de&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb\
             &client_id=shop-spa&code_verifier=v3rifier&resource=urn:x:y",
        );
        let request = TokenRequest::parse(&params).unwrap();
        assert_eq!(request.grant_type(), GrantType::AuthorizationCode);
        assert_eq!(
            request,
            TokenRequest::AuthorizationCode {
                code: Secret("c0de"),
                redirect_uri: Some("http://localhost:3000/cb"),
                code_verifier: Some(Secret("v3rifier")),
                resource: vec!["urn:x:y".to_owned()],
            }
        );
        let shown = format!("{request:?}");
        assert!(!shown.contains("c0de") && !shown.contains("v3rifier"), "{shown}");
        assert_eq!(
            answer(refused("grant_type=authorization_code&code=&client_id=shop-spa")),
            (ErrorCode::InvalidRequest, 400, "Missing parameter: code")
        );
    }

    #[test]
    fn refresh_token() {
        let params = params("grant_type=refresh_token&refresh_token=a.b.c&scope=openid+email");
        let request = TokenRequest::parse(&params).unwrap();
        assert_eq!(request.grant_type(), GrantType::RefreshToken);
        assert_eq!(
            request,
            TokenRequest::RefreshToken {
                refresh_token: Secret("a.b.c"),
                scope: Some(Scope::parse("openid email").unwrap()),
                resource: Vec::new(),
            }
        );
        assert!(!format!("{request:?}").contains("a.b.c"));
        assert_eq!(
            answer(refused("grant_type=refresh_token&token=a.b.c")),
            (ErrorCode::InvalidRequest, 400, "No refresh token")
        );
    }

    #[test]
    fn password() {
        let params = params("grant_type=password&username=alice&password=Alice-pass-1&totp=123456&scope=openid");
        let request = TokenRequest::parse(&params).unwrap();
        assert_eq!(request.grant_type(), GrantType::Password);
        assert_eq!(
            request,
            TokenRequest::Password {
                username: Some("alice"),
                password: Secret("Alice-pass-1"),
                totp: Some(Secret("123456")),
                scope: Some(Scope::parse("openid").unwrap()),
            }
        );
        let shown = format!("{request:?}");
        assert!(!shown.contains("Alice") && !shown.contains("123456"), "{shown}");
    }

    #[test]
    fn password_without_username() {
        assert_eq!(
            TokenRequest::parse(&params("grant_type=password")),
            Ok(TokenRequest::Password {
                username: None,
                password: Secret(""),
                totp: None,
                scope: None,
            })
        );
        assert_eq!(
            answer(TokenRequestError::MissingUsername),
            (ErrorCode::InvalidRequest, 401, "Missing parameter: username")
        );
    }

    #[test]
    fn missing_grant_type_refused() {
        for query in ["", "grant_type=&scope=a"] {
            assert_eq!(refused(query), TokenRequestError::MissingGrantType);
        }
    }

    #[test]
    fn unsupported_grant_type_refused() {
        for grant_type in ["implicit", "CLIENT_CREDENTIALS", "client_credentials%20", "Password"] {
            let refused = refused(&format!("grant_type={grant_type}"));
            assert_eq!(refused, TokenRequestError::UnsupportedGrantType, "{grant_type}");
        }
    }

    #[test]
    fn malformed_scope_refused() {
        for grant in [
            "client_credentials",
            "refresh_token&refresh_token=r",
            "password&username=u",
        ] {
            let refused = refused(&format!("grant_type={grant}&scope=a%22b"));
            assert_eq!(refused, TokenRequestError::InvalidScope(ScopeError::Malformed));
            assert_eq!(answer(refused), (ErrorCode::InvalidScope, 400, "Invalid scopes"));
        }
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
            for grant in [
                "client_credentials",
                "authorization_code&code=c",
                "refresh_token&refresh_token=r",
            ] {
                let refused = refused(&format!("grant_type={grant}&resource={resource}"));
                assert_eq!(refused, TokenRequestError::InvalidTarget, "{grant} {resource}");
            }
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics(
            grant in "client_credentials|authorization_code|refresh_token|password|[a-z_]{0,9}",
            scope in "[ -~]{0,40}",
            resource in any::<String>(),
        ) {
            use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
            let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let (scope, resource) = (encode(&scope), encode(&resource));
            let query = format!("grant_type={grant}&code={scope}&scope={scope}&resource={resource}");
            if let Ok(params) = Params::parse_query(&query) {
                let _ = TokenRequest::parse(&params);
            }
        }
    }
}
