//! Groups, their roles and their members.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::group::Group;
use keyward_domain::id::{GroupId, RealmId, RoleId, UserId};
use keyward_domain::ports::Groups;
use keyward_domain::ports::users::Paging;
use keyward_domain::user::User;

use super::{json, users};
use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static ALL: Sql = Sql::new(
    "select id, realm_id, parent, name, description, attributes from groups where realm_id = $1 order by name, id",
);

static INSERT: Sql = Sql::new(
    "insert into groups (realm_id, id, parent, name, description, attributes) values ($1, $2, $3, $4, $5, $6)",
);

static UPDATE: Sql = Sql::new(
    "update groups set parent = $3, name = $4, description = $5, attributes = $6 where realm_id = $1 and id = $2",
);

static DELETE: Sql = Sql::new("delete from groups where realm_id = $1 and id = $2");

static ROLES: Sql = Sql::new(
    "select k.group_id, k.role_id from group_roles k join groups g on g.id = k.group_id
     where g.realm_id = $1 order by k.group_id, k.role_id",
);

static ASSIGN: Sql = Sql::new("insert into group_roles (group_id, role_id) values ($1, $2) on conflict do nothing");

static UNASSIGN: Sql = Sql::new("delete from group_roles where group_id = $1 and role_id = $2");

static OF_USER: Sql = Sql::new("select group_id from group_members where user_id = $1 order by group_id");

static OF_SERVICE_ACCOUNTS: Sql = Sql::new(
    "select m.user_id, m.group_id
     from clients c join users u on u.service_account_of = c.id join group_members m on m.user_id = u.id
     where c.realm_id = $1 order by m.user_id, m.group_id",
);

static JOIN: Sql = Sql::new("insert into group_members (user_id, group_id) values ($1, $2) on conflict do nothing");

static LEAVE: Sql = Sql::new("delete from group_members where user_id = $1 and group_id = $2");

const NAME_TAKEN: &str = "a group of this name under its parent";

#[async_trait]
impl Groups for Transaction {
    async fn groups(&mut self, realm: RealmId) -> Result<Vec<Group>, Fault> {
        self.all(&ALL, params![realm], group).await
    }

    async fn insert_group(&mut self, group: &Group) -> Result<(), Fault> {
        let attributes = json(&group.attributes)?;
        let params = params![
            group.realm,
            group.id,
            group.parent,
            &group.name,
            &group.description,
            attributes
        ];
        self.insert(&INSERT, params, NAME_TAKEN).await
    }

    async fn update_group(&mut self, group: &Group) -> Result<bool, Fault> {
        let attributes = json(&group.attributes)?;
        let params = params![
            group.realm,
            group.id,
            group.parent,
            &group.name,
            &group.description,
            attributes
        ];
        Ok(self.change(&UPDATE, params, NAME_TAKEN).await? > 0)
    }

    async fn delete_group(&mut self, realm: RealmId, id: GroupId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![realm, id]).await? > 0)
    }

    async fn group_roles(&mut self, realm: RealmId) -> Result<Vec<(GroupId, RoleId)>, Fault> {
        self.all(&ROLES, params![realm], |row| Ok((row.get()?, row.get()?)))
            .await
    }

    async fn assign_group_role(&mut self, group: GroupId, role: RoleId) -> Result<(), Fault> {
        self.execute(&ASSIGN, params![group, role]).await?;
        Ok(())
    }

    async fn unassign_group_role(&mut self, group: GroupId, role: RoleId) -> Result<bool, Fault> {
        Ok(self.execute(&UNASSIGN, params![group, role]).await? > 0)
    }

    async fn groups_of_user(&mut self, user: UserId) -> Result<Vec<GroupId>, Fault> {
        self.all(&OF_USER, params![user], only).await
    }

    async fn service_account_groups(&mut self, realm: RealmId) -> Result<Vec<(UserId, GroupId)>, Fault> {
        self.all(&OF_SERVICE_ACCOUNTS, params![realm], |row| Ok((row.get()?, row.get()?)))
            .await
    }

    async fn join_group(&mut self, user: UserId, group: GroupId) -> Result<(), Fault> {
        self.execute(&JOIN, params![user, group]).await?;
        Ok(())
    }

    async fn leave_group(&mut self, user: UserId, group: GroupId) -> Result<bool, Fault> {
        Ok(self.execute(&LEAVE, params![user, group]).await? > 0)
    }

    async fn members(&mut self, group: GroupId, paging: Paging) -> Result<Vec<User>, Fault> {
        users::members(self, group, paging).await
    }
}

fn group(row: &mut Row<'_>) -> Result<Group, Fault> {
    Ok(Group {
        id: row.get()?,
        realm: row.get()?,
        parent: row.get()?,
        name: row.get()?,
        description: row.get()?,
        attributes: row.json()?,
    })
}
