//! The roles of a realm and of its clients in memory: which contains which, and how people come by them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::{HeldRoles, Role, RoleNames, ScopeMapping, ScopeOwner, effective};
use crate::client::Client;
use crate::group::{self, Group};
use crate::id::{ClientUuid, GroupId, RoleId};
use crate::policy::claims::{Membership, Subject};
use crate::user::User;

mod lookup;

/// The rows that a book is made from.
pub struct RoleRows<'a> {
    /// All roles of the realm and of its clients.
    pub roles: Vec<Role>,
    /// (composite, contained).
    pub composites: Vec<(RoleId, RoleId)>,
    /// The clients of the realm.
    pub clients: &'a [Client],
    /// Its groups.
    pub groups: Vec<Group>,
    /// (group, role).
    pub group_roles: Vec<(GroupId, RoleId)>,
    /// What clients and client scopes let into tokens.
    pub scope_mappings: Vec<ScopeMapping>,
}

/// The roles of a realm. A copy shares the most of it.
#[derive(Clone, Debug, Default)]
pub struct RoleBook {
    roles: Arc<BTreeMap<RoleId, Arc<Role>>>,
    /// Those of the realm itself, and those of each client, in the order of their rows.
    by_owner: Arc<BTreeMap<Option<ClientUuid>, Vec<RoleId>>>,
    composites: Arc<BTreeMap<RoleId, Vec<RoleId>>>,
    clients: HashTrieMapSync<ClientUuid, String>,
    /// `client_id` of each disabled client.
    disabled: Arc<BTreeSet<String>>,
    groups: Arc<BTreeMap<GroupId, Group>>,
    memberships: Arc<BTreeMap<GroupId, Arc<Membership>>>,
    group_roles: Arc<BTreeMap<GroupId, Vec<RoleId>>>,
    let_in: Arc<BTreeMap<ScopeOwner, Vec<RoleId>>>,
}

impl RoleBook {
    /// Makes a book.
    pub fn new(rows: RoleRows<'_>) -> Self {
        let groups: BTreeMap<_, _> = rows.groups.into_iter().map(|group| (group.id, group)).collect();
        let mappings = rows.scope_mappings.iter().map(|mapping| (mapping.owner, mapping.role));
        let roles: BTreeMap<_, _> = rows.roles.into_iter().map(|role| (role.id, Arc::new(role))).collect();
        let clients = rows.clients.iter();
        let disabled = rows.clients.iter().filter(|client| !client.enabled);
        Self {
            by_owner: Arc::new(grouped(roles.values().map(|role| (role.client, role.id)))),
            roles: Arc::new(roles),
            composites: Arc::new(grouped(rows.composites)),
            clients: clients.map(|client| (client.id, client.client_id.clone())).collect(),
            disabled: Arc::new(disabled.map(|client| client.client_id.clone()).collect()),
            memberships: Arc::new(memberships(&groups)),
            groups: Arc::new(groups),
            group_roles: Arc::new(grouped(rows.group_roles)),
            let_in: Arc::new(grouped(mappings)),
        }
    }

    /// The same book with one client more, its roles, and what these are contained in or contain.
    #[must_use]
    pub fn with_client(&self, client: &Client, roles: &[Role], composites: &[(RoleId, RoleId)]) -> Self {
        let mut book = self.clone();
        book.clients.insert_mut(client.id, client.client_id.clone());
        if !client.enabled {
            Arc::make_mut(&mut book.disabled).insert(client.client_id.clone());
        }
        if !roles.is_empty() {
            let own: BTreeMap<_, _> = roles.iter().map(|role| (role.id, Arc::new(role.clone()))).collect();
            let by_owner = Arc::make_mut(&mut book.by_owner);
            by_owner.insert(Some(client.id), own.keys().copied().collect());
            Arc::make_mut(&mut book.roles).extend(own);
        }
        if !composites.is_empty() {
            let contained_in = Arc::make_mut(&mut book.composites);
            for &(composite, contained) in composites {
                contained_in.entry(composite).or_default().push(contained);
            }
        }
        book
    }

    /// A role by row.
    pub fn role(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(&id).map(Arc::as_ref)
    }

