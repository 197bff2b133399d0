//! What an administrator may do with a realm: Keycloak's roles of the client `realm-management` (of `{realm}-realm` in
//! the master realm), looked up at each call.
//!
//! A token proves only who calls. Whoever holds a managing role may look as well; `query-*` opens lists, and shows in
//! them what else the caller may see.

/// The admin roles of a realm, by Keycloak's names.
pub(crate) const ADMIN_ROLES: [&str; 22] = [
    "create-client",
    "view-realm",
    "view-users",
    "view-clients",
    "view-events",
    "view-identity-providers",
    "view-authorization",
    "manage-realm",
    "manage-users",
    "manage-clients",
    "manage-events",
    "manage-identity-providers",
    "manage-authorization",
    "query-users",
    "query-clients",
    "query-realms",
    "query-groups",
    "impersonation",
    "manage-organizations",
    "view-organizations",
    "query-organizations",
    "realm-admin",
];

/// The client of a realm whose roles administer it.
pub(crate) const REALM_MANAGEMENT: &str = "realm-management";

/// The realm whose administrators may administer every realm.
pub(crate) const MASTER: &str = "master";

/// The realm roles of master that are rights.
pub(crate) const OF_MASTER: [&str; 2] = ["admin", "create-realm"];

/// How the clients of master end whose roles are rights over the realm of that name.
pub(crate) const OF_REALM: &str = "-realm";

/// The client of the master realm whose roles administer a realm.
pub(crate) fn master_client(realm: &str) -> String {
    format!("{realm}{OF_REALM}")
}

/// The admin roles that a caller holds for one realm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights(u32);

impl Rights {
    /// From the names of roles; others are passed over.
    pub(crate) fn of<'a>(roles: impl Iterator<Item = &'a str>) -> Self {
        Self(roles.map(bit).fold(0, |all, one| all | one))
    }

    /// Whether one of these roles is held.
    pub(crate) fn any_of(self, roles: &[&str]) -> bool {
        roles.iter().any(|role| self.0 & bit(role) != 0)
    }

    /// Whether any admin role at all is held.
    pub(crate) const fn any(self) -> bool {
        self.0 != 0
    }

    /// Whether a caller of the master realm may hand on an admin role of another realm: they hold one of the same name
    /// for it. `realm-admin` stands for all of them, and the master realm has none of that name.
    pub(crate) fn covers(self, role: &str) -> bool {
        if role == REALM_ADMIN {
            return ADMIN_ROLES
                .iter()
                .all(|other| *other == REALM_ADMIN || self.any_of(&[other]));
        }
        // What is no admin role is no right.
        self.any_of(&[role]) || !ADMIN_ROLES.contains(&role)
    }
}

/// The role that contains all others. Master's clients do not have it: there the role `admin` does that.
pub(crate) const REALM_ADMIN: &str = "realm-admin";

fn bit(role: &str) -> u32 {
    ADMIN_ROLES
        .iter()
        .position(|name| *name == role)
        .map_or(0, |place| 1 << place)
}

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A good token of the master realm or of the realm in the path, whatever its roles.
    Token,
    /// Any admin role of the realm.
    AnyRole,
    /// To make realms: the role `create-realm` of the master realm.
    CreateRealm,
    /// To see the realm's settings.
    ViewRealm,
    /// To change them.
    ManageRealm,
    /// To see by which flows people log in: whoever lists clients may.
    ViewFlows,
    /// To see required actions: whoever lists users may.
    ViewRequiredActions,
    /// To list clients.
    QueryClients,
    /// To see them.
    ViewClients,
    /// To make one.
    CreateClient,
    /// To change them.
    ManageClients,
    /// To list users.
    QueryUsers,
    /// To see them.
    ViewUsers,
    /// To change them.
    ManageUsers,
    /// To list groups.
    QueryGroups,
    /// To see events.
    ViewEvents,
    /// To change what is recorded, and to clear it.
    ManageEvents,
    /// To see identity providers.
    ViewIdentityProviders,
    /// To change them.
    ManageIdentityProviders,
    /// To see organizations.
    ViewOrganizations,
    /// To change them.
    ManageOrganizations,
    /// To act as a user.
    Impersonate,
}

impl Need {
    /// Whether these rights are enough. [`Self::Token`] and [`Self::CreateRealm`] are judged by the dispatcher.
    pub(crate) fn is_met_by(self, rights: Rights) -> bool {
        let roles: &[&str] = match self {
            Self::Token => return true,
            Self::AnyRole => return rights.any(),
            Self::CreateRealm => return false,
            Self::ViewRealm => &["view-realm", "manage-realm"],
            Self::ManageRealm => &["manage-realm"],
            Self::ViewFlows => &["view-realm", "manage-realm", "query-clients"],
            Self::ViewRequiredActions => &["view-realm", "manage-realm", "query-users"],
            Self::QueryClients => &["query-clients", "view-clients", "manage-clients"],
            Self::ViewClients => &["view-clients", "manage-clients"],
            Self::CreateClient => &["create-client", "manage-clients"],
            Self::ManageClients => &["manage-clients"],
            Self::QueryUsers => &["query-users", "view-users", "manage-users"],
            Self::ViewUsers => &["view-users", "manage-users"],
            Self::ManageUsers => &["manage-users"],
            Self::QueryGroups => &["query-groups", "view-users", "manage-users"],
            Self::ViewEvents => &["view-events", "manage-events"],
            Self::ManageEvents => &["manage-events"],
            Self::ViewIdentityProviders => &["view-identity-providers", "manage-identity-providers"],
            Self::ManageIdentityProviders => &["manage-identity-providers"],
            Self::ViewOrganizations => &[
                "view-organizations",
                "manage-organizations",
                "view-realm",
                "manage-realm",
            ],
            Self::ManageOrganizations => &["manage-organizations", "manage-realm"],
            Self::Impersonate => &["impersonation"],
        };
        rights.any_of(roles)
    }
}

#[cfg(test)]
mod tests {
    use super::{ADMIN_ROLES, Need, Rights};

    #[test]
    fn managing_lets_look_and_looking_does_not_let_manage() {
        let viewer = Rights::of(["view-clients"].into_iter());
        assert!(Need::ViewClients.is_met_by(viewer) && Need::QueryClients.is_met_by(viewer));
        assert!(!Need::ManageClients.is_met_by(viewer) && !Need::CreateClient.is_met_by(viewer));
        let manager = Rights::of(["manage-clients"].into_iter());
        assert!(Need::ViewClients.is_met_by(manager) && Need::CreateClient.is_met_by(manager));
        assert!(!Need::ViewUsers.is_met_by(manager) && !Need::ManageRealm.is_met_by(manager));
    }

    #[test]
    fn roles_of_others_are_no_admin_roles() {
        let none = Rights::of(["manage-orders", "", "Realm-admin"].into_iter());
        assert!(!none.any() && !Need::AnyRole.is_met_by(none));
        assert!(ADMIN_ROLES.len() < 32);
    }
}
