//! Private keys that others made.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};

use super::signing::{Pair, malformed};
use super::{KeyError, SigningKey};
use crate::alg::KeyType;
use crate::digest::{b64url_encode, sha256};

impl SigningKey {
    /// Reads an unencrypted private key in DER, in each structure that other servers export: PKCS#8 (RFC 5958 §2), for
    /// RSA PKCS#1 as well (RFC 8017 §A.1.2), for P-256 that of SEC 1 (RFC 5915 §3). The public half is computed where
    /// it is not in there.
    pub fn from_der(key_type: KeyType, der: &[u8]) -> Result<Self, KeyError> {
        match (Self::from_pkcs8(key_type, der), key_type) {
            (Err(KeyError::Malformed), KeyType::Rsa2048) => {
                Self::new(Pair::Rsa(RsaKeyPair::from_der(der).map_err(malformed)?))
            }
            (Err(KeyError::Malformed), KeyType::P256) => {
                let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
                Self::new(Pair::P256(pair.map_err(malformed)?))
            }
            (found, _) => found,
        }
    }

    /// The same key under another key ID: the one that tokens out there name, for a key that lived on another server.
    /// RFC 7515 §4.1.4
    #[must_use]
    pub fn with_kid(mut self, kid: String) -> Self {
        self.public_jwk.kid = Some(kid.clone());
        self.kid = kid;
        self
    }

    /// The bits of an RSA key's modulus; `None` for the others.
    pub fn modulus_bits(&self) -> Option<usize> {
        match &self.pair {
            Pair::Rsa(pair) => {
                use aws_lc_rs::signature::KeyPair as _;
                let modulus = pair.public_key().modulus();
                let modulus = modulus.big_endian_without_leading_zero();
                let unused = modulus.first().map_or(0, |top| top.leading_zeros() as usize);
                Some(modulus.len() * 8 - unused)
            }
            Pair::P256(_) | Pair::Ed25519(_) => None,
        }
    }
}

/// The key ID that Keycloak gives to a key without one: the SHA-256 digest of the public key's `SubjectPublicKeyInfo`
/// ([`SigningKey::public_der`]), base64url. It is no thumbprint of RFC 7638 §3, which covers a JWK.
pub fn keycloak_kid(public_der: &[u8]) -> String {
    b64url_encode(&sha256(public_der))
}

#[cfg(test)]
mod tests;
