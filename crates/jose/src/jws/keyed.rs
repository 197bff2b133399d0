//! Tokens that the server signs for itself, with a key that nobody else has. RFC 7518 §3.2

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::sign::compact;
use super::unverified::claims;
use super::{JwsError, MAX_TOKEN_BYTES, SignError};
use crate::digest::{b64url_append, b64url_decode};
use crate::hmac::HmacKey;

/// The first part of an `HS256` token with its full stop, encoded once per key and `typ`.
///
/// A token is read only where its header is this one byte for byte: nothing that a token says can choose an algorithm,
/// a key or an extension. RFC 8725 §3.1
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedHeader(String);

impl KeyedHeader {
    /// Encodes `alg`, `typ` and `kid`. RFC 7515 §4.1.1, §4.1.9, §4.1.4
    pub fn new(kid: &str, typ: Option<&str>) -> Self {
        let kid = Value::from(kid);
        let json = typ.map_or_else(
            || format!(r#"{{"alg":"HS256","kid":{kid}}}"#),
            |typ| format!(r#"{{"alg":"HS256","typ":{},"kid":{kid}}}"#, Value::from(typ)),
        );
        let mut text = String::new();
        b64url_append(json.as_bytes(), &mut text);
        text.push('.');
        Self(text)
    }

    /// Whether `token` begins with this header; tells which of several keys a token names.
    pub fn begins(&self, token: &str) -> bool {
        token.starts_with(&self.0)
    }
}

/// Makes a compact JWS of `claims`, which must serialise as a JSON object, under HMAC-SHA-256. RFC 7515 §5.1
///
/// The same key, header and claims give the same token.
pub fn sign_keyed<C: Serialize + ?Sized>(key: &HmacKey, header: &KeyedHeader, claims: &C) -> Result<String, SignError> {
    compact(&header.0, claims, |signing_input| Ok(key.sign(signing_input)))
}

/// Reads the claims of a token that was made with this key and this header, a JSON object that repeats no member.
/// RFC 7515 §5.2
///
/// # Errors
/// [`JwsError::TooLarge`] above [`MAX_TOKEN_BYTES`], [`JwsError::Header`] with another header, [`JwsError::Parts`] and
/// [`JwsError::Base64`] when malformed, [`JwsError::Signature`] when the tag is not this key's, [`JwsError::Claims`]
/// when the payload is not `T`.
pub fn verify_keyed<T: DeserializeOwned>(key: &HmacKey, header: &KeyedHeader, token: &str) -> Result<T, JwsError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(JwsError::TooLarge);
    }
    let rest = token.strip_prefix(header.0.as_str()).ok_or(JwsError::Header)?;
    let (payload, tag) = rest.split_once('.').ok_or(JwsError::Parts)?;
    if tag.contains('.') {
        return Err(JwsError::Parts);
    }
    let signing_input = token
        .get(..header.0.len() + payload.len())
        .ok_or(JwsError::Parts)?
        .as_bytes();
    let tag = b64url_decode(tag).map_err(|_| JwsError::Base64)?;
    if !key.verify(signing_input, &tag) {
        return Err(JwsError::Signature);
    }
    claims(&b64url_decode(payload).map_err(|_| JwsError::Base64)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::alg::KeyType;
    use crate::digest::b64url_encode;
    use crate::jws::{HeaderSegment, Unverified, sign};
    use crate::key::SigningKey;

    fn key() -> HmacKey {
        HmacKey::new(&[7; 32]).unwrap()
    }

    fn header() -> KeyedHeader {
        KeyedHeader::new("k1", Some("JWT"))
    }

    fn token() -> String {
        sign_keyed(&key(), &header(), &json!({"sub": "s", "n": 1})).unwrap()
    }

    fn read(token: &str) -> Result<Value, JwsError> {
        verify_keyed(&key(), &header(), token)
    }

    /// `parts` under our own key, whatever they say.
    fn signed(parts: &str) -> String {
        format!("{parts}.{}", b64url_encode(&key().sign(parts.as_bytes())))
    }

    #[test]
    fn what_was_signed_is_read() {
        assert_eq!(read(&token()), Ok(json!({"sub": "s", "n": 1})));
        assert_eq!(token(), token());
        let head = token().split('.').next().unwrap().to_owned();
        assert_eq!(
            b64url_decode(&head).unwrap(),
            br#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#
        );
        let bare = KeyedHeader::new("k\"1", None);
        assert_eq!(
            b64url_decode(bare.0.trim_end_matches('.')).unwrap(),
            br#"{"alg":"HS256","kid":"k\"1"}"#
        );
        assert!(header().begins(&token()) && !bare.begins(&token()));
    }

    /// RFC 7515 §A.1
    #[test]
    fn hs256_vector() {
        let key =
            b64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        let key = HmacKey::new(&key.unwrap()).unwrap();
        let header = KeyedHeader("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.".to_owned());
        let token = concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        let claims: Value = verify_keyed(&key, &header, token).unwrap();
        assert_eq!(
            claims,
            json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true})
        );
    }

    #[test]
    fn algorithm_confusion_is_refused() {
        let payload = b64url_encode(br#"{"sub":"s"}"#);
        for head in [
            r#"{"alg":"none","typ":"JWT","kid":"k1"}"#,
            r#"{"alg":"HS512","typ":"JWT","kid":"k1"}"#,
            r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"k2"}"#,
            r#"{"alg":"HS256","kid":"k1","typ":"JWT"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"k1","crit":["exp"]}"#,
        ] {
            let forged = signed(&format!("{}.{payload}", b64url_encode(head.as_bytes())));
            assert_eq!(read(&forged), Err(JwsError::Header), "{head}");
        }
        let asymmetric = SigningKey::generate(KeyType::Ed25519).unwrap();
        let segment = HeaderSegment::new(crate::Algorithm::EdDsa, "k1", "JWT");
        let access = sign(&asymmetric, crate::Algorithm::EdDsa, &segment, &json!({})).unwrap();
        assert_eq!(read(&access), Err(JwsError::Header));
        assert_eq!(Unverified::parse(&token()).unwrap_err(), JwsError::Algorithm);
    }

    #[test]
    fn a_changed_or_cut_token_is_refused() {
        let token = token();
        let (parts, tag) = token.rsplit_once('.').unwrap();
        assert_eq!(read(&format!("{parts}.")), Err(JwsError::Signature));
        assert_eq!(read(&format!("{parts}.{}", &tag[..22])), Err(JwsError::Base64));
        assert_eq!(read(&format!("{parts}.{}", &tag[..20])), Err(JwsError::Signature));
        assert_eq!(read(&format!("{token}=")), Err(JwsError::Base64));
        assert_eq!(read(&format!("{token}.")), Err(JwsError::Parts));
        assert_eq!(read(&format!("{token}.x")), Err(JwsError::Parts));
        assert_eq!(read(parts), Err(JwsError::Parts));
        let head = &header().0;
        assert_eq!(
            read(&format!("{head}{}.{tag}", b64url_encode(br#"{"sub":"t"}"#))),
            Err(JwsError::Signature)
        );
        let other = HmacKey::new(&[8; 32]).unwrap();
        assert_eq!(
            verify_keyed::<Value>(&other, &header(), &token),
            Err(JwsError::Signature)
        );
        assert_eq!(read(&"x".repeat(MAX_TOKEN_BYTES + 1)), Err(JwsError::TooLarge));
    }

    #[test]
    fn malformed_claims_are_refused_even_when_signed() {
        let head = &header().0;
        for (payload, error) in [
            (b64url_encode(br#"{"a":1,"a":2}"#), JwsError::Claims),
            (b64url_encode(b"[]"), JwsError::Claims),
            (String::new(), JwsError::Claims),
            ("e30=".to_owned(), JwsError::Base64),
        ] {
            assert_eq!(read(&signed(&format!("{head}{payload}"))), Err(error), "{payload}");
        }
        let huge = json!({"a": "x".repeat(MAX_TOKEN_BYTES)});
        assert!(matches!(sign_keyed(&key(), &header(), &huge), Err(SignError::TooLarge)));
        assert!(matches!(
            sign_keyed(&key(), &header(), &json!([1])),
            Err(SignError::NotObject)
        ));
    }

    proptest! {
        #[test]
        fn a_strangers_text_is_refused(rest in "[A-Za-z0-9_.=-]{0,60}", any in any::<String>()) {
            let begun = header().0 + &rest;
            prop_assert!(read(&begun).is_err());
            prop_assert!(read(&any).is_err());
        }
    }
}
