//! Signing keys and HMAC keys.

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::id::RealmId;
use keyward_domain::key::{HmacKeyRecord, KeyRecord};
use keyward_domain::ports::Keys;
use keyward_jose::alg::Algorithm;

use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static ALL: Sql = Sql::new(
    "select kid, realm_id, algorithm, sealed, published_at, active_from from signing_keys
     where realm_id = $1 order by active_from, kid",
);

static INSERT: Sql = Sql::new(
    "insert into signing_keys (kid, realm_id, algorithm, sealed, published_at, active_from)
     values ($1, $2, $3, $4, $5, $6)",
);

static DELETE: Sql = Sql::new("delete from signing_keys where realm_id = $1 and kid = $2");

static RESEAL: Sql = Sql::new("update signing_keys set sealed = $4 where realm_id = $1 and kid = $2 and sealed = $3");

static HMAC_KEYS: Sql = Sql::new(
    "select kid, realm_id, sealed, created_at from hmac_keys where realm_id = $1 order by created_at desc, kid desc",
);

static INSERT_HMAC_KEY: Sql =
    Sql::new("insert into hmac_keys (kid, realm_id, sealed, created_at) values ($1, $2, $3, $4)");

static DELETE_HMAC_KEY: Sql = Sql::new("delete from hmac_keys where realm_id = $1 and kid = $2");

static RESEAL_HMAC_KEY: Sql =
    Sql::new("update hmac_keys set sealed = $4 where realm_id = $1 and kid = $2 and sealed = $3");

#[async_trait]
impl Keys for Transaction {
    async fn keys(&mut self, realm: RealmId) -> Result<Vec<KeyRecord>, Fault> {
        self.all(&ALL, params![realm], key).await
    }

    async fn insert_key(&mut self, key: &KeyRecord) -> Result<(), Fault> {
        let params = params![
            &key.kid,
            key.realm,
            key.algorithm.name(),
            &key.sealed,
            key.published_at,
            key.active_from
        ];
        self.insert(&INSERT, params, "a key of this kid").await
    }

    async fn delete_key(&mut self, realm: RealmId, kid: &str) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![realm, kid]).await? > 0)
    }

    async fn reseal_key(&mut self, realm: RealmId, kid: &str, old: &[u8], new: &[u8]) -> Result<bool, Fault> {
        Ok(self.execute(&RESEAL, params![realm, kid, old, new]).await? > 0)
    }

    async fn hmac_keys(&mut self, realm: RealmId) -> Result<Vec<HmacKeyRecord>, Fault> {
        self.all(&HMAC_KEYS, params![realm], hmac_key).await
    }

    async fn insert_hmac_key(&mut self, key: &HmacKeyRecord) -> Result<(), Fault> {
        let params = params![&key.kid, key.realm, &key.sealed, key.created_at];
        self.insert(&INSERT_HMAC_KEY, params, "an HMAC key of this kid").await
    }

    async fn reseal_hmac_key(&mut self, realm: RealmId, kid: &str, old: &[u8], new: &[u8]) -> Result<bool, Fault> {
        Ok(self.execute(&RESEAL_HMAC_KEY, params![realm, kid, old, new]).await? > 0)
    }

    async fn delete_hmac_key(&mut self, realm: RealmId, kid: &str) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE_HMAC_KEY, params![realm, kid]).await? > 0)
    }
}

fn key(row: &mut Row<'_>) -> Result<KeyRecord, Fault> {
    Ok(KeyRecord {
        kid: row.get()?,
        realm: row.get()?,
        algorithm: row.parsed(Algorithm::parse)?,
        sealed: row.get()?,
        published_at: row.get()?,
        active_from: row.get()?,
    })
}

fn hmac_key(row: &mut Row<'_>) -> Result<HmacKeyRecord, Fault> {
    Ok(HmacKeyRecord {
        kid: row.get()?,
        realm: row.get()?,
        sealed: row.get()?,
        created_at: row.get()?,
    })
}
