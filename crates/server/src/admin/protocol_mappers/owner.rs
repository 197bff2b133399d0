//! Whose mappers a path means.

use keyward_domain::client::Client;
use keyward_domain::ports::Tx;
use keyward_domain::scope::{ClientScope, ProtocolMapper};

use crate::admin::client_scopes;
use crate::admin::rest::{AdminCall, AdminError};
use crate::admin::roles::find_client;

/// What has mappers.
pub(super) enum Owner {
    Client(Box<Client>),
    Scope(Box<ClientScope>),
}

/// The mappers of the owner in the path.
pub(super) fn mappers(call: &AdminCall) -> Result<&[ProtocolMapper], AdminError> {
    if call.param("client").is_empty() {
        let scope = client_scopes::find(call, "scope", "Could not find client scope")?;
        Ok(&scope.settings.mappers)
    } else {
        Ok(&find_client(call, "client")?.client.settings.mappers)
    }
}

impl Owner {
    /// The owner in the path as it stands now: what is written is made from this one.
    pub(super) async fn current(call: &AdminCall, tx: &mut dyn Tx) -> Result<Self, AdminError> {
        if call.param("client").is_empty() {
            let scope = client_scopes::find(call, "scope", "Could not find client scope")?;
            let scope = client_scopes::current(tx, scope).await?;
            return Ok(Self::Scope(Box::new(scope)));
        }
        let client = &find_client(call, "client")?.client;
        let found = tx.client_by_client_id(client.realm, &client.client_id).await?;
        let found = found.filter(|found| found.id == client.id);
        let found = found.ok_or(AdminError::not_found("Could not find client"))?;
        Ok(Self::Client(Box::new(found)))
    }

    /// Its mappers, to be changed.
    pub(super) fn mappers(&mut self) -> &mut Vec<ProtocolMapper> {
        match self {
            Self::Client(client) => &mut client.settings.mappers,
            Self::Scope(scope) => &mut scope.settings.mappers,
        }
    }

    /// Writes it.
    pub(super) async fn write(&self, tx: &mut dyn Tx) -> Result<(), AdminError> {
        match self {
            Self::Client(client) => tx.update_client(client).await?,
            Self::Scope(scope) => tx.update_scope(scope).await?,
        };
        Ok(())
    }
}
