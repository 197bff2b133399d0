//! What a new client has without a word, and what of a client no change touches.

use std::collections::HashSet;

use keyward_domain::realm::RealmSettings;
use keyward_domain::scope::OPENID_CONNECT;

use super::ClientRepresentation;

/// Whether a client stands for the server itself, in Keycloak's words.
const OF_SERVER: &str = "realm_client";

impl ClientRepresentation {
    /// A new client by this description: what is absent has Keycloak's default, the scopes the realm's.
    pub(crate) fn with_defaults(mut self, realm: &RealmSettings) -> Self {
        self.protocol.get_or_insert_with(|| OPENID_CONNECT.to_owned());
        self.node_re_registration_timeout.get_or_insert(-1);
        let attributes = self.attributes.get_or_insert_default();
        let of_server = attributes.entry(OF_SERVER.to_owned()).or_default();
        of_server.get_or_insert_with(|| "false".to_owned());
        if self.default_client_scopes.is_none() && self.optional_client_scopes.is_none() {
            self.take_scopes_of(realm);
        }
        if self.web_origins.is_none() {
            self.web_origins = self.redirect_uris.as_deref().map(origins);
        }
        self
    }

    /// This description without the word that the client stands for the server itself: nobody makes one of those.
    pub(crate) fn of_somebody(mut self) -> Self {
        if let Some(attributes) = &mut self.attributes {
            attributes.remove(OF_SERVER);
        }
        self
    }

    /// This client, changed. Its scopes stay, unless its protocol becomes another.
    pub(crate) fn changed(self, change: Self, realm: &RealmSettings) -> Self {
        let mut change = change.of_somebody();
        change.default_client_scopes = None;
        change.optional_client_scopes = None;
        // Origins that nobody ever named are those of the redirect URIs.
        if change.web_origins.is_none() && self.web_origins.as_ref().is_none_or(Vec::is_empty) {
            change.web_origins = change.redirect_uris.as_deref().map(origins);
        }
        let protocol = self.protocol.clone();
        let mut changed = self.overlay(change);
        if changed.protocol != protocol {
            changed.take_scopes_of(realm);
        }
        changed
    }

    fn take_scopes_of(&mut self, realm: &RealmSettings) {
        self.default_client_scopes = Some(realm.default_scopes.clone());
        self.optional_client_scopes = Some(realm.optional_scopes.clone());
    }
}

/// The origins of redirect URIs, each once: what stands before the path of an `http` address.
fn origins(redirect_uris: &[String]) -> Vec<String> {
    // Keycloak looks for the path behind the eighth character, the length of `https://`.
    const SCHEME: usize = 8;
    let mut known = HashSet::new();
    let origin = |uri: &String| -> Option<String> {
        let path = uri.starts_with("http").then(|| uri.get(SCHEME..)).flatten()?.find('/');
        let end = path.map_or(uri.len(), |at| SCHEME + at);
        uri.get(..end).map(str::to_owned)
    };
    let origins = redirect_uris.iter().filter_map(origin);
    origins.filter(|origin| known.insert(origin.clone())).collect()
}