    /// All roles.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values().map(Arc::as_ref)
    }

    /// The roles of one client.
    pub fn of_client(&self, client: ClientUuid) -> impl Iterator<Item = &Role> {
        self.owned(Some(client))
    }

    fn owned(&self, owner: Option<ClientUuid>) -> impl Iterator<Item = &Role> {
        let ids = self.by_owner.get(&owner).into_iter().flatten();
        ids.filter_map(|id| self.role(*id))
    }

    /// A group by row.
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// All groups.
    pub fn groups(&self) -> &BTreeMap<GroupId, Group> {
        &self.groups
    }

    /// The `client_id` of a client's row.
    pub fn client_id(&self, client: ClientUuid) -> Option<&str> {
        self.clients.get(&client).map(String::as_str)
    }

    /// Whether there is a client of this `client_id` that is disabled: no token is for it and none carries its roles.
    pub fn is_disabled(&self, client_id: &str) -> bool {
        self.disabled.contains(client_id)
    }

    /// These roles and what they contain.
    pub fn effective(&self, direct: &[RoleId]) -> BTreeSet<RoleId> {
        effective(direct, &self.composites)
    }

    /// The roles given to a group itself.
    pub fn of_group(&self, group: GroupId) -> &[RoleId] {
        self.group_roles.get(&group).map_or(&[], Vec::as_slice)
    }

    /// The roles given to somebody, and to the groups that they are in and all above those: in order, each once,
    /// composites as they are.
    pub fn direct(&self, assigned: &[RoleId], joined: &[GroupId]) -> Vec<RoleId> {
        let of_groups = joined
            .iter()
            .flat_map(|&group| group::with_ancestors(group, &self.groups))
            .flat_map(|group| self.of_group(group.id));
        let direct: BTreeSet<RoleId> = assigned.iter().chain(of_groups).copied().collect();
        direct.into_iter().collect()
    }

    /// The roles that hold for who was given some and is in some groups, composites resolved.
    pub fn held(&self, assigned: &[RoleId], joined: &[GroupId]) -> BTreeSet<RoleId> {
        self.effective(&self.direct(assigned, joined))
    }

    /// The scope mappings of a client or of a client scope, as given.
    pub fn mapped(&self, owner: ScopeOwner) -> &[RoleId] {
        self.let_in.get(&owner).map_or(&[], Vec::as_slice)
    }

    /// The scope mappings of a client or of a client scope, composites resolved.
    pub fn let_in(&self, owner: ScopeOwner) -> BTreeSet<RoleId> {
        self.effective(self.mapped(owner))
    }

    /// What holds for whoever was given these roles, by themselves or by their groups.
    pub fn holding(&self, direct: &[RoleId]) -> HeldRoles {
        let ids = self.effective(direct);
        let names = self.names(ids.iter().copied());
        HeldRoles { ids, names }
    }

    /// A user with everything that their tokens can say.
    pub fn subject(&self, user: User, assigned: &[RoleId], joined: &[GroupId]) -> Subject {
        let held = self.holding(&self.direct(assigned, joined));
        self.subject_holding(user, Arc::new(held), joined)
    }

    /// The same for a user of whom it is known what holds.
    pub fn subject_holding(&self, user: User, held: Arc<HeldRoles>, joined: &[GroupId]) -> Subject {
        let mut groups: Vec<Arc<Membership>> = joined
            .iter()
            .filter_map(|group| self.memberships.get(group))
            .map(Arc::clone)
            .collect();
        groups.sort_by(|one, other| one.path.cmp(&other.path));
        Subject { user, held, groups }
    }

    /// The names of roles.
    pub fn names(&self, roles: impl IntoIterator<Item = RoleId>) -> RoleNames {
        let mut names = RoleNames::default();
        for role in roles.into_iter().filter_map(|id| self.roles.get(&id)) {
            match role.client {
                None => names.realm.push(role.name.clone()),
                Some(client) => {
                    if let Some(client_id) = self.clients.get(&client) {
                        names
                            .clients
                            .entry(client_id.clone())
                            .or_default()
                            .push(role.name.clone());
                    }
                }
            }
        }
        names.realm.sort();
        names.clients.values_mut().for_each(|roles| roles.sort());
        names
    }
}

fn grouped<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, Vec<V>> {
    let mut by_key: BTreeMap<K, Vec<V>> = BTreeMap::new();
    for (key, value) in pairs {
        by_key.entry(key).or_default().push(value);
    }
    by_key
}

/// Each group as its members' tokens show it. Those that several are below are shared.
fn memberships(groups: &BTreeMap<GroupId, Group>) -> BTreeMap<GroupId, Arc<Membership>> {
    let mut known = BTreeMap::new();
    for &id in groups.keys() {
        let mut line: Vec<&Group> = group::with_ancestors(id, groups).collect();
        // From the top, so that what is above is known.
        line.reverse();
        let mut above: Option<Arc<Membership>> = None;
        for group in line {
            let entry = known
                .entry(group.id)
                .or_insert_with(|| Arc::new(Membership::new(group, groups, above.take())));
            above = Some(Arc::clone(entry));
        }
    }
    known
}

#[cfg(test)]
mod tests;
