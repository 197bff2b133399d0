//! Checking what an operator wants a client to be.

use super::redirect_uri::{self, RedirectUriError};
use super::{ClientSettings, ClientType, Pkce, RefreshRotation};
use crate::realm::RealmSettings;

mod carried;

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
    /// A public client has nothing else that binds a code to it (OAuth 2.1 §7.5.1), and its realm insists.
    #[error("a public client must use PKCE")]
    PublicWithoutPkce,
    /// A stolen refresh token of a public client would work unseen (RFC 9700 §4.14.2), and its realm insists.
    #[error("the refresh tokens of a public client rotate")]
    PublicWithoutRotation,
    /// A redirect URI that would be dangerous.
    #[error(transparent)]
    RedirectUri(#[from] RedirectUriError),
    /// `*` would let every page of the web read the client's tokens.
    #[error("a web origin is named: `*` is honoured for clients moved from Keycloak only")]
    AnyOrigin,
    /// A list is too long.
    #[error("{0} has too many entries")]
    TooMany(&'static str),
}

impl ClientSpec {
    /// Checks the description of a client of a realm.
    pub fn parse(client_id: &str, settings: ClientSettings, realm: &RealmSettings) -> Result<Self, ClientSpecError> {
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
            if settings.pkce == Pkce::Optional && realm.pkce_for_public_clients {
                return Err(ClientSpecError::PublicWithoutPkce);
            }
            if settings.refresh_rotation == RefreshRotation::Never && !realm.public_refresh_tokens_stay {
                return Err(ClientSpecError::PublicWithoutRotation);
            }
        }
        for uri in &settings.redirect_uris {
            redirect_uri::check(uri, settings.legacy_wildcard)?;
        }
        for uri in settings.post_logout_redirect_uris.iter().filter(|uri| *uri != "+") {
            redirect_uri::check(uri, settings.legacy_wildcard)?;
        }
        if settings.web_origins.iter().any(|origin| origin == "*") {
            return Err(ClientSpecError::AnyOrigin);
        }
        check_lists(&settings, 200)?;
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

/// Every list is compared or written whole in requests.
fn check_lists(settings: &ClientSettings, longest: usize) -> Result<(), ClientSpecError> {
    let lists = [
        ("redirect_uris", settings.redirect_uris.len()),
        ("post_logout_redirect_uris", settings.post_logout_redirect_uris.len()),
        ("web_origins", settings.web_origins.len()),
        ("default_scopes", settings.default_scopes.len()),
        ("optional_scopes", settings.optional_scopes.len()),
        ("mappers", settings.mappers.len()),
    ];
    match lists.into_iter().find(|(_, length)| *length > longest) {
        Some((name, _)) => Err(ClientSpecError::TooMany(name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientSettings, ClientSpec, ClientSpecError, ClientType, Pkce, RealmSettings, RefreshRotation};

    fn parse(client_id: &str, settings: ClientSettings) -> Result<ClientSpec, ClientSpecError> {
        ClientSpec::parse(client_id, settings, &RealmSettings::default())
    }

    fn public() -> ClientSettings {
        ClientSettings {
            client_type: ClientType::Public,
            ..ClientSettings::default()
        }
    }

    #[test]
    fn a_public_client_has_no_service_account() {
        let settings = ClientSettings {
            service_account: true,
            ..public()
        };
        assert_eq!(parse("spa", settings), Err(ClientSpecError::PublicServiceAccount));
    }

    #[test]
    fn a_public_client_goes_without_pkce_or_rotation_only_where_its_realm_allows() {
        let plain = ClientSettings {
            pkce: Pkce::Optional,
            ..public()
        };
        let staying = ClientSettings {
            refresh_rotation: RefreshRotation::Never,
            ..public()
        };
        assert_eq!(parse("spa", plain.clone()), Err(ClientSpecError::PublicWithoutPkce));
        assert_eq!(
            parse("spa", staying.clone()),
            Err(ClientSpecError::PublicWithoutRotation)
        );
        let lenient = RealmSettings {
            pkce_for_public_clients: false,
            public_refresh_tokens_stay: true,
            ..RealmSettings::default()
        };
        assert!(ClientSpec::parse("spa", plain, &lenient).is_ok());
        assert!(ClientSpec::parse("spa", staying, &lenient).is_ok());
    }

    #[test]
    fn nothing_of_ours_opens_to_every_origin() {
        let settings = ClientSettings {
            web_origins: vec!["*".into()],
            ..ClientSettings::default()
        };
        assert_eq!(parse("web", settings), Err(ClientSpecError::AnyOrigin));
    }

    #[test]
    fn client_ids_are_visible_ascii() {
        for bad in ["", "a b", "ü", "a\"b", "a\nb"] {
            assert_eq!(
                parse(bad, ClientSettings::default()),
                Err(ClientSpecError::ClientId),
                "{bad:?}"
            );
        }
        assert!(parse("https://app.example.com/client", ClientSettings::default()).is_ok());
    }
}
