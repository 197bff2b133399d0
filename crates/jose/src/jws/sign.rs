//! Signing. RFC 7515 §5.1

use std::cell::Cell;

use serde::Serialize;

use super::{HeaderSegment, MAX_TOKEN_BYTES};
use crate::alg::Algorithm;
use crate::digest::b64url_append;
use crate::key::{KeyError, SigningKey};

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The claims could not be written as JSON.
    #[error("the claims could not be written as JSON")]
    Claims(#[source] serde_json::Error),
    /// The claims are not a JSON object. RFC 7519 §4
    #[error("the claims are not a JSON object")]
    NotObject,
    /// The header names another algorithm than the one asked for.
    #[error("the header names another algorithm")]
    HeaderMismatch,
    /// The token would be longer than [`MAX_TOKEN_BYTES`], and our own endpoints would refuse it.
    #[error("the token would be longer than {MAX_TOKEN_BYTES} bytes")]
    TooLarge,
    /// The key does not fit or the library failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

thread_local! {
    /// The JSON text of the claims, kept from one token to the next.
    static JSON: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Makes a compact JWS of `claims`, which must serialise as a JSON object. RFC 7515 §5.1
///
/// The claims go to a buffer of the thread, from there as base64url into the token; the signature is made over the
/// token's own text.
pub fn sign<C: Serialize + ?Sized>(
    key: &SigningKey,
    algorithm: Algorithm,
    header: &HeaderSegment,
    claims: &C,
) -> Result<String, SignError> {
    if header.algorithm() != algorithm {
        return Err(SignError::HeaderMismatch);
    }
    compact(header.as_str(), claims, |signing_input| {
        Ok(key.sign(algorithm, signing_input)?)
    })
}

/// Joins a header segment, the claims and what `signature` makes of the two. RFC 7515 §7.1
pub(super) fn compact<C, S>(
    header: &str,
    claims: &C,
    signature: impl FnOnce(&[u8]) -> Result<S, SignError>,
) -> Result<String, SignError>
where
    C: Serialize + ?Sized,
    S: AsRef<[u8]>,
{
    // Taken, not borrowed: claims that sign something while they are serialised find an empty buffer.
    let mut json = JSON.take();
    json.clear();
    let token = assemble(header, claims, &mut json, signature);
    if json.capacity() <= MAX_TOKEN_BYTES {
        JSON.set(json);
    }
    token
}

fn assemble<C, S>(
    header: &str,
    claims: &C,
    json: &mut Vec<u8>,
    signature: impl FnOnce(&[u8]) -> Result<S, SignError>,
) -> Result<String, SignError>
where
    C: Serialize + ?Sized,
    S: AsRef<[u8]>,
{
    serde_json::to_writer(&mut *json, claims).map_err(SignError::Claims)?;
    if json.first() != Some(&b'{') {
        return Err(SignError::NotObject);
    }
    // 2048 bits of signature are 342 characters of base64url.
    let mut token = String::with_capacity(header.len() + json.len().div_ceil(3) * 4 + 1 + 344);
    token.push_str(header);
    b64url_append(json, &mut token);
    if token.len() > MAX_TOKEN_BYTES {
        return Err(SignError::TooLarge);
    }
    let signature = signature(token.as_bytes())?;
    token.push('.');
    b64url_append(signature.as_ref(), &mut token);
    if token.len() > MAX_TOKEN_BYTES {
        return Err(SignError::TooLarge);
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::alg::KeyType;
    use crate::jws::Unverified;

    fn key() -> SigningKey {
        SigningKey::generate(KeyType::Ed25519).unwrap()
    }

    #[test]
    fn every_algorithm_makes_tokens_that_verify() {
        for key_type in [KeyType::Rsa2048, KeyType::P256, KeyType::Ed25519] {
            let key = SigningKey::generate(key_type).unwrap();
            for algorithm in Algorithm::ALL.into_iter().filter(|a| a.key_type() == key_type) {
                let header = HeaderSegment::new(algorithm, key.kid(), "JWT");
                let token = sign(&key, algorithm, &header, &json!({"sub": "s", "n": 1})).unwrap();
                let unverified = Unverified::parse(&token).unwrap();
                assert_eq!(unverified.kid(), Some(key.kid()));
                let verified = unverified.verify(key.verifying_key()).unwrap();
                assert_eq!(verified.alg(), algorithm);
                assert_eq!(verified.claims::<Value>().unwrap(), json!({"sub": "s", "n": 1}));
            }
        }
    }

    #[test]
    fn the_buffer_does_not_leak_into_the_next_token() {
        let key = key();
        let header = HeaderSegment::new(Algorithm::EdDsa, key.kid(), "JWT");
        let long = sign(&key, Algorithm::EdDsa, &header, &json!({"a": "x".repeat(500)})).unwrap();
        let short = sign(&key, Algorithm::EdDsa, &header, &json!({})).unwrap();
        assert!(long.len() > 700);
        assert_eq!(
            Unverified::parse(&short)
                .unwrap()
                .verify(key.verifying_key())
                .unwrap()
                .payload(),
            b"{}"
        );
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let key = key();
        let header = HeaderSegment::new(Algorithm::EdDsa, key.kid(), "JWT");
        let refused =
            |algorithm, header: &HeaderSegment, claims: &Value| sign(&key, algorithm, header, claims).unwrap_err();
        assert!(matches!(
            refused(Algorithm::EdDsa, &header, &json!([1])),
            SignError::NotObject
        ));
        assert!(matches!(
            refused(Algorithm::Es256, &header, &json!({})),
            SignError::HeaderMismatch
        ));
        let huge = json!({"a": "x".repeat(MAX_TOKEN_BYTES)});
        assert!(matches!(refused(Algorithm::EdDsa, &header, &huge), SignError::TooLarge));
        let es256 = HeaderSegment::new(Algorithm::Es256, key.kid(), "JWT");
        assert!(matches!(
            refused(Algorithm::Es256, &es256, &json!({})),
            SignError::Key(KeyError::AlgorithmMismatch)
        ));
    }
}
