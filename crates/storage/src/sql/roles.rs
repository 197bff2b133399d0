//! Roles, what they contain, and who holds them.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::id::{RealmId, RoleId, UserId};
use keyward_domain::ports::Roles;
use keyward_domain::ports::users::Paging;
use keyward_domain::role::{Role, ScopeMapping};
use keyward_domain::user::User;

use super::{json, scope_mappings, users};
use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static ALL: Sql = Sql::new(
    "select id, realm_id, client_uuid, name, description, attributes from roles
     where realm_id = $1 order by name, id",
);

static COMPOSITES: Sql = Sql::new(
    "select k.composite, k.contained from composites k join roles r on r.id = k.composite
     where r.realm_id = $1 order by k.composite, k.contained",
);

static INSERT: Sql = Sql::new(
    "insert into roles (id, realm_id, client_uuid, name, description, attributes) values ($1, $2, $3, $4, $5, $6)",
);

static UPDATE: Sql =
    Sql::new("update roles set name = $3, description = $4, attributes = $5 where realm_id = $1 and id = $2");

static DELETE: Sql = Sql::new("delete from roles where realm_id = $1 and id = $2");

static REMOVE_FROM_COMPOSITE: Sql = Sql::new("delete from composites where composite = $1 and contained = $2");

static UNASSIGN: Sql = Sql::new("delete from role_assignments where user_id = $1 and role_id = $2");

const NAME_TAKEN: &str = "a role of this name";

static ADD_TO_COMPOSITE: Sql =
    Sql::new("insert into composites (composite, contained) values ($1, $2) on conflict do nothing");

static ASSIGN: Sql = Sql::new("insert into role_assignments (user_id, role_id) values ($1, $2) on conflict do nothing");

static ASSIGNED: Sql = Sql::new("select role_id from role_assignments where user_id = $1 order by role_id");

static OF_SERVICE_ACCOUNTS: Sql = Sql::new(
    "select a.user_id, a.role_id
     from clients c join users u on u.service_account_of = c.id join role_assignments a on a.user_id = u.id
     where c.realm_id = $1 order by a.user_id, a.role_id",
);

#[async_trait]
impl Roles for Transaction {
    async fn roles(&mut self, realm: RealmId) -> Result<Vec<Role>, Fault> {
        self.all(&ALL, params![realm], role).await
    }

    async fn composites(&mut self, realm: RealmId) -> Result<Vec<(RoleId, RoleId)>, Fault> {
        self.all(&COMPOSITES, params![realm], |row| Ok((row.get()?, row.get()?)))
            .await
    }

    async fn insert_role(&mut self, role: &Role) -> Result<(), Fault> {
        let params = params![
            role.id,
            role.realm,
            role.client,
            &role.name,
            &role.description,
            json(&role.attributes)?
        ];
        self.insert(&INSERT, params, NAME_TAKEN).await
    }

    async fn add_to_composite(&mut self, composite: RoleId, contained: RoleId) -> Result<(), Fault> {
        self.execute(&ADD_TO_COMPOSITE, params![composite, contained]).await?;
        Ok(())
    }

    async fn assign_role(&mut self, user: UserId, role: RoleId) -> Result<(), Fault> {
        self.execute(&ASSIGN, params![user, role]).await?;
        Ok(())
    }

    async fn assigned_roles(&mut self, user: UserId) -> Result<Vec<RoleId>, Fault> {
        self.all(&ASSIGNED, params![user], only).await
    }

    async fn service_account_roles(&mut self, realm: RealmId) -> Result<Vec<(UserId, RoleId)>, Fault> {
        self.all(&OF_SERVICE_ACCOUNTS, params![realm], |row| Ok((row.get()?, row.get()?)))
            .await
    }

    async fn update_role(&mut self, role: &Role) -> Result<bool, Fault> {
        let attributes = json(&role.attributes)?;
        let params = params![role.realm, role.id, &role.name, &role.description, attributes];
        Ok(self.change(&UPDATE, params, NAME_TAKEN).await? > 0)
    }

    async fn delete_role(&mut self, realm: RealmId, id: RoleId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![realm, id]).await? > 0)
    }

    async fn remove_from_composite(&mut self, composite: RoleId, contained: RoleId) -> Result<bool, Fault> {
        let params = params![composite, contained];
        Ok(self.execute(&REMOVE_FROM_COMPOSITE, params).await? > 0)
    }

    async fn unassign_role(&mut self, user: UserId, role: RoleId) -> Result<bool, Fault> {
        Ok(self.execute(&UNASSIGN, params![user, role]).await? > 0)
    }

    async fn users_with_role(&mut self, role: RoleId, paging: Paging) -> Result<Vec<User>, Fault> {
        users::holders(self, role, paging).await
    }

    async fn scope_mappings(&mut self, realm: RealmId) -> Result<Vec<ScopeMapping>, Fault> {
        scope_mappings::of_realm(self, realm).await
    }

    async fn add_scope_mapping(&mut self, mapping: ScopeMapping) -> Result<(), Fault> {
        scope_mappings::add(self, mapping).await
    }

    async fn remove_scope_mapping(&mut self, mapping: ScopeMapping) -> Result<bool, Fault> {
        scope_mappings::remove(self, mapping).await
    }
}

fn role(row: &mut Row<'_>) -> Result<Role, Fault> {
    Ok(Role {
        id: row.get()?,
        realm: row.get()?,
        client: row.get()?,
        name: row.get()?,
        description: row.get()?,
        attributes: row.json()?,
    })
}
