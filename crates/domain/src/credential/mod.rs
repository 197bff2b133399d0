//! What a user proves themselves with.

use crate::id::{CredentialId, UserId};
use crate::timestamp::Timestamp;

/// A credential's row. Only passwords for now.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its row.
    pub id: CredentialId,
    /// Whose it is.
    pub user: UserId,
    /// The hash as a PHC string, with the algorithm, its parameters and the salt in it.
    pub phc: String,
    /// When it was set.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("id", &self.id)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
