//! Error codes, their HTTP statuses, and the error body.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

/// The longest `error_description`, in characters.
pub const MAX_DESCRIPTION: usize = 200;

/// The body of an error answer. RFC 6749 §5.2
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorBody<'a> {
    error: ErrorCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<Cow<'a, str>>,
}

impl<'a> ErrorBody<'a> {
    /// A body that carries the code alone.
    pub const fn new(error: ErrorCode) -> Self {
        Self {
            error,
            error_description: None,
        }
    }

    /// A body with a description, cut to what [`description`] lets through.
    pub fn described(error: ErrorCode, text: &'a str) -> Self {
        Self {
            error,
            error_description: Some(description(text)),
        }
    }

    /// The code.
    pub const fn code(&self) -> ErrorCode {
        self.error
    }

    /// The HTTP status that goes with the code.
    pub const fn status(&self) -> u16 {
        self.error.status()
    }
}

/// Leaves only `%x20-21 / %x23-5B / %x5D-7E`, at most [`MAX_DESCRIPTION`] characters. RFC 6749 §5.2
pub fn description(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_DESCRIPTION && text.chars().all(is_description) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .filter(|&character| is_description(character))
            .take(MAX_DESCRIPTION)
            .collect(),
    )
}

fn is_description(character: char) -> bool {
    matches!(character, '\x20'..='\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E')
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident $text:literal $status:literal,)*) => {
        /// A registered error code. The table below is the only place that knows which HTTP status goes with it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $variant,)* }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The HTTP status of an answer in the server's own body; redirects and challenges have theirs.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}

error_codes! {
    /// A parameter is missing, repeated, malformed or contradicts another. RFC 6749 §5.2
    InvalidRequest "invalid_request" 400,
    /// Client authentication failed. RFC 6749 §5.2
    InvalidClient "invalid_client" 401,
    /// The code, refresh token or assertion is invalid, expired, revoked or another client's. RFC 6749 §5.2
    InvalidGrant "invalid_grant" 400,
    /// The client may not use this grant type or endpoint. RFC 6749 §5.2
    UnauthorizedClient "unauthorized_client" 400,
    /// The grant type is not known here. RFC 6749 §5.2
    UnsupportedGrantType "unsupported_grant_type" 400,
    /// The scope is unknown, malformed or more than may be given. RFC 6749 §5.2
    InvalidScope "invalid_scope" 400,
    /// The response type is not known here. RFC 6749 §4.1.2.1
    UnsupportedResponseType "unsupported_response_type" 400,
    /// The resource owner or the server said no. RFC 6749 §4.1.2.1
    AccessDenied "access_denied" 403,
    /// A fault of ours. RFC 6749 §4.1.2.1
    ServerError "server_error" 500,
    /// Overload, maintenance, or a database out of reach. RFC 6749 §4.1.2.1
    TemporarilyUnavailable "temporarily_unavailable" 503,
    /// The access token is expired, revoked or malformed. RFC 6750 §3.1
    InvalidToken "invalid_token" 401,
    /// The access token's scope does not cover the request. RFC 6750 §3.1
    InsufficientScope "insufficient_scope" 403,
    /// Tokens of this type cannot be revoked. RFC 7009 §2.2.1
    UnsupportedTokenType "unsupported_token_type" 400,
    /// A redirection URI of a registration is invalid. RFC 7591 §3.2.2
    InvalidRedirectUri "invalid_redirect_uri" 400,
    /// A metadata field of a registration is invalid. RFC 7591 §3.2.2
    InvalidClientMetadata "invalid_client_metadata" 400,
    /// The software statement is invalid. RFC 7591 §3.2.2
    InvalidSoftwareStatement "invalid_software_statement" 400,
    /// The software statement is not approved here. RFC 7591 §3.2.2
    UnapprovedSoftwareStatement "unapproved_software_statement" 400,
    /// The user has not decided yet. RFC 8628 §3.5
    AuthorizationPending "authorization_pending" 400,
    /// As pending, and the client polls too often. RFC 8628 §3.5
    SlowDown "slow_down" 400,
    /// The device code has expired. RFC 8628 §3.5
    ExpiredToken "expired_token" 400,
    /// The resource or audience is unknown or malformed. RFC 8707 §2
    InvalidTarget "invalid_target" 400,
    /// The authorization details are unknown or malformed. RFC 9396 §5
    InvalidAuthorizationDetails "invalid_authorization_details" 400,
    /// The DPoP proof is invalid. RFC 9449 §5
    InvalidDpopProof "invalid_dpop_proof" 400,
    /// The DPoP proof must carry the nonce of this answer. RFC 9449 §8
    UseDpopNonce "use_dpop_nonce" 400,
    /// The login behind the token is too weak or too old. RFC 9470 §3
    InsufficientUserAuthentication "insufficient_user_authentication" 401,
    /// The server must show something, and may not. OIDC Core §3.1.2.6
    InteractionRequired "interaction_required" 400,
    /// No login that the user can do meets what the request makes essential. OIDC Unmet Authentication Requirements §2
    UnmetAuthenticationRequirements "unmet_authentication_requirements" 400,
    /// The user must log in, and may not be asked. OIDC Core §3.1.2.6
    LoginRequired "login_required" 400,
    /// The user must choose an account, and may not be asked. OIDC Core §3.1.2.6
    AccountSelectionRequired "account_selection_required" 400,
    /// The user must consent, and may not be asked. OIDC Core §3.1.2.6
    ConsentRequired "consent_required" 400,
    /// The `request_uri` gives an error or invalid data. OIDC Core §3.1.2.6
    InvalidRequestUri "invalid_request_uri" 400,
    /// The request object is invalid. OIDC Core §3.1.2.6
    InvalidRequestObject "invalid_request_object" 400,
    /// Request objects are not taken here. OIDC Core §3.1.2.6
    RequestNotSupported "request_not_supported" 400,
    /// `request_uri` is not taken here. OIDC Core §3.1.2.6
    RequestUriNotSupported "request_uri_not_supported" 400,
    /// The `registration` parameter is not taken here. OIDC Core §3.1.2.6
    RegistrationNotSupported "registration_not_supported" 400,
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn statuses() {
        assert_eq!(ErrorCode::InvalidRequest.status(), 400);
        assert_eq!(ErrorCode::InvalidClient.status(), 401);
        assert_eq!(ErrorCode::UnauthorizedClient.status(), 400);
        assert_eq!(ErrorCode::InvalidToken.status(), 401);
        assert_eq!(ErrorCode::InsufficientScope.status(), 403);
        assert_eq!(ErrorCode::AccessDenied.status(), 403);
        assert_eq!(ErrorCode::ServerError.status(), 500);
        assert_eq!(ErrorCode::TemporarilyUnavailable.status(), 503);
    }

    #[test]
    fn codes_are_distinct_and_well_formed() {
        let texts: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), ErrorCode::ALL.len());
        assert!(
            texts
                .iter()
                .all(|text| text.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()))
        );
    }

    #[test]
    fn bodies() {
        let plain = ErrorBody::new(ErrorCode::InvalidScope);
        assert_eq!(serde_json::to_string(&plain).unwrap(), r#"{"error":"invalid_scope"}"#);
        let described = ErrorBody::described(ErrorCode::InvalidClient, "Invalid client or Invalid client credentials");
        assert_eq!(
            serde_json::to_string(&described).unwrap(),
            r#"{"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"}"#
        );
        assert_eq!(described.status(), 401);
    }

    #[test]
    fn header_injection_in_description_is_cut_out() {
        assert_eq!(description("a\"b\\c\r\nSet-Cookie: d=ü\0"), "abcSet-Cookie: d=");
        assert!(matches!(description("plain"), Cow::Borrowed(_)));
        assert_eq!(description(&"x".repeat(500)).len(), MAX_DESCRIPTION);
    }

    proptest! {
        #[test]
        fn description_stays_within_the_grammar(text in any::<String>()) {
            let described = description(&text);
            prop_assert!(described.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E)));
            prop_assert!(described.len() <= MAX_DESCRIPTION);
        }
    }
}
