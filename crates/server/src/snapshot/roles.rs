//! The roles of a realm in memory, and what they mean for one user.

use std::collections::BTreeMap;

use keyward_domain::Fault;
use keyward_domain::client::Client;
use keyward_domain::id::{ClientUuid, RealmId, RoleId};
use keyward_domain::policy::claims::Subject;
use keyward_domain::ports::Tx;
use keyward_domain::role::{self, Role};
use keyward_domain::user::User;

/// The roles of a realm and of its clients, and which contains which.
pub(crate) struct RoleBook {
    roles: BTreeMap<RoleId, Role>,
    composites: BTreeMap<RoleId, Vec<RoleId>>,
    clients: BTreeMap<ClientUuid, String>,
}

impl RoleBook {
    pub(super) async fn read(tx: &mut dyn Tx, realm: RealmId, clients: &[Client]) -> Result<Self, Fault> {
        let roles = tx.roles(realm).await?.into_iter().map(|role| (role.id, role)).collect();
        let mut composites: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (composite, contained) in tx.composites(realm).await? {
            composites.entry(composite).or_default().push(contained);
        }
        Ok(Self {
            roles,
            composites,
            clients: clients
                .iter()
                .map(|client| (client.id, client.client_id.clone()))
                .collect(),
        })
    }

    /// A user with the names of all roles that hold, composites resolved.
    pub(crate) fn subject(&self, user: User, assigned: &[RoleId]) -> Subject {
        let mut subject = Subject {
            user,
            realm_roles: Vec::new(),
            client_roles: BTreeMap::new(),
        };
        for role in role::effective(assigned, &self.composites)
            .iter()
            .filter_map(|id| self.roles.get(id))
        {
            match role.client.and_then(|client| self.clients.get(&client)) {
                None => subject.realm_roles.push(role.name.clone()),
                Some(client) => subject
                    .client_roles
                    .entry(client.clone())
                    .or_default()
                    .push(role.name.clone()),
            }
        }
        subject.realm_roles.sort();
        subject.client_roles.values_mut().for_each(|roles| roles.sort());
        subject
    }

    /// The `client_id` of a client's row.
    pub(crate) fn client_id(&self, client: ClientUuid) -> Option<&str> {
        self.clients.get(&client).map(String::as_str)
    }
}
