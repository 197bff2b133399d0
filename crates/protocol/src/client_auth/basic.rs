//! `client_secret_basic`. RFC 6749 §2.3.1

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ClientAuthError, Secret};
use crate::form;

/// The longest credentials that are read, in bytes of base64.
const MAX_CREDENTIALS_BYTES: usize = 8 * 1024;

/// The two halves of HTTP Basic credentials, as sent and form-decoded.
///
/// RFC 6749 §2.3.1 has clients form-encode each half, and many do not. Only a client registered for it is compared
/// by what was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBasic {
    sent_client_id: String,
    sent_secret: String,
    /// None where decoding changes nothing.
    client_id: Option<String>,
    secret: DecodedSecret,
}

#[derive(Clone, PartialEq, Eq)]
enum DecodedSecret {
    AsSent,
    Decoded(String),
    NotFormEncoded,
}

impl SecretBasic {
    /// Decodes base64, splits at the first colon, then form-decodes each half. RFC 6749 §2.3.1, RFC 7617 §2
    pub(super) fn parse(credentials: &[u8]) -> Result<Self, ClientAuthError> {
        if credentials.len() > MAX_CREDENTIALS_BYTES {
            return Err(ClientAuthError::MalformedBasic);
        }
        let mut sent = STANDARD
            .decode(credentials)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or(ClientAuthError::MalformedBasic)?;
        let colon = sent.find(':').ok_or(ClientAuthError::MalformedBasic)?;
        let sent_secret = sent.split_off(colon + 1);
        sent.truncate(colon);
        let client_id = match form::decode(&sent) {
            Ok(Cow::Borrowed(_)) => None,
            Ok(Cow::Owned(decoded)) => Some(decoded),
            Err(_) => return Err(ClientAuthError::MalformedBasic),
        };
        if sent.is_empty() || sent_secret.contains('\0') {
            return Err(ClientAuthError::MalformedBasic);
        }
        let secret = match form::decode(&sent_secret) {
            Ok(Cow::Borrowed(_)) => DecodedSecret::AsSent,
            Ok(Cow::Owned(decoded)) => DecodedSecret::Decoded(decoded),
            Err(_) => DecodedSecret::NotFormEncoded,
        };
        Ok(Self {
            sent_client_id: sent,
            sent_secret,
            client_id,
            secret,
        })
    }

    /// The client identifier, form-decoded.
    pub fn client_id(&self) -> &str {
        self.client_id.as_deref().unwrap_or(&self.sent_client_id)
    }

    /// The secret, form-decoded; none when what was sent is no form encoding, and so can only be compared raw.
    pub fn secret(&self) -> Option<Secret<'_>> {
        match &self.secret {
            DecodedSecret::AsSent => Some(Secret(&self.sent_secret)),
            DecodedSecret::Decoded(secret) => Some(Secret(secret)),
            DecodedSecret::NotFormEncoded => None,
        }
    }

    /// The client identifier as sent, for clients known to skip the encoding.
    pub fn raw_client_id(&self) -> &str {
        &self.sent_client_id
    }

    /// The secret as sent, for clients known to skip the encoding.
    pub fn raw_secret(&self) -> Secret<'_> {
        Secret(&self.sent_secret)
    }
}

impl fmt::Debug for SecretBasic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretBasic")
            .field("client_id", &self.client_id())
            .field("secret", &self.secret())
            .finish()
    }
}
