//! Client scopes.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::id::{RealmId, ScopeId};
use keyward_domain::ports::Scopes;
use keyward_domain::scope::ClientScope;

use super::json;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static ALL: Sql = Sql::new("select id, realm_id, name, settings from scopes where realm_id = $1 order by name");

static INSERT: Sql = Sql::new("insert into scopes (id, realm_id, name, settings) values ($1, $2, $3, $4)");

static UPDATE: Sql = Sql::new("update scopes set name = $3, settings = $4 where realm_id = $1 and id = $2");

static DELETE: Sql = Sql::new("delete from scopes where realm_id = $1 and id = $2");

const NAME_TAKEN: &str = "a client scope of this name";

#[async_trait]
impl Scopes for Transaction {
    async fn scopes(&mut self, realm: RealmId) -> Result<Vec<ClientScope>, Fault> {
        self.all(&ALL, params![realm], scope).await
    }

    async fn insert_scope(&mut self, scope: &ClientScope) -> Result<(), Fault> {
        let settings = json(&scope.settings)?;
        let params = params![scope.id, scope.realm, &scope.name, settings];
        self.insert(&INSERT, params, NAME_TAKEN).await
    }

    async fn update_scope(&mut self, scope: &ClientScope) -> Result<bool, Fault> {
        let settings = json(&scope.settings)?;
        let params = params![scope.realm, scope.id, &scope.name, settings];
        Ok(self.change(&UPDATE, params, NAME_TAKEN).await? > 0)
    }

    async fn delete_scope(&mut self, realm: RealmId, id: ScopeId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![realm, id]).await? > 0)
    }
}

fn scope(row: &mut Row<'_>) -> Result<ClientScope, Fault> {
    Ok(ClientScope {
        id: row.get()?,
        realm: row.get()?,
        name: row.get()?,
        settings: row.json()?,
    })
}
