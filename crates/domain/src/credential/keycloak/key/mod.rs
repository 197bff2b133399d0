//! Keys of a realm: Keycloak's components of the type `org.keycloak.keys.KeyProvider`.

use std::collections::BTreeMap;
use std::fmt;

use keyward_jose::{Algorithm, KeyType, SigningKey};
use zeroize::Zeroizing;

mod config;
mod export;
mod import;

pub use export::{KeyComponent, export, export_secret};
pub use import::import;

/// What a component is configured with: several values each, of which the first counts.
pub type Config = BTreeMap<String, Vec<String>>;

/// A key that came in a component. Its `Debug` shows no secret.
#[derive(Debug)]
pub struct ImportedKey {
    /// The key ID that tokens name.
    pub kid: String,
    /// The highest among the active keys of an algorithm signs.
    pub priority: i64,
    /// Whether it signs, only checks, or neither.
    pub status: KeyStatus,
    /// The key itself.
    pub material: KeyMaterial,
}

/// Where a key stands in Keycloak, by its words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// Signs and checks.
    Active,
    /// Checks what it signed before.
    Passive,
    /// Not used.
    Disabled,
}

/// A key and what it is for.
pub enum KeyMaterial {
    /// Signs tokens that others read. It has the component's key ID.
    Signing {
        /// What it signs with.
        algorithm: Algorithm,
        /// The key.
        key: Box<SigningKey>,
        /// The certificate in DER, for RSA keys that have one.
        certificate: Option<Vec<u8>>,
    },
    /// Decrypts what others encrypted, which nothing here does: kept for the way back.
    Encryption {
        /// `RSA-OAEP`, for example.
        algorithm: String,
        /// The private key in PKCS#8.
        pkcs8: Zeroizing<Vec<u8>>,
        /// The public key as a DER `SubjectPublicKeyInfo`.
        public_der: Vec<u8>,
        /// The certificate in DER.
        certificate: Option<Vec<u8>>,
    },
    /// What only the server itself reads.
    Secret {
        /// `HS256`, `HS384` or `HS512`, or `AES`.
        algorithm: String,
        /// The key.
        bytes: Zeroizing<Vec<u8>>,
    },
}

impl fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, algorithm) = match self {
            Self::Signing { algorithm, .. } => ("Signing", algorithm.name()),
            Self::Encryption { algorithm, .. } => ("Encryption", algorithm.as_str()),
            Self::Secret { algorithm, .. } => ("Secret", algorithm.as_str()),
        };
        f.debug_struct(name)
            .field("algorithm", &algorithm)
            .finish_non_exhaustive()
    }
}

/// What an asymmetric key's component calls private key, public key and curve.
struct Names {
    provider: &'static str,
    key_type: KeyType,
    private: &'static str,
    public: &'static str,
    curve: &'static str,
    /// The one curve of that sort that is used here.
    curve_name: &'static str,
    algorithm: Algorithm,
}

const ECDSA: Names = Names {
    provider: "ecdsa-generated",
    key_type: KeyType::P256,
    private: "ecdsaPrivateKey",
    public: "ecdsaPublicKey",
    curve: "ecdsaEllipticCurveKey",
    curve_name: "P-256",
    algorithm: Algorithm::Es256,
};

const EDDSA: Names = Names {
    provider: "eddsa-generated",
    key_type: KeyType::Ed25519,
    private: "eddsaPrivateKey",
    public: "eddsaPublicKey",
    curve: "eddsaEllipticCurveKey",
    curve_name: "Ed25519",
    algorithm: Algorithm::EdDsa,
};

#[cfg(test)]
mod tests;
