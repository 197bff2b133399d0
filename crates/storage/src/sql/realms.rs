//! Realms.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Realms;
use keyward_domain::realm::{Realm, RealmName};

use super::json;
use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static BY_NAME: Sql = Sql::new("select id, name, enabled, not_before, settings from realms where name = $1");

static ALL: Sql = Sql::new("select id, name, enabled, not_before, settings from realms order by name");

static INSERT: Sql =
    Sql::new("insert into realms (id, name, enabled, not_before, settings) values ($1, $2, $3, $4, $5)");

static UPDATE: Sql =
    Sql::new("update realms set name = $2, enabled = $3, not_before = $4, settings = $5 where id = $1");

/// Locks the row until the transaction ends.
static LOCK: Sql = Sql::new("select id from realms where id = $1 for no key update");

const NAME_TAKEN: &str = "a realm of this name";

static DELETE: Sql = Sql::new("delete from realms where id = $1");

#[async_trait]
impl Realms for Transaction {
    async fn realm_by_name(&mut self, name: &RealmName) -> Result<Option<Realm>, Fault> {
        self.one(&BY_NAME, params![name.as_str()], realm).await
    }

    async fn realms(&mut self) -> Result<Vec<Realm>, Fault> {
        self.all(&ALL, params![], realm).await
    }

    async fn insert_realm(&mut self, realm: &Realm) -> Result<(), Fault> {
        let settings = json(&realm.settings)?;
        let params = params![realm.id, realm.name.as_str(), realm.enabled, realm.not_before, settings];
        self.insert(&INSERT, params, NAME_TAKEN).await
    }

    async fn update_realm(&mut self, realm: &Realm) -> Result<bool, Fault> {
        let settings = json(&realm.settings)?;
        let params = params![realm.id, realm.name.as_str(), realm.enabled, realm.not_before, settings];
        Ok(self.change(&UPDATE, params, NAME_TAKEN).await? > 0)
    }

    async fn lock_realm(&mut self, id: RealmId) -> Result<(), Fault> {
        self.all(&LOCK, params![id], only::<RealmId>).await.map(drop)
    }

    async fn delete_realm(&mut self, id: RealmId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![id]).await? > 0)
    }
}

fn realm(row: &mut Row<'_>) -> Result<Realm, Fault> {
    Ok(Realm {
        id: row.get()?,
        name: row.parsed(|text| RealmName::parse(text).ok())?,
        enabled: row.get()?,
        not_before: row.get()?,
        settings: row.json()?,
    })
}
