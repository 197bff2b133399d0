//! Grants and their refresh tokens; the port's codes and opaque tokens are beside.

use async_trait::async_trait;
use keyward_domain::grant::{AccessTokenRecord, AuthorizationCode, Grant, GrantKind, TokenHash};
use keyward_domain::id::{AccessTokenId, ClientUuid, GrantId, RealmId, SessionId, UserId};
use keyward_domain::ports::Grants;
use keyward_domain::ports::grants::{Redeemed, Revoked, Rotate, Rotation};
use keyward_domain::{Fault, Timestamp};

use super::{access_tokens, codes, json};
use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new(
    "insert into grants
     (id, realm_id, client_uuid, user_id, session_id, kind, authorized, sequence, previous, rotated_at,
     idle_secs, access_until, created_at, expires_at, revoked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
);

static BY_ID: Sql = Sql::new(
    "select id, realm_id, client_uuid, user_id, session_id, kind, authorized, sequence, previous, rotated_at,
     idle_secs, access_until, created_at, expires_at, revoked_at
     from grants where id = $1",
);

/// The end by idleness is compared by division: a product of a setting could overflow.
static OF_USER: Sql = Sql::new(
    "select id, realm_id, client_uuid, user_id, session_id, kind, authorized, sequence, previous, rotated_at,
     idle_secs, access_until, created_at, expires_at, revoked_at
     from grants
     where user_id = $1 and revoked_at is null and expires_at > $2 and idle_secs > ($2 - rotated_at) / 1000
     order by created_at desc, id desc limit $3",
);

static OF_SESSION: Sql = Sql::new(
    "select id, realm_id, client_uuid, user_id, session_id, kind, authorized, sequence, previous, rotated_at,
     idle_secs, access_until, created_at, expires_at, revoked_at
     from grants
     where session_id = $1 and revoked_at is null and expires_at > $2 and idle_secs > ($2 - rotated_at) / 1000
     order by created_at desc, id desc",
);

static REVOKE: Sql =
    Sql::new("update grants set revoked_at = $2 where id = $1 and revoked_at is null returning id, access_until");

static REVOKE_OF_SESSION: Sql = Sql::new(
    "update grants set revoked_at = $2 where session_id = $1 and kind = 'online' and revoked_at is null
     returning id, access_until",
);

static REVOKE_OF_CLIENT: Sql = Sql::new(
    "update grants set revoked_at = $3 where user_id = $1 and client_uuid = $2 and revoked_at is null
     returning id, access_until",
);

static REVOKE_OF_USER: Sql = Sql::new(
    "update grants set revoked_at = $3 where user_id = $1 and kind = coalesce($2, kind) and revoked_at is null
     returning id, access_until",
);

/// By its clients: those have an index of their grants.
static REVOKE_OF_REALM: Sql = Sql::new(
    "update grants set revoked_at = $2
     where client_uuid in (select id from clients where realm_id = $1) and kind = 'online' and revoked_at is null
     returning id, access_until",
);

static LAST_ROTATION: Sql = Sql::new("select max(rotated_at) from grants where session_id = $1 and kind = 'online'");

/// `access_until` never goes back: it must cover every access token that went out.
static ROTATE: Sql = Sql::new(
    "update grants
     set sequence = sequence + 1, previous = $2, rotated_at = $4,
         access_until = case when access_until > $5 then access_until else $5 end
     where id = $1 and sequence = $3 and (sequence = $2 or previous = $2) and revoked_at is null
       and expires_at > $4 and idle_secs > ($4 - rotated_at) / 1000
     returning id, realm_id, client_uuid, user_id, session_id, kind, authorized, sequence, previous, rotated_at,
     idle_secs, access_until, created_at, expires_at, revoked_at",
);

static TOUCH: Sql = Sql::new(
    "update grants
     set rotated_at = $3, access_until = case when access_until > $4 then access_until else $4 end
     where id = $1 and rotated_at = $2 and revoked_at is null
       and expires_at > $3 and idle_secs > ($3 - rotated_at) / 1000
     returning id, realm_id, client_uuid, user_id, session_id, kind, authorized, sequence, previous, rotated_at,
     idle_secs, access_until, created_at, expires_at, revoked_at",
);

static SWEEP: Sql = Sql::new("delete from grants where id in (select id from grants where expires_at < $1 limit $2)");

static SWEEP_JTIS: Sql = Sql::new(
    "delete from remembered_jtis where hash in (select hash from remembered_jtis where expires_at < $1 limit $2)",
);

/// Seconds for which a code is kept after its end: a late replay is still known as one.
const KEEP_CODES_SECS: i64 = 3600;

#[async_trait]
impl Grants for Transaction {
    async fn insert_grant(&mut self, grant: &Grant) -> Result<(), Fault> {
        let params = params![
            grant.id,
            grant.realm,
            grant.client,
            grant.user,
            grant.session,
            word(grant.kind),
            json(&grant.authorized)?,
            grant.sequence,
            grant.previous,
            grant.rotated_at,
            grant.idle_secs,
            grant.access_until,
            grant.created_at,
            grant.expires_at,
            grant.revoked_at
        ];
        self.insert(&INSERT, params, "a grant of this id").await
    }

    async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, Fault> {
        self.one(&BY_ID, params![id], grant).await
    }

    async fn grants_of_user(&mut self, user: UserId, now: Timestamp, limit: i64) -> Result<Vec<Grant>, Fault> {
        self.all(&OF_USER, params![user, now, limit], grant).await
    }

    async fn revoke_grant(&mut self, id: GrantId, now: Timestamp) -> Result<Option<Revoked>, Fault> {
        self.one(&REVOKE, params![id, now], revoked).await
    }

    async fn revoke_grants_of_session(&mut self, session: SessionId, now: Timestamp) -> Result<Vec<Revoked>, Fault> {
        self.all(&REVOKE_OF_SESSION, params![session, now], revoked).await
    }

    async fn revoke_grants_of_client(
        &mut self,
        user: UserId,
        client: ClientUuid,
        now: Timestamp,
    ) -> Result<Vec<Revoked>, Fault> {
        self.all(&REVOKE_OF_CLIENT, params![user, client, now], revoked).await
    }

    async fn grants_of_session(&mut self, session: SessionId, now: Timestamp) -> Result<Vec<Grant>, Fault> {
        self.all(&OF_SESSION, params![session, now], grant).await
    }

    async fn revoke_grants_of_user(
        &mut self,
        user: UserId,
        kind: Option<GrantKind>,
        now: Timestamp,
    ) -> Result<Vec<Revoked>, Fault> {
        self.all(&REVOKE_OF_USER, params![user, kind.map(word), now], revoked)
            .await
    }

    async fn revoke_grants_of_realm(&mut self, realm: RealmId, now: Timestamp) -> Result<Vec<Revoked>, Fault> {
        self.all(&REVOKE_OF_REALM, params![realm, now], revoked).await
    }

    async fn last_rotation(&mut self, session: SessionId) -> Result<Option<Timestamp>, Fault> {
        Ok(self.one(&LAST_ROTATION, params![session], only).await?.flatten())
    }

    async fn add_code(&mut self, code: &AuthorizationCode) -> Result<(), Fault> {
        codes::add(self, code).await
    }

    async fn code(&mut self, hash: TokenHash) -> Result<Option<AuthorizationCode>, Fault> {
        codes::find(self, hash).await
    }

    async fn redeem_code(&mut self, hash: TokenHash, now: Timestamp) -> Result<Redeemed, Fault> {
        codes::redeem(self, hash, now).await
    }

    async fn rotate_refresh_token(&mut self, rotate: Rotate) -> Result<Rotation, Fault> {
        let Rotate {
            grant: id,
            from,
            at,
            now,
            access_until,
        } = rotate;
        match self
            .one(&ROTATE, params![id, from, at, now, access_until], grant)
            .await?
        {
            Some(grant) => Ok(Rotation::Rotated(grant)),
            None => unmoved(self, id, now).await,
        }
    }

    async fn touch_grant(
        &mut self,
        id: GrantId,
        seen: Timestamp,
        now: Timestamp,
        access_until: Timestamp,
    ) -> Result<Rotation, Fault> {
        match self.one(&TOUCH, params![id, seen, now, access_until], grant).await? {
            Some(grant) => Ok(Rotation::Rotated(grant)),
            None => unmoved(self, id, now).await,
        }
    }

    async fn insert_access_token(&mut self, token: &AccessTokenRecord) -> Result<(), Fault> {
        access_tokens::insert(self, token).await
    }

    async fn access_token(&mut self, id: AccessTokenId) -> Result<Option<AccessTokenRecord>, Fault> {
        access_tokens::find(self, id).await
    }

    async fn delete_access_token(&mut self, id: AccessTokenId) -> Result<bool, Fault> {
        access_tokens::delete(self, id).await
    }

    async fn sweep_grants(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault> {
        let mut removed = codes::sweep(self, now.minus_secs(KEEP_CODES_SECS), limit).await?;
        removed += access_tokens::sweep(self, now, limit).await?;
        removed += self.execute(&SWEEP, params![now, limit]).await?;
        removed += self.execute(&SWEEP_JTIS, params![now, limit]).await?;
        Ok(removed)
    }
}

/// Why a conditional update met no row.
async fn unmoved(tx: &mut Transaction, id: GrantId, now: Timestamp) -> Result<Rotation, Fault> {
    Ok(match tx.one(&BY_ID, params![id], grant).await? {
        None => Rotation::Unknown,
        Some(grant) if grant.is_live(now) => Rotation::Superseded(grant),
        Some(grant) => Rotation::Ended(grant),
    })
}

fn grant(row: &mut Row<'_>) -> Result<Grant, Fault> {
    Ok(Grant {
        id: row.get()?,
        realm: row.get()?,
        client: row.get()?,
        user: row.get()?,
        session: row.get()?,
        kind: row.parsed(kind)?,
        authorized: row.json()?,
        sequence: row.get()?,
        previous: row.get()?,
        rotated_at: row.get()?,
        idle_secs: row.get()?,
        access_until: row.get()?,
        created_at: row.get()?,
        expires_at: row.get()?,
        revoked_at: row.get()?,
    })
}

fn revoked(row: &mut Row<'_>) -> Result<Revoked, Fault> {
    Ok(Revoked {
        grant: row.get()?,
        access_until: row.get()?,
    })
}

/// The word of a kind in its rows.
pub(super) const fn word(kind: GrantKind) -> &'static str {
    match kind {
        GrantKind::Online => "online",
        GrantKind::Offline => "offline",
    }
}

/// The kind of a word.
pub(super) fn kind(text: &str) -> Option<GrantKind> {
    [GrantKind::Online, GrantKind::Offline]
        .into_iter()
        .find(|known| word(*known) == text)
}
