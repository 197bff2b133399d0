//! Bearer tokens in requests and the challenge that asks for them. RFC 6750

use thiserror::Error;

use crate::error::{self, ErrorCode};
use crate::params::{MAX_TOKEN_BYTES, Params};
use crate::secret::Secret;

/// Why no access token was taken from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BearerError {
    /// The header and the body each hold one. RFC 6750 §2
    #[error("more than one access token")]
    SeveralMethods,
    /// What follows the scheme cannot be a token, or is too long.
    #[error("malformed Bearer credentials")]
    Malformed,
}

impl BearerError {
    /// What the client is told. RFC 6750 §3.1
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::SeveralMethods => ErrorCode::InvalidRequest,
            Self::Malformed => ErrorCode::InvalidToken,
        }
    }

    /// The public `error_description`, Keycloak's.
    pub const fn description(self) -> &'static str {
        match self {
            Self::SeveralMethods => "More than one method used for including an access token",
            Self::Malformed => "Token verification failed",
        }
    }
}

/// The access token of a request: from the value of its only `Authorization` header, or from `access_token` in the form
/// body of a POST; never from a query string. Another scheme counts as no header. RFC 6750 §2.1, §2.2
///
/// # Errors
/// [`BearerError`]
pub fn access_token<'a>(
    authorization: Option<&'a [u8]>,
    body: Option<&'a Params<'_>>,
) -> Result<Option<Secret<'a>>, BearerError> {
    let header = authorization.map_or(Ok(None), credentials)?;
    let body = body.and_then(|params| params.get("access_token")).map(Secret);
    match (header, body) {
        (Some(_), Some(_)) => Err(BearerError::SeveralMethods),
        (header, body) => Ok(header.or(body)),
    }
}

/// The value of `WWW-Authenticate`, in Keycloak's order. Without an error the request had no token at all. RFC 6750 §3
pub fn challenge(realm: &str, error: Option<(ErrorCode, &str)>) -> String {
    let mut challenge = String::from("Bearer realm=\"");
    for character in realm.chars().filter(|character| matches!(character, ' '..='~')) {
        // quoted-pair, RFC 9110 §5.6.4
        if matches!(character, '"' | '\\') {
            challenge.push('\\');
        }
        challenge.push(character);
    }
    challenge.push('"');
    if let Some((code, description)) = error {
        for part in [
            ", error=\"",
            code.as_str(),
            "\", error_description=\"",
            &error::description(description),
            "\"",
        ] {
            challenge.push_str(part);
        }
    }
    challenge
}

/// What follows `Bearer`, compared without case. RFC 6750 §2.1, RFC 9110 §11.1
fn credentials(authorization: &[u8]) -> Result<Option<Secret<'_>>, BearerError> {
    let end = authorization
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(authorization.len());
    let (scheme, token) = authorization.split_at(end);
    let token = token.trim_ascii();
    if !scheme.eq_ignore_ascii_case(b"Bearer") || token.is_empty() {
        return Ok(None);
    }
    if token.len() > MAX_TOKEN_BYTES || !token.iter().all(u8::is_ascii_graphic) {
        return Err(BearerError::Malformed);
    }
    str::from_utf8(token)
        .map(|token| Some(Secret(token)))
        .map_err(|_| BearerError::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(value: &str) -> Result<Option<&str>, BearerError> {
        access_token(Some(value.as_bytes()), None).map(|token| token.map(Secret::reveal))
    }

    #[test]
    fn from_the_header() {
        for value in ["Bearer a.b-c", "bearer a.b-c", "BEARER   a.b-c "] {
            assert_eq!(header(value), Ok(Some("a.b-c")), "{value}");
        }
        assert_eq!(access_token(None, None), Ok(None));
    }

    #[test]
    fn other_schemes_are_not_bearer() {
        for value in [
            "Basic eDp5",
            "DPoP a.b.c",
            "Bearer",
            "Bearer ",
            "Bearera.b.c",
            "",
            " Bearer a",
        ] {
            assert_eq!(header(value), Ok(None), "{value}");
        }
    }

    #[test]
    fn malformed_credentials_refused() {
        for value in ["Bearer a b", "Bearer a,\tb", "Bearer ü"] {
            assert_eq!(header(value), Err(BearerError::Malformed), "{value}");
        }
        assert_eq!(
            header(&format!("Bearer {}", "x".repeat(MAX_TOKEN_BYTES + 1))),
            Err(BearerError::Malformed)
        );
    }

    #[test]
    fn from_the_body_but_not_from_both() {
        let body = Params::parse_form(b"access_token=a.b.c").unwrap();
        assert_eq!(access_token(None, Some(&body)), Ok(Some(Secret("a.b.c"))));
        assert_eq!(
            access_token(Some(b"Basic eDp5"), Some(&body)),
            Ok(Some(Secret("a.b.c")))
        );
        let both = access_token(Some(b"Bearer a.b.c"), Some(&body)).unwrap_err();
        assert_eq!(
            (both.code(), both.code().status(), both.description()),
            (
                ErrorCode::InvalidRequest,
                400,
                "More than one method used for including an access token"
            )
        );
    }

    #[test]
    fn challenges_as_keycloak_sends_them() {
        assert_eq!(challenge("shop", None), r#"Bearer realm="shop""#);
        assert_eq!(
            challenge("shop", Some((ErrorCode::InvalidToken, "Token verification failed"))),
            r#"Bearer realm="shop", error="invalid_token", error_description="Token verification failed""#
        );
        assert_eq!(
            challenge("shop", Some((ErrorCode::InsufficientScope, "Missing openid scope"))),
            r#"Bearer realm="shop", error="insufficient_scope", error_description="Missing openid scope""#
        );
    }

    #[test]
    fn header_injection_by_realm_or_description_is_cut_out() {
        assert_eq!(
            challenge("a\"b\\c\r\nX: ü", Some((ErrorCode::InvalidToken, "d\"\r\ne"))),
            r#"Bearer realm="a\"b\\cX: ", error="invalid_token", error_description="de""#
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(value in any::<Vec<u8>>(), realm in any::<String>()) {
            let _ = access_token(Some(&value), None);
            prop_assert!(challenge(&realm, None).bytes().all(|byte| matches!(byte, b' '..=b'~')));
        }
    }
}
