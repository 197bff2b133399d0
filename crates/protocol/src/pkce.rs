//! Proof Key for Code Exchange. RFC 7636

use keyward_jose::digest::{b64url_encode, constant_time_eq, sha256};
use thiserror::Error;

use crate::error::ErrorCode;

/// The only `code_challenge_method` that is taken. RFC 7636 §4.2
pub const S256: &str = "S256";

/// A challenge of the method `S256`: the only one, since `plain` protects nobody who can read the request.
/// RFC 7636 §4.2, RFC 9700 §2.1.1
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// Why the parameters of an authorization request hold no challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PkceError {
    /// There is no `code_challenge_method`, which would mean `plain`. RFC 7636 §4.3
    #[error("code_challenge_method missing")]
    MissingMethod,
    /// `code_challenge_method` is `plain` or unknown. RFC 7636 §4.4.1
    #[error("code_challenge_method is not S256")]
    UnsupportedMethod,
    /// There is no `code_challenge`. RFC 7636 §4.4.1
    #[error("code_challenge missing")]
    MissingChallenge,
    /// `code_challenge` is not 43 to 128 unreserved characters. RFC 7636 §4.2
    #[error("code_challenge malformed")]
    InvalidChallenge,
}

impl PkceError {
    /// What the client is told; always `invalid_request`. RFC 7636 §4.4.1
    pub const fn code(self) -> ErrorCode {
        ErrorCode::InvalidRequest
    }

    /// The public `error_description`, Keycloak's.
    pub const fn description(self) -> &'static str {
        match self {
            Self::MissingMethod => "Missing parameter: code_challenge_method",
            Self::UnsupportedMethod => "Invalid parameter: code challenge method is not matching the configured one",
            Self::MissingChallenge => "Missing parameter: code_challenge",
            Self::InvalidChallenge => "Invalid parameter: code_challenge",
        }
    }
}

impl CodeChallenge {
    /// Reads `code_challenge` and `code_challenge_method`, the method first. Whether a request may come without either
    /// is for the client's registration to say. RFC 7636 §4.3
    ///
    /// # Errors
    /// [`PkceError`], the first of its variants that holds.
    pub fn parse(challenge: Option<&str>, method: Option<&str>) -> Result<Self, PkceError> {
        if method.ok_or(PkceError::MissingMethod)? != S256 {
            return Err(PkceError::UnsupportedMethod);
        }
        let challenge = challenge.ok_or(PkceError::MissingChallenge)?;
        if !is_code_verifier(challenge) {
            return Err(PkceError::InvalidChallenge);
        }
        Ok(Self(challenge.to_owned()))
    }

    /// Whether this is the challenge of `verifier`, compared in constant time. A malformed verifier is nobody's.
    /// RFC 7636 §4.6
    #[must_use]
    pub fn verify(&self, verifier: &str) -> bool {
        matches(&self.0, verifier)
    }

    /// The challenge as sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a stored challenge of the method `S256` is that of `verifier`, as [`CodeChallenge::verify`]. RFC 7636 §4.6
#[must_use]
pub fn matches(challenge: &str, verifier: &str) -> bool {
    is_code_verifier(verifier)
        && constant_time_eq(
            b64url_encode(&sha256(verifier.as_bytes())).as_bytes(),
            challenge.as_bytes(),
        )
}

/// Whether the text is 43 to 128 unreserved characters, as verifiers are, and challenges too. RFC 7636 §4.1
pub fn is_code_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 7636 §B
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    /// RFC 7636 §B
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn challenge() -> CodeChallenge {
        CodeChallenge::parse(Some(CHALLENGE), Some("S256")).unwrap()
    }

    #[test]
    fn vector() {
        assert!(challenge().verify(VERIFIER));
        assert_eq!(challenge().as_str(), CHALLENGE);
    }

    #[test]
    fn other_verifiers_are_refused() {
        for verifier in [
            "",
            CHALLENGE,
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXj",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk ",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=",
        ] {
            assert!(!challenge().verify(verifier), "{verifier:?}");
        }
        // A challenge that no SHA-256 digest spells has no verifier.
        let long = CodeChallenge::parse(Some(&"a".repeat(128)), Some(S256)).unwrap();
        assert!(!long.verify(&"a".repeat(128)));
    }

    #[test]
    fn refusals_in_keycloaks_words() {
        for (challenge, method, error, text) in [
            (
                None,
                None,
                PkceError::MissingMethod,
                "Missing parameter: code_challenge_method",
            ),
            (
                Some(CHALLENGE),
                None,
                PkceError::MissingMethod,
                "Missing parameter: code_challenge_method",
            ),
            (
                Some(CHALLENGE),
                Some("plain"),
                PkceError::UnsupportedMethod,
                "Invalid parameter: code challenge method is not matching the configured one",
            ),
            (
                None,
                Some("s256"),
                PkceError::UnsupportedMethod,
                "Invalid parameter: code challenge method is not matching the configured one",
            ),
            (
                None,
                Some("S256"),
                PkceError::MissingChallenge,
                "Missing parameter: code_challenge",
            ),
            (
                Some("short"),
                Some("S256"),
                PkceError::InvalidChallenge,
                "Invalid parameter: code_challenge",
            ),
        ] {
            assert_eq!(CodeChallenge::parse(challenge, method), Err(error));
            assert_eq!((error.code(), error.description()), (ErrorCode::InvalidRequest, text));
        }
    }

    #[test]
    fn length_and_alphabet() {
        assert!(is_code_verifier(&"~".repeat(43)) && is_code_verifier(&"a".repeat(128)));
        for text in [&"a".repeat(42), &"a".repeat(129), &"+".repeat(43), &"ü".repeat(43)] {
            assert!(!is_code_verifier(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_verifier_fits_its_own_challenge_alone(a in "[A-Za-z0-9._~-]{43,128}", b in "[A-Za-z0-9._~-]{43,128}") {
            let challenge = CodeChallenge::parse(Some(&b64url_encode(&sha256(a.as_bytes()))), Some(S256)).unwrap();
            prop_assert!(challenge.verify(&a));
            prop_assert_eq!(challenge.verify(&b), a == b);
        }

        #[test]
        fn parse_never_panics(challenge in any::<Option<String>>(), method in any::<Option<String>>()) {
            let _ = CodeChallenge::parse(challenge.as_deref(), method.as_deref());
        }
    }
}
