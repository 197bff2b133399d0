//! The client in a path, and what its representation is read against.

use keyward_domain::client::{Client, ClientSettings};
use keyward_domain::ports::Tx;
use keyward_domain::realm::Realm;

use crate::admin::keycloak::client::Ground;
use crate::admin::keycloak::session_bounds;
use crate::admin::rest::{AdminCall, AdminError};
use crate::admin::roles::find_client;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// The client in the path, from memory.
pub(super) fn entry(call: &AdminCall) -> Result<&ClientEntry, AdminError> {
    find_client(call, "client")
}

/// Its row as the transaction sees it: what is changed there must not be a copy from before.
pub(super) async fn row(call: &AdminCall, tx: &mut dyn Tx) -> Result<Client, AdminError> {
    let known = &entry(call)?.client;
    let found = tx.client_by_client_id(call.realm_id()?, &known.client_id).await?;
    let same = found.filter(|client| client.id == known.id);
    same.ok_or(AdminError::not_found("Could not find client"))
}

/// What representations of the realm's clients are read against.
pub(super) fn ground(call: &AdminCall) -> Result<Ground<'_>, AdminError> {
    Ok(Ground::of(&call.app.settings.public_url, call.realm()?))
}

/// Whether the sessions of a client end no later than the logins of its realm.
pub(super) fn require_bounds(realm: &Realm, settings: &ClientSettings) -> Result<(), AdminError> {
    match session_bounds::of_client(&realm.settings, &settings.sessions) {
        None => Ok(()),
        Some(text) => Err(AdminError::InvalidInput("invalid_input", text.into())),
    }
}

impl<'a> Ground<'a> {
    /// What representations of a realm's clients are read against.
    pub(crate) fn of(server: &'a str, realm: &'a RealmSnapshot) -> Self {
        let scopes = realm.scopes.iter();
        Self {
            server,
            scopes: scopes
                .map(|(name, entry)| (name.as_str(), entry.scope.settings.protocol.as_str()))
                .collect(),
        }
    }
}
