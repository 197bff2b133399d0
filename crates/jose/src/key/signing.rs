//! Private keys.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use zeroize::Zeroizing;

use super::{KeyError, VerifyingKey};
use crate::alg::{Algorithm, KeyType};
use crate::digest::b64url_encode;
use crate::jwk::Jwk;

/// A private key with its public half, parsed once. Share it behind an `Arc`. Its `Debug` shows the `kid` alone.
pub struct SigningKey {
    pub(super) pair: Pair,
    pub(super) kid: String,
    pub(super) public_jwk: Jwk,
    public_der: Vec<u8>,
    verifying_key: VerifyingKey,
}

pub(super) enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// Makes a new key with the system's random numbers. An RSA key takes tens of milliseconds, now and then many times
    /// that: never on the way to an answer.
    pub fn generate(key_type: KeyType) -> Result<Self, KeyError> {
        Self::new(match key_type {
            KeyType::Rsa2048 => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).map_err(library)?),
            KeyType::P256 => Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(library)?),
            KeyType::Ed25519 => Pair::Ed25519(Ed25519KeyPair::generate().map_err(library)?),
        })
    }

    /// Reads an unencrypted PKCS#8 document of the given type. RSA keys may have 2048 to 8192 bits. RFC 5958 §2
    pub fn from_pkcs8(key_type: KeyType, pkcs8: &[u8]) -> Result<Self, KeyError> {
        Self::new(match key_type {
            KeyType::Rsa2048 => Pair::Rsa(RsaKeyPair::from_pkcs8(pkcs8).map_err(malformed)?),
            KeyType::P256 => {
                Pair::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(malformed)?)
            }
            KeyType::Ed25519 => Pair::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8).map_err(malformed)?),
        })
    }

    /// The private key as an unencrypted PKCS#8 document, version 1: to be sealed at once. RFC 5208 §5
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        Ok(Zeroizing::new(match &self.pair {
            Pair::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair)
                .map_err(library)?
                .as_ref()
                .to_vec(),
            Pair::P256(pair) => pair.to_pkcs8v1().map_err(library)?.as_ref().to_vec(),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map_err(library)?.as_ref().to_vec(),
        }))
    }

    /// The key ID: the SHA-256 thumbprint of the public key (RFC 7638 §3), unless [`SigningKey::with_kid`] gave another.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as JSON, with `kid` and `use` but without `alg`: an RSA key serves two algorithms, and
    /// [`Jwk::with_algorithm`] names the one that a JWK Set promises.
    pub fn public_jwk(&self) -> &Jwk {
        &self.public_jwk
    }

    /// The public key as a DER `SubjectPublicKeyInfo`. RFC 5280 §4.1.2.7
    pub fn public_der(&self) -> &[u8] {
        &self.public_der
    }

    /// The public key, ready to verify.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// The sort of the key.
    pub fn key_type(&self) -> KeyType {
        match self.pair {
            Pair::Rsa(_) => KeyType::Rsa2048,
            Pair::P256(_) => KeyType::P256,
            Pair::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// Signs `message` and returns the signature as a JWS carries it: for ES256 the two numbers one after the other,
    /// 64 octets. RFC 7518 §3.4
    ///
    /// [`KeyError::AlgorithmMismatch`] if the algorithm needs another sort of key.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        // The library draws its own random numbers and ignores this value.
        let rng = SystemRandom::new();
        let rsa = |pair: &RsaKeyPair, encoding: &'static dyn RsaEncoding| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &rng, message, &mut signature).map_err(library)?;
            Ok(signature)
        };
        match (&self.pair, algorithm) {
            (Pair::Rsa(pair), Algorithm::Rs256) => rsa(pair, &RSA_PKCS1_SHA256),
            (Pair::Rsa(pair), Algorithm::Ps256) => rsa(pair, &RSA_PSS_SHA256),
            (Pair::P256(pair), Algorithm::Es256) => Ok(pair.sign(&rng, message).map_err(library)?.as_ref().to_vec()),
            (Pair::Ed25519(pair), Algorithm::EdDsa) => Ok(pair.try_sign(message).map_err(library)?.as_ref().to_vec()),
            (Pair::Rsa(_) | Pair::P256(_) | Pair::Ed25519(_), _) => Err(KeyError::AlgorithmMismatch),
        }
    }

    pub(super) fn new(pair: Pair) -> Result<Self, KeyError> {
        let mut public_jwk = pair.public_jwk()?;
        let public_der = pair.public_der()?;
        let kid = public_jwk.thumbprint().map_err(|_| KeyError::Malformed)?;
        public_jwk.kid = Some(kid.clone());
        public_jwk.public_key_use = Some("sig".to_owned());
        let verifying_key = VerifyingKey::from_jwk(&public_jwk)?;
        Ok(Self {
            pair,
            kid,
            public_jwk,
            public_der,
            verifying_key,
        })
    }
}

