//! Token introspection. RFC 7662

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::at_jwt::AccessToken;
use crate::error::ErrorCode;
use crate::params::Params;
use crate::refresh_token::RefreshTokenClaims;
use crate::token::TokenType;
use crate::token_type_hint::TokenTypeHint;

/// The answer about every token that is not active, or not for the caller to know. RFC 7662 §2.2
pub const INACTIVE: &str = r#"{"active":false}"#;

/// A question about a token. RFC 7662 §2.1
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IntrospectionRequest<'a> {
    /// The token, of any kind and not verified.
    pub token: &'a str,
    /// What the caller believes it to be; a value that is not registered counts as none.
    pub hint: Option<TokenTypeHint>,
}

/// Why an introspection request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IntrospectionError {
    /// There is no `token`.
    #[error("token missing")]
    MissingToken,
}

impl IntrospectionError {
    /// What the caller is told. RFC 6749 §5.2
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::MissingToken => ErrorCode::InvalidRequest,
        }
    }

    /// The public `error_description`.
    pub const fn description(self) -> &'static str {
        match self {
            Self::MissingToken => "Token not provided.",
        }
    }
}

impl<'a> IntrospectionRequest<'a> {
    /// Reads `token` and `token_type_hint`. RFC 7662 §2.1
    ///
    /// # Errors
    /// [`IntrospectionError::MissingToken`]
    pub fn parse(params: &'a Params<'_>) -> Result<Self, IntrospectionError> {
        let token = params.get("token").ok_or(IntrospectionError::MissingToken)?;
        Ok(Self {
            token,
            hint: params.get("token_type_hint").and_then(TokenTypeHint::parse),
        })
    }
}

impl fmt::Debug for IntrospectionRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionRequest")
            .field("hint", &self.hint)
            .finish_non_exhaustive()
    }
}

/// The answer about an active token: its claims, then who it is for. RFC 7662 §2.2
#[derive(Debug, Clone, Serialize)]
pub struct ActiveToken<'a> {
    /// What the token says, less what the caller may not see.
    #[serde(flatten)]
    claims: &'a AccessToken,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    token_type: TokenType,
    active: bool,
}

impl<'a> ActiveToken<'a> {
    /// An answer with `active: true`. `username` is a human-readable name of the token's subject, where there is one.
    ///
    /// The members that this answer writes itself must not be among the token's other claims:
    /// [`AccessToken`] drops them when it is read.
    pub const fn new(claims: &'a AccessToken, username: Option<&'a str>, token_type: TokenType) -> Self {
        Self {
            claims,
            username,
            token_type,
            active: true,
        }
    }
}

/// The answer about an active refresh token: its claims, then who holds it. RFC 7662 §2.2
#[derive(Debug, Clone, Serialize)]
pub struct ActiveRefreshToken<'a> {
    #[serde(flatten)]
    claims: &'a RefreshTokenClaims,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    token_type: &'a str,
    active: bool,
}

impl<'a> ActiveRefreshToken<'a> {
    /// An answer with `active: true`, its `token_type` Keycloak's: the token's `typ`. `username` is a human-readable name
    /// of the token's subject.
    pub fn new(claims: &'a RefreshTokenClaims, username: Option<&'a str>) -> Self {
        Self {
            claims,
            client_id: &claims.azp,
            username,
            token_type: &claims.typ,
            active: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn token_and_hint_are_read() {
        let params = Params::parse_query("token=abc&token_type_hint=refresh_token").unwrap();
        let request = IntrospectionRequest::parse(&params).unwrap();
        assert_eq!(
            (request.token, request.hint),
            ("abc", Some(TokenTypeHint::RefreshToken))
        );
        assert!(!format!("{request:?}").contains("abc"));
    }

    #[test]
    fn unknown_hint_is_ignored() {
        let params = Params::parse_query("token=abc&token_type_hint=pat").unwrap();
        assert_eq!(IntrospectionRequest::parse(&params).unwrap().hint, None);
    }

    #[test]
    fn missing_token_refused() {
        for query in ["", "token=", "token_type_hint=access_token"] {
            let params = Params::parse_query(query).unwrap();
            assert_eq!(
                IntrospectionRequest::parse(&params),
                Err(IntrospectionError::MissingToken),
                "{query}"
            );
        }
    }

    #[test]
    fn active_answer_ends_as_keycloaks() {
        let token: AccessToken = serde_json::from_str(
            r#"{"exp":2,"iat":1,"jti":"j","iss":"i","sub":"s","typ":"Bearer","azp":"c","client_id":"c",
            "shop":"corner"}"#,
        )
        .unwrap();
        let answer = ActiveToken::new(&token, Some("service-account-c"), TokenType::Bearer);
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            concat!(
                r#"{"exp":2,"iat":1,"jti":"j","iss":"i","sub":"s","typ":"Bearer","azp":"c","client_id":"c","#,
                r#""shop":"corner","username":"service-account-c","token_type":"Bearer","active":true}"#
            )
        );
    }

    #[test]
    fn active_user_token_ends_as_keycloaks() {
        let token: AccessToken = serde_json::from_str(
            r#"{"exp":2,"iat":1,"auth_time":1,"jti":"j","iss":"i","sub":"s","typ":"Bearer","azp":"c","sid":"x",
            "acr":"1","scope":"openid","preferred_username":"alice","client_id":"c"}"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&ActiveToken::new(&token, Some("alice"), TokenType::Bearer)).unwrap(),
            concat!(
                r#"{"exp":2,"iat":1,"auth_time":1,"jti":"j","iss":"i","sub":"s","typ":"Bearer","azp":"c","sid":"x","#,
                r#""acr":"1","scope":"openid","client_id":"c","preferred_username":"alice","#,
                r#""username":"alice","token_type":"Bearer","active":true}"#
            )
        );
    }

    #[test]
    fn active_refresh_token_ends_as_keycloaks() {
        let claims: RefreshTokenClaims = serde_json::from_str(
            r#"{"exp":2,"iat":1,"jti":"j","iss":"i","aud":"i","sub":"s","typ":"Refresh","azp":"c","sid":"x",
            "scope":"openid roles"}"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&ActiveRefreshToken::new(&claims, Some("alice"))).unwrap(),
            concat!(
                r#"{"exp":2,"iat":1,"jti":"j","iss":"i","aud":"i","sub":"s","typ":"Refresh","azp":"c","sid":"x","#,
                r#""scope":"openid roles","client_id":"c","username":"alice","token_type":"Refresh","active":true}"#
            )
        );
    }

    #[test]
    fn claim_named_active_cannot_answer_for_the_server() {
        let token: AccessToken = serde_json::from_str(
            r#"{"exp":2,"iat":1,"jti":"j","iss":"i","active":false,"username":"admin","token_type":"DPoP"}"#,
        )
        .unwrap();
        let answer = serde_json::to_string(&ActiveToken::new(&token, None, TokenType::Bearer)).unwrap();
        assert_eq!(
            answer,
            r#"{"exp":2,"iat":1,"jti":"j","iss":"i","token_type":"Bearer","active":true}"#
        );
    }

    proptest! {
        #[test]
        fn parse_never_panics(query in "[a-z_=&%+0-9]{0,60}") {
            if let Ok(params) = Params::parse_query(&query) {
                let _ = IntrospectionRequest::parse(&params);
            }
        }
    }
}
