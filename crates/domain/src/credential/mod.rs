//! What a user proves themselves with.

use keyward_jose::totp::TotpParams;

use crate::id::{CredentialId, RealmId, UserId};
use crate::timestamp::Timestamp;

pub mod keycloak;

/// A password's row.
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
    /// What the person calls it; empty when nothing was said.
    pub label: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("id", &self.id)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A one-time password device's row (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otp {
    /// Its row.
    pub id: CredentialId,
    /// Whose it is.
    pub user: UserId,
    /// What the person calls it.
    pub label: String,
    /// Algorithm, digits and period.
    pub params: TotpParams,
    /// The shared secret, sealed, bound to this row.
    pub sealed: Vec<u8>,
    /// The last time step whose code was used: a code works once (RFC 6238 §5.2).
    pub last_step: i64,
    /// When it was set up.
    pub created_at: Timestamp,
}

/// What the sealed secret of a device is bound to, so that a row copied over another does not open.
pub fn otp_binding(realm: RealmId, otp: CredentialId) -> Vec<u8> {
    format!("otp|{realm}|{otp}").into_bytes()
}
