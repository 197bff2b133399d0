//! Checking what an operator wants a client to be.

use super::redirect_uri::{self, RedirectUriError};
use super::{ClientSettings, ClientType, Pkce, RefreshRotation};

/// A client that may be created: every rule below holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientSpec {
    client_id: String,
    settings: ClientSettings,
}

/// Why a client cannot be created so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientSpecError {
    /// `client_id` is empty, too long, or has characters that a URL or a Basic header would need to encode.
    #[error("a client_id has 1 to 255 visible ASCII characters without quotes and backslashes")]
    ClientId,
    /// A public client cannot prove who it is (RFC 6749 §4.4).
    #[error("a public client cannot have a service account")]
    PublicServiceAccount,
    /// A public client has nothing else that binds a code to it (OAuth 2.1 §7.5.1).
    #[error("a public client must use PKCE")]
    PublicWithoutPkce,
    /// A stolen refresh token of a public client would work unseen (RFC 9700 §4.14.2).
    #[error("the refresh tokens of a public client rotate")]
    PublicWithoutRotation,
    /// A redirect URI that would be dangerous.
    #[error(transparent)]
    RedirectUri(#[from] RedirectUriError),
    /// A list is too long.
    #[error("{0} has more than 200 entries")]
    TooMany(&'static str),
}

impl ClientSpec {
    /// Checks a description.
    pub fn parse(client_id: &str, settings: ClientSettings) -> Result<Self, ClientSpecError> {
        // RFC 6749 §A.1 allows any visible character; quotes and backslashes would need escaping in logs
        // and challenges, and buy nothing.
        let visible = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if client_id.is_empty() || client_id.len() > 255 || !client_id.bytes().all(visible) {
            return Err(ClientSpecError::ClientId);
        }
        if settings.client_type == ClientType::Public && settings.service_account {
            return Err(ClientSpecError::PublicServiceAccount);
        }
        if settings.client_type == ClientType::Public {
            if settings.pkce == Pkce::Optional {
                return Err(ClientSpecError::PublicWithoutPkce);
            }
            if settings.refresh_rotation == RefreshRotation::Never {
                return Err(ClientSpecError::PublicWithoutRotation);
            }
        }
        for uri in &settings.redirect_uris {
            redirect_uri::check(uri, settings.legacy_wildcard)?;
        }
        for uri in settings.post_logout_redirect_uris.iter().filter(|uri| *uri != "+") {
            redirect_uri::check(uri, settings.legacy_wildcard)?;
        }
        let lists = [
            ("redirect_uris", settings.redirect_uris.len()),
            ("post_logout_redirect_uris", settings.post_logout_redirect_uris.len()),
            ("web_origins", settings.web_origins.len()),
            ("default_scopes", settings.default_scopes.len()),
            ("optional_scopes", settings.optional_scopes.len()),
            ("mappers", settings.mappers.len()),
        ];
        if let Some((name, _)) = lists.into_iter().find(|(_, length)| *length > 200) {
            return Err(ClientSpecError::TooMany(name));
        }
        Ok(Self {
            client_id: client_id.to_owned(),
            settings,
        })
    }

    /// `client_id`.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Everything else.
    pub fn settings(&self) -> &ClientSettings {
        &self.settings
    }

    /// Takes it apart.
    pub fn into_parts(self) -> (String, ClientSettings) {
        (self.client_id, self.settings)
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientSettings, ClientSpec, ClientSpecError, ClientType};

    #[test]
    fn a_public_client_has_no_service_account() {
        let settings = ClientSettings {
            client_type: ClientType::Public,
            service_account: true,
            ..ClientSettings::default()
        };
        assert_eq!(
            ClientSpec::parse("spa", settings),
            Err(ClientSpecError::PublicServiceAccount)
        );
    }

    #[test]
    fn client_ids_are_visible_ascii() {
        for bad in ["", "a b", "ü", "a\"b", "a\nb"] {
            assert_eq!(
                ClientSpec::parse(bad, ClientSettings::default()),
                Err(ClientSpecError::ClientId),
                "{bad:?}"
            );
        }
        assert!(ClientSpec::parse("https://app.example.com/client", ClientSettings::default()).is_ok());
    }
}
