//! Claims from roles, and mappers that give a role or another name to one.

use super::{ClaimPath, Config, Form};

/// The roles of the realm that the subject holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RealmRoles {
    pub(crate) path: ClaimPath,
    pub(crate) form: Form,
    pub(crate) prefix: String,
}

/// The roles of one client or of each that the subject holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClientRoles {
    /// Where they go; the name may hold `${client_id}`.
    pub(crate) path: ClaimPath,
    pub(crate) form: Form,
    /// Stands before each name; may hold `${client_id}`.
    prefix: String,
    /// Whose; everybody's when absent.
    pub(crate) client: Option<String>,
}

/// A role that everybody's token carries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HardcodedRole(pub(crate) RoleRef);

/// A role that goes by another name, also one of another client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RoleName {
    pub(crate) from: RoleRef,
    pub(crate) to: RoleRef,
}

/// A role by name: `role` of the realm, `client.role` of a client. The last dot counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RoleRef {
    pub(crate) client: Option<String>,
    pub(crate) name: String,
}

impl RealmRoles {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self {
            path: ClaimPath::parse(config.text("claim.name")?)?,
            form: Form::parse(config),
            prefix: config
                .text("usermodel.realmRoleMapping.rolePrefix")
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

impl ClientRoles {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self {
            path: ClaimPath::parse(config.text("claim.name")?)?,
            form: Form::parse(config),
            prefix: config
                .text("usermodel.clientRoleMapping.rolePrefix")
                .unwrap_or_default()
                .to_owned(),
            client: config
                .text("usermodel.clientRoleMapping.clientId")
                .filter(|client_id| !client_id.is_empty())
                .map(str::to_owned),
        })
    }

    /// What stands before the names of a client's roles.
    pub(crate) fn prefix(&self, client_id: &str) -> String {
        match self.client {
            // As in Keycloak, a mapper for one client takes it as it is.
            Some(_) => self.prefix.clone(),
            None => self.prefix.replace("${client_id}", client_id),
        }
    }
}

impl HardcodedRole {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self(RoleRef::parse(config.said("role")?)))
    }
}

impl RoleName {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self {
            from: RoleRef::parse(config.said("role")?),
            to: RoleRef::parse(config.said("new.role.name")?),
        })
    }
}

impl RoleRef {
    fn parse(text: &str) -> Self {
        match text.rsplit_once('.') {
            Some((client, name)) => Self {
                client: Some(client.to_owned()),
                name: name.to_owned(),
            },
            None => Self {
                client: None,
                name: text.to_owned(),
            },
        }
    }
}
