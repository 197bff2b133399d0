//! One of a user's `credentials`.

use std::fmt;

use keyward_jose::password::PasswordError;
use keyward_jose::totp::TotpParams;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::number::Number;
use super::{ImportError, otp, password};
use crate::credential::{Credential, Otp};
use crate::secret::Secret;

/// Keycloak's `CredentialRepresentation`, with the fields that were in use until release 8. Its `Debug` shows none of
/// the secret ones.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CredentialRepresentation {
    /// Its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `password`, `otp`, or a kind that is not carried.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What the person calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_label: Option<String>,
    /// When it was made, in milliseconds of Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<i64>,
    /// Hash or secret: a JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_data: Option<String>,
    /// Everything about it that is no secret: a JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_data: Option<String>,
    /// Its place in the user's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// A password in the clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether that password must be changed at the next login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary: Option<bool>,
    /// The user storage that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub federation_link: Option<String>,
    /// Until release 8: the label.
    #[serde(skip_serializing)]
    pub device: Option<String>,
    /// Until release 8: hash or secret.
    #[serde(skip_serializing)]
    pub hashed_salted_value: Option<String>,
    /// Until release 8: the salt.
    #[serde(skip_serializing)]
    pub salt: Option<String>,
    /// Until release 8: rounds.
    #[serde(skip_serializing)]
    pub hash_iterations: Option<i64>,
    /// Until release 8: where a device by counter stands.
    #[serde(skip_serializing)]
    pub counter: Option<i64>,
    /// Until release 8: of hash or code.
    #[serde(skip_serializing)]
    pub algorithm: Option<String>,
    /// Until release 8: of a code.
    #[serde(skip_serializing)]
    pub digits: Option<i64>,
    /// Until release 8: of a code, in seconds.
    #[serde(skip_serializing)]
    pub period: Option<i64>,
    /// Until release 8: parameters of the hash, never used.
    #[serde(skip_serializing)]
    pub config: Option<Map<String, Value>>,
}

/// What a credential is here. Its `Debug` shows the kind alone.
#[derive(Clone, PartialEq, Eq)]
pub enum Imported {
    /// A password's hash as a PHC string, to be compared as it is.
    Password {
        /// The PHC string.
        phc: String,
    },
    /// A password in the clear, to be hashed.
    Clear(Secret),
    /// A one-time password device.
    Otp {
        /// Algorithm, digits and period.
        params: TotpParams,
        /// The shared secret, to be sealed.
        secret: Zeroizing<Vec<u8>>,
    },
}

impl CredentialRepresentation {
    /// Reads it. A `value` counts before everything else, whatever the type, as in Keycloak.
    pub fn import(&self) -> Result<Imported, ImportError> {
        if let Some(value) = self.value.as_deref().filter(|value| !value.is_empty()) {
            return Ok(Imported::Clear(Secret::new(value.to_owned())));
        }
        let kind = self.kind.as_deref().ok_or(ImportError::Missing("type"))?;
        let data = self.credential_data.as_deref().zip(self.secret_data.as_deref());
        match (kind, data) {
            ("password", Some((data, secret))) => password::import(data, secret).map(|phc| Imported::Password { phc }),
            ("password", None) => self.legacy_password().map(|phc| Imported::Password { phc }),
            ("otp", Some((data, secret))) => otp::import(data, secret).map(Imported::from),
            ("otp", None) => Err(ImportError::Missing("secretData")),
            ("totp" | "hotp", None) => self.legacy_otp(kind).map(Imported::from),
            (other, _) => Err(ImportError::kind(other)),
        }
    }

    /// A password's row, as an export holds it.
    pub fn of_password(credential: &Credential) -> Result<Self, PasswordError> {
        let (credential_data, secret_data) = password::export(&credential.phc)?;
        Ok(Self {
            id: Some(credential.id.to_string()),
            kind: Some("password".to_owned()),
            user_label: Some(credential.label.clone()).filter(|label| !label.is_empty()),
            created_date: Some(credential.created_at.millis()),
            credential_data: Some(credential_data),
            secret_data: Some(secret_data),
            ..Self::default()
        })
    }

    /// A device's row with its secret, as an export holds it.
    pub fn of_otp(otp: &Otp, secret: &[u8]) -> Self {
        let (credential_data, secret_data) = otp::export(otp.params, secret);
        Self {
            id: Some(otp.id.to_string()),
            kind: Some("otp".to_owned()),
            user_label: Some(otp.label.clone()).filter(|label| !label.is_empty()),
            created_date: Some(otp.created_at.millis()),
            credential_data: Some(credential_data),
            secret_data: Some(secret_data.to_string()),
            ..Self::default()
        }
    }

    /// What the admin API shows: everything but the secret.
    #[must_use]
    pub fn without_secret(self) -> Self {
        Self {
            secret_data: None,
            ..self
        }
    }

    fn legacy_password(&self) -> Result<String, ImportError> {
        let value = self.legacy_value()?;
        let algorithm = self.algorithm.as_deref().ok_or(ImportError::Missing("algorithm"))?;
        let iterations = self.hash_iterations.ok_or(ImportError::Missing("hashIterations"))?;
        password::import_legacy(algorithm, Number(iterations), self.salt.as_deref(), value)
    }

    fn legacy_otp(&self, kind: &str) -> Result<otp::Device, ImportError> {
        let data = otp::CredentialData {
            sub_type: Some(kind.into()),
            digits: self.digits.map(Number),
            period: self.period.map(Number),
            algorithm: self.algorithm.as_deref().map(Into::into),
            secret_encoding: None,
        };
        otp::import_legacy(&data, self.legacy_value()?)
    }

    fn legacy_value(&self) -> Result<&str, ImportError> {
        match self.hashed_salted_value.as_deref() {
            // A credential of today without its data is more likely than one of release 8 without its hash.
            None => Err(ImportError::Missing("secretData")),
            Some(value) if value.len() > super::MAX_DATA => Err(ImportError::TooLarge("hashedSaltedValue")),
            Some(value) => Ok(value),
        }
    }
}

impl From<otp::Device> for Imported {
    fn from((params, secret): otp::Device) -> Self {
        Self::Otp { params, secret }
    }
}

impl fmt::Debug for CredentialRepresentation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialRepresentation")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password { .. } => "Password([redacted])",
            Self::Clear(_) => "Clear([redacted])",
            Self::Otp { .. } => "Otp([redacted])",
        })
    }
}

#[cfg(test)]
mod tests;
