//! Grants, and the codes and tokens that come of them.

use async_trait::async_trait;
use keyward_domain::grant::{AccessTokenRecord, AuthorizationCode, Grant, TokenHash};
use keyward_domain::id::{AccessTokenId, GrantId};
use keyward_domain::ports::Grants;
use keyward_domain::ports::grants::{Redeemed, Rotation};
use keyward_domain::{Fault, Timestamp};

use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new(
    "insert into grants
     (id, realm_id, client_uuid, user_id, scope, sequence, rotated_at, created_at, expires_at, revoked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

static BY_ID: Sql = Sql::new(
    "select id, realm_id, client_uuid, user_id, scope, sequence, rotated_at, created_at, expires_at, revoked_at
     from grants where id = $1",
);

static REVOKE: Sql = Sql::new("update grants set revoked_at = $2 where id = $1 and revoked_at is null");

static ROTATE: Sql = Sql::new(
    "update grants set sequence = sequence + 1, rotated_at = $3
     where id = $1 and sequence = $2 and revoked_at is null and expires_at > $3
     returning id, realm_id, client_uuid, user_id, scope, sequence, rotated_at, created_at, expires_at, revoked_at",
);

static INSERT_CODE: Sql = Sql::new(
    "insert into codes (hash, grant_id, client_uuid, redirect_uri, code_challenge, nonce, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

static REDEEM: Sql = Sql::new(
    "update codes set consumed_at = $2 where hash = $1 and consumed_at is null
     returning hash, grant_id, client_uuid, redirect_uri, code_challenge, nonce, expires_at",
);

static CODE: Sql = Sql::new(
    "select hash, grant_id, client_uuid, redirect_uri, code_challenge, nonce, expires_at from codes where hash = $1",
);

static INSERT_TOKEN: Sql = Sql::new(
    "insert into access_tokens (id, hash, realm_id, client_uuid, claims, expires_at) values ($1, $2, $3, $4, $5, $6)",
);

static TOKEN: Sql =
    Sql::new("select id, hash, realm_id, client_uuid, claims, expires_at from access_tokens where id = $1");

static DELETE_TOKEN: Sql = Sql::new("delete from access_tokens where id = $1");

/// Codes before grants, which would take them along uncounted.
static SWEEPS: [Sql; 4] = [
    Sql::new("delete from codes where hash in (select hash from codes where expires_at < $1 limit $2)"),
    Sql::new("delete from access_tokens where id in (select id from access_tokens where expires_at < $1 limit $2)"),
    Sql::new("delete from grants where id in (select id from grants where expires_at < $1 limit $2)"),
    Sql::new(
        "delete from remembered_jtis where hash in (select hash from remembered_jtis where expires_at < $1 limit $2)",
    ),
];

#[async_trait]
impl Grants for Transaction {
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), Fault> {
        let params = params![
            grant.id,
            grant.realm,
            grant.client,
            grant.user,
            &grant.scope,
            grant.sequence,
            grant.rotated_at,
            grant.created_at,
            grant.expires_at,
            grant.revoked_at
        ];
        self.insert(&INSERT, params, "a grant of this id").await
    }

    async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, Fault> {
        self.one(&BY_ID, params![id], grant).await
    }

    async fn revoke_grant(&mut self, id: GrantId, now: Timestamp) -> Result<bool, Fault> {
        Ok(self.execute(&REVOKE, params![id, now]).await? > 0)
    }

    async fn add_code(&mut self, code: &AuthorizationCode) -> Result<(), Fault> {
        let params = params![
            code.hash,
            code.grant,
            code.client,
            code.redirect_uri.as_deref(),
            code.code_challenge.as_deref(),
            code.nonce.as_deref(),
            code.expires_at
        ];
        self.insert(&INSERT_CODE, params, "an authorization code of this hash")
            .await
    }

    async fn redeem_code(&mut self, hash: TokenHash, now: Timestamp) -> Result<Redeemed, Fault> {
        if let Some(code) = self.one(&REDEEM, params![hash, now], code).await? {
            return Ok(Redeemed::First(code));
        }
        let spent = self.one(&CODE, params![hash], code).await?;
        Ok(spent.map_or(Redeemed::Unknown, Redeemed::Replayed))
    }

    async fn rotate_refresh_token(&mut self, id: GrantId, sequence: i64, now: Timestamp) -> Result<Rotation, Fault> {
        if let Some(grant) = self.one(&ROTATE, params![id, sequence, now], grant).await? {
            return Ok(Rotation::Rotated(grant));
        }
        Ok(match self.grant(id).await? {
            None => Rotation::Unknown,
            Some(grant) if grant.revoked_at.is_some() || grant.expires_at <= now => Rotation::Ended(grant),
            Some(grant) => Rotation::Superseded(grant),
        })
    }

    async fn insert_access_token(&mut self, token: &AccessTokenRecord) -> Result<(), Fault> {
        let params = params![
            token.id,
            token.hash,
            token.realm,
            token.client,
            &token.claims,
            token.expires_at
        ];
        self.insert(&INSERT_TOKEN, params, "an access token of this id").await
    }

    async fn access_token(&mut self, id: AccessTokenId) -> Result<Option<AccessTokenRecord>, Fault> {
        self.one(&TOKEN, params![id], token).await
    }

    async fn delete_access_token(&mut self, id: AccessTokenId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE_TOKEN, params![id]).await? > 0)
    }

    async fn sweep_grants(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault> {
        let mut removed = 0;
        for sweep in &SWEEPS {
            removed += self.execute(sweep, params![now, limit]).await?;
        }
        Ok(removed)
    }
}

fn grant(row: &mut Row) -> Result<Grant, Fault> {
    Ok(Grant {
        id: row.get()?,
        realm: row.get()?,
        client: row.get()?,
        user: row.get()?,
        scope: row.get()?,
        sequence: row.get()?,
        rotated_at: row.get()?,
        created_at: row.get()?,
        expires_at: row.get()?,
        revoked_at: row.get()?,
    })
}

fn code(row: &mut Row) -> Result<AuthorizationCode, Fault> {
    Ok(AuthorizationCode {
        hash: row.get()?,
        grant: row.get()?,
        client: row.get()?,
        redirect_uri: row.get()?,
        code_challenge: row.get()?,
        nonce: row.get()?,
        expires_at: row.get()?,
    })
}

fn token(row: &mut Row) -> Result<AccessTokenRecord, Fault> {
    Ok(AccessTokenRecord {
        id: row.get()?,
        hash: row.get()?,
        realm: row.get()?,
        client: row.get()?,
        claims: row.get()?,
        expires_at: row.get()?,
    })
}
