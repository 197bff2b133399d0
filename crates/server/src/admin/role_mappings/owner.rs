//! Whose mappings a path means, and what they are.

use std::collections::BTreeSet;

use keyward_domain::fault::Fault;
use keyward_domain::id::{ClientUuid, GroupId, RoleId, ScopeId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::role::{RoleLimit, ScopeMapping, ScopeOwner};

use crate::admin::rest::{AdminCall, AdminError, Touched};
use crate::admin::roles::find_client;

/// What Keycloak says of a client scope that is not there.
const NO_SCOPE: &str = "Could not find client scope";

/// Who has roles, or lets them in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A user, and what changes in memory with their roles.
    User(UserId, Touched),
    Group(GroupId),
    Client(ClientUuid),
    Scope(ScopeId),
}

/// The roles of an owner.
pub(super) struct Mappings {
    /// As they were given.
    pub(super) direct: Vec<RoleId>,
    /// What follows from them.
    pub(super) effective: BTreeSet<RoleId>,
}

impl Owner {
    /// The owner that the path names. It is of this realm.
    pub(super) async fn find(call: &AdminCall) -> Result<Self, AdminError> {
        let realm = call.realm()?;
        if !call.param("user").is_empty() {
            const MISSING: &str = "User not found";
            let user: UserId = call.id("user", MISSING)?;
            let found = call.read().await?.user(realm.realm.id, user).await?;
            return found
                .map(|user| Self::User(user.id, Touched::by(&user)))
                .ok_or(AdminError::not_found(MISSING));
        }
        if !call.param("group").is_empty() {
            const MISSING: &str = "Could not find group by id";
            let group: GroupId = call.id("group", MISSING)?;
            let found = realm.roles.group(group).map(|group| Self::Group(group.id));
            return found.ok_or(AdminError::not_found(MISSING));
        }
        if !call.param("client").is_empty() {
            return find_client(call, "client").map(|entry| Self::Client(entry.client.id));
        }
        let scope: ScopeId = call.id("scope", NO_SCOPE)?;
        let found = realm.scopes.values().any(|entry| entry.scope.id == scope);
        found
            .then_some(Self::Scope(scope))
            .ok_or(AdminError::not_found(NO_SCOPE))
    }

    /// Its roles.
    pub(super) async fn mappings(self, call: &AdminCall) -> Result<Mappings, AdminError> {
        let book = &call.realm()?.roles;
        Ok(match self {
            Self::User(user, _) => {
                let mut tx = call.read().await?;
                let direct = tx.assigned_roles(user).await?;
                let joined = tx.groups_of_user(user).await?;
                Mappings {
                    effective: book.held(&direct, &joined),
                    direct,
                }
            }
            Self::Group(group) => Mappings {
                direct: book.of_group(group).to_vec(),
                effective: book.held(&[], &[group]),
            },
            Self::Client(client) => {
                let entry = find_client(call, "client")?;
                let effective = match RoleLimit::new(&entry.client, book) {
                    RoleLimit::All => book.roles().map(|role| role.id).collect(),
                    RoleLimit::Only(let_in) => let_in,
                };
                Mappings {
                    direct: book.mapped(ScopeOwner::Client(client)).to_vec(),
                    effective,
                }
            }
            Self::Scope(scope) => Mappings {
                direct: book.mapped(ScopeOwner::Scope(scope)).to_vec(),
                effective: book.let_in(ScopeOwner::Scope(scope)),
            },
        })
    }

    /// Adds a role.
    pub(super) async fn add(self, tx: &mut dyn Tx, role: RoleId) -> Result<(), Fault> {
        match self {
            Self::User(user, _) => tx.assign_role(user, role).await,
            Self::Group(group) => tx.assign_group_role(group, role).await,
            Self::Client(client) => tx.add_scope_mapping(mapping(ScopeOwner::Client(client), role)).await,
            Self::Scope(scope) => tx.add_scope_mapping(mapping(ScopeOwner::Scope(scope), role)).await,
        }
    }

    /// Removes a role. Returns whether it was there.
    pub(super) async fn remove(self, tx: &mut dyn Tx, role: RoleId) -> Result<bool, Fault> {
        match self {
            Self::User(user, _) => tx.unassign_role(user, role).await,
            Self::Group(group) => tx.unassign_group_role(group, role).await,
            Self::Client(client) => tx.remove_scope_mapping(mapping(ScopeOwner::Client(client), role)).await,
            Self::Scope(scope) => tx.remove_scope_mapping(mapping(ScopeOwner::Scope(scope), role)).await,
        }
    }

    /// What others hold copies of when its roles change.
    pub(super) const fn touched(self) -> Touched {
        match self {
            Self::User(_, touched) => touched,
            Self::Group(_) | Self::Client(_) | Self::Scope(_) => Touched::Realm,
        }
    }

    /// Whether a role there is a right of somebody, and not only let into tokens.
    pub(super) const fn holds(self) -> bool {
        matches!(self, Self::User(..) | Self::Group(_))
    }

    /// Keycloak's word for what changes: of a client's role, or of the realm's.
    pub(super) const fn resource_type(self, of_client: Option<ClientUuid>) -> &'static str {
        match (self.holds(), of_client) {
            (true, None) => "REALM_ROLE_MAPPING",
            (true, Some(_)) => "CLIENT_ROLE_MAPPING",
            (false, None) => "REALM_SCOPE_MAPPING",
            (false, Some(_)) => "CLIENT_SCOPE_MAPPING",
        }
    }
}

const fn mapping(owner: ScopeOwner, role: RoleId) -> ScopeMapping {
    ScopeMapping { owner, role }
}