impl Pair {
    fn public_jwk(&self) -> Result<Jwk, KeyError> {
        match self {
            Self::Rsa(pair) => {
                let public = pair.public_key();
                let mut jwk = Jwk::of_type("RSA");
                jwk.n = Some(b64url_encode(public.modulus().big_endian_without_leading_zero()));
                jwk.e = Some(b64url_encode(public.exponent().big_endian_without_leading_zero()));
                Ok(jwk)
            }
            Self::P256(pair) => {
                // The uncompressed point: 0x04, x, y. SEC 1 §2.3.3
                let point = pair.public_key().as_ref();
                let coordinates = point.strip_prefix(&[4]).ok_or(KeyError::Library)?;
                let (x, y) = coordinates.split_at_checked(32).ok_or(KeyError::Library)?;
                let mut jwk = Jwk::of_type("EC");
                jwk.crv = Some("P-256".to_owned());
                jwk.x = Some(b64url_encode(x));
                jwk.y = Some(b64url_encode(y));
                Ok(jwk)
            }
            Self::Ed25519(pair) => {
                let mut jwk = Jwk::of_type("OKP");
                jwk.crv = Some("Ed25519".to_owned());
                jwk.x = Some(b64url_encode(pair.public_key().as_ref()));
                Ok(jwk)
            }
        }
    }

