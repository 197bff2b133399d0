//! JWK thumbprints. RFC 7638

use serde::Serialize;

use crate::digest::{b64url_encode, sha256};
use crate::jwk::Jwk;

/// The key type is unknown, or a member that the thumbprint needs is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key lacks what its thumbprint is made of")]
pub struct ThumbprintError;

/// The SHA-256 thumbprint of a public key, base64url. RFC 7638 §3, for OKP keys RFC 8037 §2
///
/// It covers the required members alone: `kid`, `use` and `alg` do not change it. It says nothing about the key being
/// valid; [`crate::VerifyingKey::from_jwk`] does.
pub fn thumbprint(jwk: &Jwk) -> Result<String, ThumbprintError> {
    let needed = |member: &'_ Option<String>| member.clone().ok_or(ThumbprintError);
    // The order of the fields below is the lexicographic order that RFC 7638 §3.3 asks for.
    let json = match jwk.kty.as_str() {
        "RSA" => serde_json::to_vec(&Rsa {
            e: needed(&jwk.e)?,
            kty: "RSA",
            n: needed(&jwk.n)?,
        }),
        "EC" => serde_json::to_vec(&Ec {
            crv: needed(&jwk.crv)?,
            kty: "EC",
            x: needed(&jwk.x)?,
            y: needed(&jwk.y)?,
        }),
        "OKP" => serde_json::to_vec(&Okp {
            crv: needed(&jwk.crv)?,
            kty: "OKP",
            x: needed(&jwk.x)?,
        }),
        _ => return Err(ThumbprintError),
    };
    Ok(b64url_encode(&sha256(&json.map_err(|_| ThumbprintError)?)))
}

#[derive(Serialize)]
struct Rsa {
    e: String,
    kty: &'static str,
    n: String,
}

#[derive(Serialize)]
struct Ec {
    crv: String,
    kty: &'static str,
    x: String,
    y: String,
}

#[derive(Serialize)]
struct Okp {
    crv: String,
    kty: &'static str,
    x: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1
    #[test]
    fn rsa_vector() {
        let jwk: Jwk = serde_json::from_str(r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#).unwrap();
        assert_eq!(thumbprint(&jwk).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    /// RFC 8037 §A.3
    #[test]
    fn ed25519_vector() {
        let jwk: Jwk =
            serde_json::from_str(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)
                .unwrap();
        assert_eq!(thumbprint(&jwk).unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn keys_without_their_members_have_none() {
        for json in [
            r#"{"kty":"RSA","e":"AQAB"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AA"}"#,
            r#"{"kty":"AKP"}"#,
        ] {
            let jwk: Jwk = serde_json::from_str(json).unwrap();
            assert_eq!(thumbprint(&jwk), Err(ThumbprintError));
        }
    }
}
