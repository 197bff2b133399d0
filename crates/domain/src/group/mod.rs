//! Groups: a tree of them in each realm; a member holds the roles of its groups and of all above them.

use std::collections::BTreeMap;

use crate::id::{GroupId, RealmId};
use crate::user::Attributes;

/// A group's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its row.
    pub id: GroupId,
    /// The realm it lives in.
    pub realm: RealmId,
    /// The group that it is part of.
    pub parent: Option<GroupId>,
    /// Unique among the groups of its parent.
    pub name: String,
    /// For people.
    pub description: String,
    /// What else is known of it.
    pub attributes: Attributes,
}

/// Deepest tree that is followed.
pub const DEEPEST: usize = 50;

/// A group and all above it, the group first. A cycle ends at [`DEEPEST`].
pub fn with_ancestors(group: GroupId, all: &BTreeMap<GroupId, Group>) -> impl Iterator<Item = &Group> {
    let first = all.get(&group);
    std::iter::successors(first, |group| group.parent.and_then(|parent| all.get(&parent))).take(DEEPEST)
}

/// The path of a group, as in `/customers/vip`. A slash in a name is written `~/`, as in Keycloak.
pub fn path(group: GroupId, all: &BTreeMap<GroupId, Group>) -> String {
    let mut names: Vec<String> = with_ancestors(group, all)
        .map(|group| group.name.replace('/', "~/"))
        .collect();
    names.reverse();
    format!("/{}", names.join("/"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{BTreeMap, Group, GroupId, RealmId, path};
    use crate::user::Attributes;

    fn group(id: u128, parent: Option<u128>, name: &str) -> (GroupId, Group) {
        let id = GroupId(Uuid::from_u128(id));
        let group = Group {
            id,
            realm: RealmId(Uuid::nil()),
            parent: parent.map(|id| GroupId(Uuid::from_u128(id))),
            name: name.into(),
            description: String::new(),
            attributes: Attributes::new(),
        };
        (id, group)
    }

    #[test]
    fn a_path_names_every_group_above_and_a_cycle_ends() {
        let all = BTreeMap::from([
            group(1, None, "a/b"),
            group(2, Some(1), "vip"),
            group(3, Some(3), "self"),
        ]);
        assert_eq!(path(GroupId(Uuid::from_u128(2)), &all), "/a~/b/vip");
        assert!(path(GroupId(Uuid::from_u128(3)), &all).starts_with("/self/self"));
    }
}