    fn public_der(&self) -> Result<Vec<u8>, KeyError> {
        let der = match self {
            Self::Rsa(pair) => pair.public_key().as_der(),
            Self::P256(pair) => pair.public_key().as_der(),
            Self::Ed25519(pair) => pair.public_key().as_der(),
        };
        Ok(der.map_err(library)?.as_ref().to_vec())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

pub(super) fn library(_: aws_lc_rs::error::Unspecified) -> KeyError {
    KeyError::Library
}

/// The library tells a modulus of the wrong size only by the text of its error.
pub(super) fn malformed(error: aws_lc_rs::error::KeyRejected) -> KeyError {
    match error.to_string().as_str() {
        "TooSmall" | "TooLarge" => KeyError::Size,
        _ => KeyError::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::b64url_decode;
    use crate::key::SignatureError;

    const TYPES: [KeyType; 3] = [KeyType::Rsa2048, KeyType::P256, KeyType::Ed25519];

    #[test]
    fn each_algorithm_signs_with_its_key_and_no_other() {
        for key_type in TYPES {
            let key = SigningKey::generate(key_type).unwrap();
            assert_eq!(key.key_type(), key_type);
            assert_eq!(key.verifying_key().key_type(), key_type);
            for algorithm in Algorithm::ALL {
                let signature = key.sign(algorithm, b"message");
                if algorithm.key_type() != key_type {
                    assert_eq!(signature, Err(KeyError::AlgorithmMismatch));
                    continue;
                }
                let signature = signature.unwrap();
                let verify = |message: &[u8]| key.verifying_key().verify(algorithm, message, &signature);
                assert_eq!(verify(b"message"), Ok(()));
                assert_eq!(verify(b"another"), Err(SignatureError::Invalid));
            }
        }
    }

    #[test]
    fn pkcs8_brings_the_same_key_back() {
        for key_type in TYPES {
            let key = SigningKey::generate(key_type).unwrap();
            let pkcs8 = key.to_pkcs8().unwrap();
            let again = SigningKey::from_pkcs8(key_type, &pkcs8).unwrap();
            assert_eq!(again.kid(), key.kid());
            assert_eq!(again.public_jwk(), key.public_jwk());
            assert_eq!(again.public_der(), key.public_der());
            for other in TYPES.into_iter().filter(|other| *other != key_type) {
                assert!(SigningKey::from_pkcs8(other, &pkcs8).is_err());
            }
            assert_eq!(
                SigningKey::from_pkcs8(key_type, &pkcs8[1..]).unwrap_err(),
                KeyError::Malformed
            );
        }
    }

    /// A throw-away RSA key of 1024 bits.
    #[test]
    fn a_weak_rsa_key_is_refused_by_its_size() {
        let pkcs8 = b64url_decode("MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAM8sQsgmVMHNb4-pgPCd9blwxXEs7Zwl3k8saB6by1zDBxvg1U-cTitUbRBsF1x05WMaSZCKEBFK50SRHI6Y3apXPMJBC9NrcOogEwLJgcNi3_swEB9kg8O63bM4OLGDzCYBvCmiEPj8f2p70yXjZzyrIg3BMUjyWCwYklbmMxHTAgMBAAECgYEAowfMod7wMfathRs5maBkf4LMDUzyyz9Nm3ZxlSy6swvSq1CZ7GUvao-sqBC3rY1b-kn0fCb5j_Im3mFnXJvVSsxG_rcyE5mi-tVLQ0fcHHe6kNMmo1K_IccrO9X1f9H0ogja85ZXKdYW-_E-2KQIa6mAAk-AmFdUHgIrp5KKHbkCQQD6yVjtXwZ7QAPgfCIp76Aeiv1U1ZCdoPUDntyqcDhYfLQhlJINYHnnNABN_X1i32EN9b0jRvQ2KuQmo4d-pCgFAkEA03rOvfi-SVLibMUNnCdec5j1bd4-LVoqUmo7YNvUExv_6dRJazU3-FEMbk0PFdj7vsozXMfEwR5bqjoXz6Gx9wJAXdktYx71YPgSu1YYvtLCe8uNg8qr5KEQL3uqnkmCfHKmQg7EHSdmVwQZvRXIb1CilEPKtMHfr8mbOW5mzRiHNQJAPeXeCUB7AZ8e4tMyTpg_TvpgK443CLMxW_n38zukcQtq9hfKfXSQM0AVsVsgpTZjSM6KBgf6kMO_9K0YNw-OtQJBAMxSGwBhoYaM0oa7y085L0Z_mdOr-v8fH45HYuwQ4nUziMrL35p4DiZt-dB-t82-45MTotkyfzZgNwol__q9PWA").unwrap();
        assert_eq!(
            SigningKey::from_pkcs8(KeyType::Rsa2048, &pkcs8).unwrap_err(),
            KeyError::Size
        );
    }

    #[test]
    fn debug_shows_the_kid_alone() {
        let key = SigningKey::generate(KeyType::Ed25519).unwrap();
        assert_eq!(
            format!("{key:?}"),
            format!("SigningKey {{ kid: \"{}\", .. }}", key.kid())
        );
        assert_eq!(key.public_jwk().kid.as_deref(), Some(key.kid()));
    }

    /// RFC 8037 §A.1, §A.3 and §A.4
    #[test]
    fn ed25519_vector() {
        let mut pkcs8 = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        pkcs8.extend(b64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap());
        let key = SigningKey::from_pkcs8(KeyType::Ed25519, &pkcs8).unwrap();
        assert_eq!(
            key.public_jwk().x.as_deref(),
            Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        );
        assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let signature = key.sign(
            Algorithm::EdDsa,
            b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        );
        assert_eq!(
            b64url_encode(&signature.unwrap()),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
        assert_eq!(*key.to_pkcs8().unwrap(), pkcs8);
    }
}
