//! Credentials and keys as Keycloak's realm exports, its admin API and its import have them.
//!
//! What comes in keeps working: passwords are compared by the hashes they have, one-time codes by the secrets in
//! people's apps, tokens by the keys that signed them. What goes out does the same in a Keycloak.
//!
//! No error, and no `Debug`, shows a hash, a secret or a private key.

mod error;
pub mod key;
mod number;
mod otp;
mod password;
mod representation;

pub use error::ImportError;
pub use representation::{CredentialRepresentation, Imported};

/// The longest text of `credentialData` and `secretData`, in bytes.
const MAX_DATA: usize = 8192;

/// Reads one of the JSON texts inside a credential.
fn read<'de, T: serde::Deserialize<'de>>(field: &'static str, text: &'de str) -> Result<T, ImportError> {
    if text.len() > MAX_DATA {
        return Err(ImportError::TooLarge(field));
    }
    // The library's own words would quote what it read.
    serde_json::from_str(text).map_err(|_| ImportError::Malformed(field))
}

/// Writes one of them: plain structures of texts and numbers, for which writing cannot fail.
fn write(data: &impl serde::Serialize) -> String {
    serde_json::to_string(data).unwrap_or_default()
}
