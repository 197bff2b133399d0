//! Roles, what they contain, and who holds them.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::id::{RealmId, RoleId, UserId};
use keyward_domain::ports::Roles;
use keyward_domain::role::Role;

use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static ALL: Sql =
    Sql::new("select id, realm_id, client_uuid, name, description from roles where realm_id = $1 order by name, id");

static COMPOSITES: Sql = Sql::new(
    "select k.composite, k.contained from composites k join roles r on r.id = k.composite
     where r.realm_id = $1 order by k.composite, k.contained",
);

static INSERT: Sql =
    Sql::new("insert into roles (id, realm_id, client_uuid, name, description) values ($1, $2, $3, $4, $5)");

static ADD_TO_COMPOSITE: Sql =
    Sql::new("insert into composites (composite, contained) values ($1, $2) on conflict do nothing");

static ASSIGN: Sql = Sql::new("insert into role_assignments (user_id, role_id) values ($1, $2) on conflict do nothing");

static ASSIGNED: Sql = Sql::new("select role_id from role_assignments where user_id = $1 order by role_id");

static OF_SERVICE_ACCOUNTS: Sql = Sql::new(
    "select a.user_id, a.role_id from role_assignments a join users u on u.id = a.user_id
     where u.realm_id = $1 and u.service_account_of is not null order by a.user_id, a.role_id",
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
        let params = params![role.id, role.realm, role.client, &role.name, &role.description];
        self.insert(&INSERT, params, "a role of this name").await
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
        self.all(&ASSIGNED, params![user], Row::get).await
    }

    async fn service_account_roles(&mut self, realm: RealmId) -> Result<Vec<(UserId, RoleId)>, Fault> {
        self.all(&OF_SERVICE_ACCOUNTS, params![realm], |row| Ok((row.get()?, row.get()?)))
            .await
    }
}

fn role(row: &mut Row) -> Result<Role, Fault> {
    Ok(Role {
        id: row.get()?,
        realm: row.get()?,
        client: row.get()?,
        name: row.get()?,
        description: row.get()?,
    })
}
