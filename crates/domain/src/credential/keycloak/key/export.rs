//! From a key to a component.

use keyward_jose::digest::{b64_encode, b64url_encode};
use keyward_jose::{Algorithm, KeyError, KeyType, SigningKey};

use super::{Config, ECDSA, EDDSA, KeyStatus, Names};
use crate::timestamp::Timestamp;

/// A component as a realm file holds it, without id and name. Its `Debug` shows no key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyComponent {
    /// `providerId`.
    pub provider: &'static str,
    /// `config`, the private key in it.
    pub config: Config,
}

impl std::fmt::Debug for KeyComponent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyComponent")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// A signing key as a component that [`super::import`] and Keycloak's import both read. The certificate of an RSA key
/// carries the realm's name and begins when the key was published, so that each export of a key is the same.
///
/// Keycloak 26.7 takes the key ID of RSA keys as it is written here. For the other sorts it computes its own
/// ([`keyward_jose::key::keycloak_kid`]), so that tokens signed before the move are not found there unless the key came
/// from a Keycloak.
pub fn export(
    key: &SigningKey,
    algorithm: Algorithm,
    (realm, published_at): (&str, Timestamp),
    (priority, status): (i64, KeyStatus),
) -> Result<KeyComponent, KeyError> {
    if algorithm.key_type() != key.key_type() {
        return Err(KeyError::AlgorithmMismatch);
    }
    let mut config = placed(priority, status);
    let mut set = |name: &str, value: String| config.insert(name.to_owned(), vec![value]);
    let private = b64_encode(&key.to_pkcs8()?);
    set("kid", key.kid().to_owned());
    let provider = match key.key_type() {
        KeyType::Rsa2048 => {
            // A Keycloak makes a new key when there is no certificate, or when the size is not the one it is told.
            let bits = key.modulus_bits().ok_or(KeyError::Library)?;
            let certificate = key.self_signed_certificate(realm, published_at.secs())?;
            set("privateKey", private);
            set("certificate", b64_encode(&certificate.der));
            set("keySize", bits.to_string());
            set("keyUse", "SIG".to_owned());
            set("algorithm", algorithm.name().to_owned());
            "rsa-generated"
        }
        KeyType::P256 => {
            curve(key, private, &ECDSA, &mut set);
            ECDSA.provider
        }
        KeyType::Ed25519 => {
            curve(key, private, &EDDSA, &mut set);
            EDDSA.provider
        }
    };
    Ok(KeyComponent { provider, config })
}

/// A key of the server's own as a component: `algorithm` is `HS256`, for example, or `AES`.
pub fn export_secret(kid: &str, algorithm: &str, bytes: &[u8], (priority, status): (i64, KeyStatus)) -> KeyComponent {
    let mut config = placed(priority, status);
    let mut set = |name: &str, value: String| config.insert(name.to_owned(), vec![value]);
    set("kid", kid.to_owned());
    set("secret", b64url_encode(bytes));
    set("secretSize", bytes.len().to_string());
    let provider = if algorithm == "AES" {
        "aes-generated"
    } else {
        set("algorithm", algorithm.to_owned());
        "hmac-generated"
    };
    KeyComponent { provider, config }
}

fn curve(key: &SigningKey, private: String, names: &Names, set: &mut impl FnMut(&str, String) -> Option<Vec<String>>) {
    set(names.private, private);
    set(names.public, b64_encode(key.public_der()));
    set(names.curve, names.curve_name.to_owned());
}

fn placed(priority: i64, status: KeyStatus) -> Config {
    let (enabled, active) = match status {
        KeyStatus::Active => (true, true),
        KeyStatus::Passive => (true, false),
        KeyStatus::Disabled => (false, false),
    };
    let fields = [
        ("priority", priority.to_string()),
        ("enabled", enabled.to_string()),
        ("active", active.to_string()),
    ];
    fields.map(|(name, value)| (name.to_owned(), vec![value])).into()
}
