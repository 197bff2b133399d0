//! A claim from something that is known of the moment at which a token is made (Keycloak's notes of the session).

use super::{ClaimPath, Config, Form};

/// A claim from a note.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SessionNote {
    pub(crate) path: ClaimPath,
    pub(crate) note: Note,
    pub(crate) form: Form,
}

/// What is known of the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The `client_id` of a client that gets a token for itself.
    ClientId,
    /// The address that such a client calls from.
    ClientAddress,
    /// When the person proved who they are, in seconds of Unix time.
    AuthTime,
}

impl SessionNote {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self {
            path: ClaimPath::parse(config.text("claim.name")?)?,
            note: match config.text("user.session.note")? {
                "client_id" | "clientId" => Note::ClientId,
                "clientAddress" | "clientHost" => Note::ClientAddress,
                "AUTH_TIME" => Note::AuthTime,
                _ => return None,
            },
            form: Form::parse(config),
        })
    }

    /// Whether it is the claim `auth_time` itself (OIDC Core §2).
    pub(crate) fn is_auth_time(&self) -> bool {
        self.note == Note::AuthTime && matches!(self.path.names(), [name] if name == "auth_time")
    }
}
