//! Opaque access tokens.

use keyward_domain::grant::AccessTokenRecord;
use keyward_domain::id::AccessTokenId;
use keyward_domain::{Fault, Timestamp};

use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new(
    "insert into access_tokens (id, hash, realm_id, client_uuid, claims, expires_at) values ($1, $2, $3, $4, $5, $6)",
);

static BY_ID: Sql =
    Sql::new("select id, hash, realm_id, client_uuid, claims, expires_at from access_tokens where id = $1");

static DELETE: Sql = Sql::new("delete from access_tokens where id = $1");

static SWEEP: Sql =
    Sql::new("delete from access_tokens where id in (select id from access_tokens where expires_at < $1 limit $2)");

pub(super) async fn insert(tx: &mut Transaction, token: &AccessTokenRecord) -> Result<(), Fault> {
    let params = params![
        token.id,
        token.hash,
        token.realm,
        token.client,
        &token.claims,
        token.expires_at
    ];
    tx.insert(&INSERT, params, "an access token of this id").await
}

pub(super) async fn find(tx: &mut Transaction, id: AccessTokenId) -> Result<Option<AccessTokenRecord>, Fault> {
    tx.one(&BY_ID, params![id], token).await
}

pub(super) async fn delete(tx: &mut Transaction, id: AccessTokenId) -> Result<bool, Fault> {
    Ok(tx.execute(&DELETE, params![id]).await? > 0)
}

pub(super) async fn sweep(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    tx.execute(&SWEEP, params![before, limit]).await
}

fn token(row: &mut Row<'_>) -> Result<AccessTokenRecord, Fault> {
    Ok(AccessTokenRecord {
        id: row.get()?,
        hash: row.get()?,
        realm: row.get()?,
        client: row.get()?,
        claims: row.get()?,
        expires_at: row.get()?,
    })
}
