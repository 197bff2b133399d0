//! Authorization codes.

use keyward_domain::grant::{AuthorizationCode, TokenHash};
use keyward_domain::ports::grants::Redeemed;
use keyward_domain::{Fault, Timestamp};

use super::json;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new(
    "insert into codes
     (hash, grant_id, realm_id, client_uuid, user_id, session_id, authorized, redirect_uri, code_challenge,
     nonce, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

static REDEEM: Sql = Sql::new(
    "update codes set consumed_at = $2 where hash = $1 and consumed_at is null
     returning hash, grant_id, realm_id, client_uuid, user_id, session_id, authorized, redirect_uri, code_challenge,
     nonce, expires_at",
);

static BY_HASH: Sql = Sql::new(
    "select hash, grant_id, realm_id, client_uuid, user_id, session_id, authorized, redirect_uri, code_challenge,
     nonce, expires_at
     from codes where hash = $1",
);

static SWEEP: Sql = Sql::new("delete from codes where hash in (select hash from codes where expires_at < $1 limit $2)");

pub(super) async fn add(tx: &mut Transaction, code: &AuthorizationCode) -> Result<(), Fault> {
    let params = params![
        code.hash,
        code.grant,
        code.realm,
        code.client,
        code.user,
        code.session,
        json(&code.authorized)?,
        &code.redirect_uri,
        code.code_challenge.as_deref(),
        code.nonce.as_deref(),
        code.expires_at
    ];
    tx.insert(&INSERT, params, "an authorization code of this hash").await
}

pub(super) async fn find(tx: &mut Transaction, hash: TokenHash) -> Result<Option<AuthorizationCode>, Fault> {
    tx.one(&BY_HASH, params![hash], code).await
}

pub(super) async fn redeem(tx: &mut Transaction, hash: TokenHash, now: Timestamp) -> Result<Redeemed, Fault> {
    if let Some(code) = tx.one(&REDEEM, params![hash, now], code).await? {
        return Ok(Redeemed::First(code));
    }
    let spent = find(tx, hash).await?;
    Ok(spent.map_or(Redeemed::Unknown, Redeemed::Replayed))
}

pub(super) async fn sweep(tx: &mut Transaction, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    tx.execute(&SWEEP, params![before, limit]).await
}

fn code(row: &mut Row<'_>) -> Result<AuthorizationCode, Fault> {
    Ok(AuthorizationCode {
        hash: row.get()?,
        grant: row.get()?,
        realm: row.get()?,
        client: row.get()?,
        user: row.get()?,
        session: row.get()?,
        authorized: row.json()?,
        redirect_uri: row.get()?,
        code_challenge: row.get()?,
        nonce: row.get()?,
        expires_at: row.get()?,
    })
}
