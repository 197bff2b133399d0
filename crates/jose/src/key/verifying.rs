//! Public keys.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, VerificationAlgorithm,
};

use super::KeyError;
use crate::alg::{Algorithm, KeyType};
use crate::digest::b64url_decode;
use crate::jwk::Jwk;

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The algorithm needs another sort of key, or the key is bound to another algorithm. RFC 8725 §3.1
    #[error("the algorithm does not fit the key")]
    AlgorithmMismatch,
    /// The signature was not made with this key over this message.
    #[error("the signature is invalid")]
    Invalid,
}

/// A public key, parsed once.
#[derive(Clone)]
pub struct VerifyingKey {
    public: Public,
    /// From the JWK's `alg`: the only algorithm that the owner uses the key with.
    only: Option<Algorithm>,
}

#[derive(Clone)]
enum Public {
    Rsa {
        pkcs1: ParsedPublicKey,
        pss: ParsedPublicKey,
    },
    P256(ParsedPublicKey),
    Ed25519(ParsedPublicKey),
}

impl VerifyingKey {
    /// Parses and checks a public key: an RSA modulus of 2048 to 8192 bits, a point on P-256, 32 octets of Ed25519;
    /// each number in its only permitted spelling. RFC 7518 §6.2.1, §6.3.1, RFC 8037 §2
    ///
    /// [`KeyError::Unsupported`] if its `use` is not `sig` or its `alg` is none of [`Algorithm`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        if jwk
            .public_key_use
            .as_deref()
            .is_some_and(|public_key_use| public_key_use != "sig")
        {
            return Err(KeyError::Unsupported);
        }
        let public = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => rsa(&number(jwk.n.as_deref())?, &number(jwk.e.as_deref())?)?,
            ("EC", Some("P-256")) => {
                let (x, y) = (number(jwk.x.as_deref())?, number(jwk.y.as_deref())?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(KeyError::Malformed);
                }
                Public::P256(parse(
                    &ECDSA_P256_SHA256_FIXED,
                    &[&[4], x.as_slice(), y.as_slice()].concat(),
                )?)
            }
            ("OKP", Some("Ed25519")) => {
                let x = number(jwk.x.as_deref())?;
                if x.len() != 32 {
                    return Err(KeyError::Malformed);
                }
                Public::Ed25519(parse(&ED25519, &x)?)
            }
            _ => return Err(KeyError::Unsupported),
        };
        let mut key = Self { public, only: None };
        if let Some(name) = &jwk.alg {
            let only = Algorithm::parse(name).ok_or(KeyError::Unsupported)?;
            if only.key_type() != key.key_type() {
                return Err(KeyError::AlgorithmMismatch);
            }
            key.only = Some(only);
        }
        Ok(key)
    }

    /// The sort of the key.
    pub fn key_type(&self) -> KeyType {
        match self.public {
            Public::Rsa { .. } => KeyType::Rsa2048,
            Public::P256(_) => KeyType::P256,
            Public::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// Checks the signature of `message`. The algorithm is the caller's claim and must fit what the key itself says.
    /// RFC 8725 §3.1
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        if self.only.is_some_and(|only| only != algorithm) {
            return Err(SignatureError::AlgorithmMismatch);
        }
        let key = match (&self.public, algorithm) {
            (Public::Rsa { pkcs1, .. }, Algorithm::Rs256) => pkcs1,
            (Public::Rsa { pss, .. }, Algorithm::Ps256) => pss,
            (Public::P256(key), Algorithm::Es256) | (Public::Ed25519(key), Algorithm::EdDsa) => key,
            (Public::Rsa { .. } | Public::P256(_) | Public::Ed25519(_), _) => {
                return Err(SignatureError::AlgorithmMismatch);
            }
        };
        key.verify_sig(message, signature).map_err(|_| SignatureError::Invalid)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("key_type", &self.key_type())
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}

fn number(member: Option<&str>) -> Result<Vec<u8>, KeyError> {
    b64url_decode(member.ok_or(KeyError::Malformed)?).map_err(|_| KeyError::Malformed)
}

fn rsa(n: &[u8], e: &[u8]) -> Result<Public, KeyError> {
    // RFC 7518 §6.3.1: the minimum number of octets, so no leading zero.
    let top = n.first().filter(|top| **top != 0).ok_or(KeyError::Malformed)?;
    let bits = n.len().saturating_mul(8).saturating_sub(top.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err(KeyError::Size);
    }
    // By way of DER, because only the library's DER parser checks the modulus and the exponent.
    let der: PublicKeyX509Der<'_> = RsaPublicKeyComponents { n, e }
        .as_der()
        .map_err(|_| KeyError::Malformed)?;
    Ok(Public::Rsa {
        pkcs1: parse(&RSA_PKCS1_2048_8192_SHA256, der.as_ref())?,
        pss: parse(&RSA_PSS_2048_8192_SHA256, der.as_ref())?,
    })
}

fn parse(algorithm: &'static dyn VerificationAlgorithm, bytes: &[u8]) -> Result<ParsedPublicKey, KeyError> {
    ParsedPublicKey::new(algorithm, bytes).map_err(|_| KeyError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::b64url_encode;
    use crate::key::SigningKey;

    const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    fn p256() -> Jwk {
        serde_json::from_str(P256).unwrap()
    }

    fn rsa_key(n: &[u8], e: &[u8]) -> Result<VerifyingKey, KeyError> {
        let mut jwk = Jwk::of_type("RSA");
        jwk.n = Some(b64url_encode(n));
        jwk.e = Some(b64url_encode(e));
        VerifyingKey::from_jwk(&jwk)
    }

    #[test]
    fn a_point_off_the_curve_is_refused() {
        assert!(VerifyingKey::from_jwk(&p256()).is_ok());
        let mut jwk = p256();
        jwk.y = Some(b64url_encode(&[1; 32]));
        assert_eq!(VerifyingKey::from_jwk(&jwk).unwrap_err(), KeyError::Malformed);
        jwk.y = Some(b64url_encode(&[1; 31]));
        assert_eq!(VerifyingKey::from_jwk(&jwk).unwrap_err(), KeyError::Malformed);
        jwk.y = None;
        assert_eq!(VerifyingKey::from_jwk(&jwk).unwrap_err(), KeyError::Malformed);
    }

    #[test]
    fn weak_and_odd_rsa_keys_are_refused() {
        let mut n = vec![0xff; 256];
        assert!(rsa_key(&n, &[1, 0, 1]).is_ok());
        assert_eq!(rsa_key(&n[1..], &[1, 0, 1]).unwrap_err(), KeyError::Size);
        assert_eq!(rsa_key(&vec![0xff; 1025], &[1, 0, 1]).unwrap_err(), KeyError::Size);
        for e in [&[][..], &[0], &[1], &[2], &[0, 1, 0, 1], &[0xff; 6]] {
            assert_eq!(rsa_key(&n, e).unwrap_err(), KeyError::Malformed, "{e:?}");
        }
        n[0] = 0x7f;
        assert_eq!(rsa_key(&n, &[1, 0, 1]).unwrap_err(), KeyError::Size);
        n[0] = 0;
        assert_eq!(rsa_key(&n, &[1, 0, 1]).unwrap_err(), KeyError::Malformed);
        n[0] = 0xff;
        n[255] = 0xfe;
        assert_eq!(rsa_key(&n, &[1, 0, 1]).unwrap_err(), KeyError::Malformed);
    }

    #[test]
    fn the_alg_of_a_jwk_binds_it() {
        let key = SigningKey::generate(KeyType::Rsa2048).unwrap();
        let bound = key.public_jwk().clone().with_algorithm(Algorithm::Ps256);
        let bound = VerifyingKey::from_jwk(&bound).unwrap();
        let rs256 = key.sign(Algorithm::Rs256, b"m").unwrap();
        let ps256 = key.sign(Algorithm::Ps256, b"m").unwrap();
        assert_eq!(bound.verify(Algorithm::Ps256, b"m", &ps256), Ok(()));
        assert_eq!(
            bound.verify(Algorithm::Rs256, b"m", &rs256),
            Err(SignatureError::AlgorithmMismatch)
        );
        assert_eq!(
            key.verifying_key().verify(Algorithm::Ps256, b"m", &rs256),
            Err(SignatureError::Invalid)
        );
        let wrong = p256().with_algorithm(Algorithm::Rs256);
        assert_eq!(VerifyingKey::from_jwk(&wrong).unwrap_err(), KeyError::AlgorithmMismatch);
    }

    #[test]
    fn keys_for_other_ends_are_refused() {
        let unsupported = |change: fn(&mut Jwk)| {
            let mut jwk = p256();
            change(&mut jwk);
            VerifyingKey::from_jwk(&jwk).unwrap_err() == KeyError::Unsupported
        };
        assert!(unsupported(|jwk| jwk.public_key_use = Some("enc".to_owned())));
        assert!(unsupported(|jwk| jwk.alg = Some("ECDH-ES".to_owned())));
        assert!(unsupported(|jwk| jwk.alg = Some("HS256".to_owned())));
        assert!(unsupported(|jwk| jwk.crv = Some("P-384".to_owned())));
        assert!(unsupported(|jwk| jwk.crv = None));
        assert!(unsupported(|jwk| jwk.kty = "oct".to_owned()));
    }
}
