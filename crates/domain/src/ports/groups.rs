//! Groups, their roles and their members.

use async_trait::async_trait;

use super::users::Paging;
use crate::fault::Fault;
use crate::group::Group;
use crate::id::{GroupId, RealmId, RoleId, UserId};
use crate::user::User;

/// Groups, their roles and their members.
#[async_trait]
pub trait Groups: Send {
    /// All groups of a realm, by name.
    async fn groups(&mut self, realm: RealmId) -> Result<Vec<Group>, Fault>;

    /// Adds one; `Fault::Exists` when its name is taken under its parent.
    async fn insert_group(&mut self, group: &Group) -> Result<(), Fault>;

    /// Replaces everything but id and realm; `Fault::Exists` when its name is taken. Returns whether there was one.
    async fn update_group(&mut self, group: &Group) -> Result<bool, Fault>;

    /// Removes one and all below it. Returns whether it was there.
    async fn delete_group(&mut self, realm: RealmId, id: GroupId) -> Result<bool, Fault>;

    /// The roles of all groups of a realm: (group, role).
    async fn group_roles(&mut self, realm: RealmId) -> Result<Vec<(GroupId, RoleId)>, Fault>;

    /// Gives a role to a group. Doing it twice changes nothing.
    async fn assign_group_role(&mut self, group: GroupId, role: RoleId) -> Result<(), Fault>;

    /// Takes a role from a group. Returns whether it had it.
    async fn unassign_group_role(&mut self, group: GroupId, role: RoleId) -> Result<bool, Fault>;

    /// The groups that a user is directly in.
    async fn groups_of_user(&mut self, user: UserId) -> Result<Vec<GroupId>, Fault>;

    /// The groups that the service accounts of a realm are in: (user, group).
    async fn service_account_groups(&mut self, realm: RealmId) -> Result<Vec<(UserId, GroupId)>, Fault>;

    /// Puts a user into a group. Doing it twice changes nothing.
    async fn join_group(&mut self, user: UserId, group: GroupId) -> Result<(), Fault>;

    /// Takes a user out of a group. Returns whether they were in it.
    async fn leave_group(&mut self, user: UserId, group: GroupId) -> Result<bool, Fault>;

    /// The direct members of a group, by user name.
    async fn members(&mut self, group: GroupId, paging: Paging) -> Result<Vec<User>, Fault>;
}
