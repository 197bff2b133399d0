//! Sealing at rest: AES-256-GCM under a key that lives outside the database.

mod key;
mod sealer;

pub use key::{SealingKey, SealingKeyId};
pub use sealer::{Sealer, associated_data, key_id_of};

/// Why a sealed value stays closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Sealed under a key that was not given: the wrong sealing key, or an older one that is missing.
    #[error("sealed under the key {id}, which is not among the sealing keys given")]
    UnknownKey {
        /// The key that is needed.
        id: SealingKeyId,
    },
    /// Changed since it was sealed, or taken from another row.
    #[error("the sealed value was changed or belongs to another row")]
    Tampered,
    /// Not a sealed value, or not a sealing key.
    #[error("malformed sealed value or sealing key")]
    Malformed,
    /// The crypto library failed at a step that has no reason to fail.
    #[error("the crypto library failed")]
    Library,
}
