//! A realm to be, whole: every row that it begins with, made and checked in memory before anything is written.

use keyward_domain::client::{Client, ClientSecret};
use keyward_domain::credential::{Credential, Otp};
use keyward_domain::document::Document;
use keyward_domain::group::Group;
use keyward_domain::id::{ClientUuid, GroupId, RoleId};
use keyward_domain::key::{HmacKeyRecord, KeyRecord};
use keyward_domain::realm::Realm;
use keyward_domain::role::{Role, ScopeMapping};
use keyward_domain::scope::ClientScope;
use keyward_domain::session::Consent;
use keyward_domain::user::{Attributes, FederatedIdentity, User};
use keyward_domain::{Timestamp, entropy};

use crate::http::entropy::SystemEntropy;

/// Every row of a realm to be.
pub(crate) struct RealmRows {
    pub(crate) realm: Realm,
    pub(crate) keys: Vec<KeyRecord>,
    pub(crate) hmac_keys: Vec<HmacKeyRecord>,
    pub(crate) scopes: Vec<ClientScope>,
    pub(crate) clients: Vec<Client>,
    pub(crate) secrets: Vec<ClientSecret>,
    pub(crate) roles: Vec<Role>,
    /// Which role contains which.
    pub(crate) composites: Vec<(RoleId, RoleId)>,
    pub(crate) scope_mappings: Vec<ScopeMapping>,
    /// Parents before their children.
    pub(crate) groups: Vec<Group>,
    pub(crate) group_roles: Vec<(GroupId, RoleId)>,
    pub(crate) users: Vec<UserRows>,
    pub(crate) documents: Vec<Document>,
}

/// Every row of a user to be.
pub(crate) struct UserRows {
    pub(crate) user: User,
    pub(crate) password: Option<Credential>,
    pub(crate) otps: Vec<Otp>,
    pub(crate) roles: Vec<RoleId>,
    pub(crate) groups: Vec<GroupId>,
    pub(crate) consents: Vec<Consent>,
    pub(crate) identities: Vec<FederatedIdentity>,
}

impl RealmRows {
    /// Nothing but the realm itself.
    pub(crate) fn new(realm: Realm) -> Self {
        Self {
            realm,
            keys: Vec::new(),
            hmac_keys: Vec::new(),
            scopes: Vec::new(),
            clients: Vec::new(),
            secrets: Vec::new(),
            roles: Vec::new(),
            composites: Vec::new(),
            scope_mappings: Vec::new(),
            groups: Vec::new(),
            group_roles: Vec::new(),
            users: Vec::new(),
            documents: Vec::new(),
        }
    }

    /// A client by `client_id`.
    pub(crate) fn client(&self, client_id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.client_id == client_id)
    }

    /// A role of the realm, or of one of its clients.
    pub(crate) fn role(&self, client: Option<ClientUuid>, name: &str) -> Option<RoleId> {
        let found = self
            .roles
            .iter()
            .find(|role| role.client == client && role.name == name);
        found.map(|role| role.id)
    }

    /// The role of this name; made, if it is not there. Returns its row, and whether it was made.
    pub(crate) fn role_or_new(&mut self, client: Option<ClientUuid>, name: &str, description: &str) -> (RoleId, Made) {
        if let Some(id) = self.role(client, name) {
            return (id, Made::Before);
        }
        let id = RoleId(entropy::uuid(&mut SystemEntropy));
        self.roles.push(Role {
            id,
            realm: self.realm.id,
            client,
            name: name.to_owned(),
            description: description.to_owned(),
            attributes: Attributes::new(),
        });
        (id, Made::Now)
    }

    /// Adds a client that is enabled.
    pub(crate) fn add_client(
        &mut self,
        client_id: &str,
        settings: keyward_domain::client::ClientSettings,
    ) -> ClientUuid {
        let id = ClientUuid(entropy::uuid(&mut SystemEntropy));
        self.clients.push(Client {
            id,
            realm: self.realm.id,
            client_id: client_id.to_owned(),
            enabled: true,
            not_before: Timestamp::from_secs(0),
            settings,
        });
        id
    }
}

/// When something came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// Just now.
    Now,
    /// It was there.
    Before,
}
