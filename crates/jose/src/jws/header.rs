//! The JOSE header, made and read. RFC 7515 §4

use serde_json::{Map, Value};

use super::JwsError;
use crate::alg::Algorithm;
use crate::digest::b64url_append;
use crate::strict;

/// The first part of a token with its full stop, encoded once per key and `typ`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderSegment {
    algorithm: Algorithm,
    text: String,
}

impl HeaderSegment {
    /// Encodes `alg`, `typ` and `kid`. RFC 7515 §4.1.1, §4.1.9, §4.1.4
    pub fn new(algorithm: Algorithm, kid: &str, typ: &str) -> Self {
        let json = format!(
            r#"{{"alg":"{}","typ":{},"kid":{}}}"#,
            algorithm.name(),
            Value::from(typ),
            Value::from(kid)
        );
        let mut text = String::new();
        b64url_append(json.as_bytes(), &mut text);
        text.push('.');
        Self { algorithm, text }
    }

    /// The algorithm that the header names.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The base64url text with its full stop.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What is read of a header. Keys that it carries or points to (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.
/// RFC 8725 §3.10
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

impl Header {
    /// Reads the decoded header of a token.
    pub(super) fn parse(json: &[u8]) -> Result<Self, JwsError> {
        let mut members = strict::object(json).map_err(|_| JwsError::Header)?;
        // No extension is understood, so any `crit` is fatal (RFC 7515 §4.1.11). RFC 7797 and JWE's `zip` change what
        // the payload means even where nobody marked them critical.
        if ["crit", "b64", "zip"]
            .into_iter()
            .any(|name| members.contains_key(name))
        {
            return Err(JwsError::Extension);
        }
        let (kid, typ) = (text(&mut members, "kid")?, text(&mut members, "typ")?);
        let name = members.get("alg").and_then(Value::as_str).ok_or(JwsError::Algorithm)?;
        Ok(Self {
            algorithm: Algorithm::parse(name).ok_or(JwsError::Algorithm)?,
            kid,
            typ,
        })
    }
}

/// A member that must be a text where it is there at all, and `null` is none.
fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, JwsError> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwsError::Header),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::b64url_decode;

    fn refused(json: &str) -> JwsError {
        Header::parse(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_segment_is_read_back() {
        let segment = HeaderSegment::new(Algorithm::Es256, "a \"quoted\" kid", "at+jwt");
        let text = segment.as_str().strip_suffix('.').unwrap();
        let json = b64url_decode(text).unwrap();
        assert_eq!(
            std::str::from_utf8(&json).unwrap(),
            r#"{"alg":"ES256","typ":"at+jwt","kid":"a \"quoted\" kid"}"#
        );
        let header = Header::parse(&json).unwrap();
        assert_eq!(header.algorithm, Algorithm::Es256);
        assert_eq!(header.kid.as_deref(), Some("a \"quoted\" kid"));
        assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    }

    #[test]
    fn none_hmac_and_missing_algorithms_are_refused() {
        for alg in [
            r#""none""#,
            r#""nOnE""#,
            r#""HS256""#,
            r#""RS512""#,
            "null",
            "5",
            r#"["RS256"]"#,
        ] {
            assert_eq!(refused(&format!(r#"{{"alg":{alg}}}"#)), JwsError::Algorithm, "{alg}");
        }
        assert_eq!(refused(r#"{"typ":"JWT"}"#), JwsError::Algorithm);
    }

    #[test]
    fn duplicate_members_are_refused() {
        assert_eq!(refused(r#"{"alg":"RS256","alg":"RS256"}"#), JwsError::Header);
        assert_eq!(refused(r#"{"alg":"RS256","kid":"a","kid":"b"}"#), JwsError::Header);
        assert_eq!(refused(r#"{"alg":"RS256","x":1,"\u0078":2}"#), JwsError::Header);
    }

    #[test]
    fn extensions_are_refused() {
        for member in [
            r#""crit":["exp"]"#,
            r#""crit":[]"#,
            r#""crit":null"#,
            r#""b64":true"#,
            r#""zip":"DEF""#,
        ] {
            assert_eq!(
                refused(&format!(r#"{{"alg":"RS256",{member}}}"#)),
                JwsError::Extension,
                "{member}"
            );
        }
    }

    #[test]
    fn members_of_the_wrong_type_are_refused_and_foreign_ones_ignored() {
        assert_eq!(refused(r#"{"alg":"RS256","kid":1}"#), JwsError::Header);
        assert_eq!(refused(r#"{"alg":"RS256","typ":null}"#), JwsError::Header);
        assert_eq!(refused(r#"["RS256"]"#), JwsError::Header);
        let header = Header::parse(br#"{"alg":"RS256","jku":"https://evil.example/","jwk":{"kty":"oct","k":"AA"}}"#);
        assert_eq!(
            header.unwrap(),
            Header {
                algorithm: Algorithm::Rs256,
                kid: None,
                typ: None
            }
        );
    }
}
