//! Finding roles by name, and what contains what, for those who administer them.

use super::RoleBook;
use crate::group::Group;
use crate::id::{ClientUuid, GroupId, RoleId};
use crate::role::Role;

impl RoleBook {
    /// The roles of the realm itself.
    pub fn of_realm(&self) -> impl Iterator<Item = &Role> {
        self.owned(None)
    }

    /// A role by name: of the realm, or of a client.
    pub fn named(&self, client: Option<ClientUuid>, name: &str) -> Option<&Role> {
        self.owned(client).find(|role| role.name == name)
    }

    /// What a role contains itself, by name.
    pub fn composites_of(&self, role: RoleId) -> Vec<&Role> {
        let contained = self.composites.get(&role).into_iter().flatten();
        let mut roles: Vec<&Role> = contained.filter_map(|id| self.role(*id)).collect();
        roles.sort_by(|one, other| one.name.cmp(&other.name));
        roles
    }

    /// Whether a role contains others.
    pub fn is_composite(&self, role: RoleId) -> bool {
        self.composites
            .get(&role)
            .is_some_and(|contained| !contained.is_empty())
    }

    /// The groups that a role was given to.
    pub fn groups_with(&self, role: RoleId) -> impl Iterator<Item = GroupId> {
        self.group_roles
            .iter()
            .filter(move |(_, roles)| roles.contains(&role))
            .map(|(group, _)| *group)
    }

    /// The groups directly below one, or those at the top, by name.
    pub fn groups_below(&self, parent: Option<GroupId>) -> Vec<&Group> {
        let mut below: Vec<&Group> = self.groups.values().filter(|group| group.parent == parent).collect();
        below.sort_by(|one, other| one.name.cmp(&other.name));
        below
    }

    /// The group of a path like `/customers/vip`, in which a slash of a name is written `~/`.
    pub fn group_by_path(&self, path: &str) -> Option<&Group> {
        // No name holds a NUL.
        let path = path.trim_matches('/').replace("~/", "\0");
        let mut found = None;
        for name in path.split('/') {
            let name = name.replace('\0', "/");
            let parent = found.map(|group: &Group| group.id);
            found = Some(
                self.groups
                    .values()
                    .find(|group| group.parent == parent && group.name == name)?,
            );
        }
        found
    }
}
