//! Why a credential or a key is not taken.

/// Why a credential or a key of a realm file is not taken. The field is Keycloak's name for it; its content is not
/// told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// A kind that nothing here can use, by Keycloak's name for it: a WebAuthn key, a key for encryption.
    #[error("the kind {0} is not carried")]
    Kind(String),
    /// A counter-based one-time password device (RFC 4226): the next code depends on how often it was used, and only
    /// time-based ones (RFC 6238) are checked here.
    #[error("a one-time password device by counter (HOTP) is not carried, only one by time (TOTP)")]
    Hotp,
    /// An algorithm that nothing here has, such as the password hash of a plug-in.
    #[error("the algorithm {0} is not supported")]
    Algorithm(String),
    /// A field that must be there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field that does not hold what belongs there.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// A field that is too long to be read.
    #[error("{0} is too large")]
    TooLarge(&'static str),
    /// A field whose value is beyond what is allowed: rounds or memory that would take the server's time, an RSA key
    /// that is too short.
    #[error("{0} is beyond the limits")]
    Limits(&'static str),
    /// A public key or a certificate that is not the private key's.
    #[error("{0} does not belong to the private key")]
    Mismatch(&'static str),
}

impl ImportError {
    /// Whether the file is sound and asks for what is not offered: an import leaves that out and says so. Anything else
    /// is a fault in the file.
    pub const fn is_left_out(&self) -> bool {
        match self {
            Self::Kind(_) | Self::Hotp | Self::Algorithm(_) => true,
            Self::Missing(_) | Self::Malformed(_) | Self::TooLarge(_) | Self::Limits(_) | Self::Mismatch(_) => false,
        }
    }

    pub(super) fn kind(name: &str) -> Self {
        Self::Kind(shown(name))
    }

    pub(super) fn algorithm(name: &str) -> Self {
        Self::Algorithm(shown(name))
    }
}

/// A name from a file, if it looks like one: a secret in the wrong place must not be told.
fn shown(name: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    if (1..=32).contains(&name.len()) && name.chars().all(is_name) {
        name.to_owned()
    } else {
        "(of an unreadable name)".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_name_is_told() {
        assert_eq!(
            ImportError::algorithm("pbkdf2-sha3.v1").to_string(),
            "the algorithm pbkdf2-sha3.v1 is not supported"
        );
        assert_eq!(
            ImportError::kind("webauthn").to_string(),
            "the kind webauthn is not carried"
        );
        for text in ["", "a b", "\u{1b}[31m", "2b$12$R9h/cIPz0gi.URNNX3kh2O", &"a".repeat(33)] {
            assert_eq!(
                ImportError::algorithm(text).to_string(),
                "the algorithm (of an unreadable name) is not supported",
                "{text:?}"
            );
        }
    }
}
