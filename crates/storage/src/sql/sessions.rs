//! Sessions.

use async_trait::async_trait;
use keyward_domain::grant::{GrantKind, TokenHash};
use keyward_domain::id::{ClientUuid, RealmId, SessionId, UserId};
use keyward_domain::ports::Sessions;
use keyward_domain::ports::users::Paging;
use keyward_domain::session::Session;
use keyward_domain::{Fault, Timestamp};

use super::grants;
use crate::param::params;
use crate::row::Row;
use crate::statement::Sql;
use crate::transaction::Transaction;

static INSERT: Sql = Sql::new(
    "insert into sessions
     (id, realm_id, user_id, cookie, auth_time, address, user_agent, started_at, seen_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

static BY_ID: Sql = Sql::new(
    "select id, realm_id, user_id, cookie, auth_time, address, user_agent, started_at, seen_at, expires_at
     from sessions where id = $1",
);

static OF_USER: Sql = Sql::new(
    "select id, realm_id, user_id, cookie, auth_time, address, user_agent, started_at, seen_at, expires_at
     from sessions where user_id = $1 and expires_at > $2 order by started_at desc, id desc limit $3",
);

static RENEW: Sql = Sql::new(
    "update sessions set cookie = $3, auth_time = $4, address = $5, user_agent = $6, seen_at = $7
     where id = $1 and cookie is not distinct from $2",
);

/// The row is written whatever the instant: until the transaction ends nobody deletes it.
static TOUCH: Sql =
    Sql::new("update sessions set seen_at = case when seen_at > $2 then seen_at else $2 end where id = $1");

static DELETE: Sql = Sql::new("delete from sessions where id = $1");

/// What a session that is gone has left is told from its grants: an offline grant outlives it.
static OF_CLIENT: Sql = Sql::new(
    "select g.session_id, g.realm_id, g.user_id, s.cookie, coalesce(s.auth_time, min(g.created_at)),
     coalesce(s.address, ''), coalesce(s.user_agent, ''), coalesce(s.started_at, min(g.created_at)),
     coalesce(s.seen_at, max(g.rotated_at)), coalesce(s.expires_at, max(g.expires_at))
     from grants g left join sessions s on s.id = g.session_id
     where g.client_uuid = $1 and g.kind = $2 and g.revoked_at is null and g.expires_at > $3
       and g.idle_secs > ($3 - g.rotated_at) / 1000
     group by g.session_id, g.realm_id, g.user_id, s.id
     order by coalesce(s.started_at, min(g.created_at)) desc, g.session_id desc limit $4 offset $5",
);

/// By its clients: those have an index of their grants.
static COUNTS: Sql = Sql::new(
    "select client_uuid, kind, count(distinct session_id) from grants
     where client_uuid in (select id from clients where realm_id = $1) and revoked_at is null and expires_at > $2
       and idle_secs > ($2 - rotated_at) / 1000
     group by client_uuid, kind order by client_uuid, kind",
);

static DELETE_OF_REALM: Sql = Sql::new("delete from sessions where realm_id = $1");

static DELETE_OF_USER: Sql = Sql::new("delete from sessions where user_id = $1");

static SWEEP: Sql =
    Sql::new("delete from sessions where id in (select id from sessions where expires_at < $1 limit $2)");

#[async_trait]
impl Sessions for Transaction {
    async fn insert_session(&mut self, session: &Session) -> Result<(), Fault> {
        let params = params![
            session.id,
            session.realm,
            session.user,
            session.cookie,
            session.auth_time,
            &session.address,
            &session.user_agent,
            session.started_at,
            session.seen_at,
            session.expires_at
        ];
        self.insert(&INSERT, params, "a session of this id").await
    }

    async fn session(&mut self, id: SessionId) -> Result<Option<Session>, Fault> {
        self.one(&BY_ID, params![id], session).await
    }

    async fn sessions_of_user(&mut self, user: UserId, now: Timestamp, limit: i64) -> Result<Vec<Session>, Fault> {
        self.all(&OF_USER, params![user, now, limit], session).await
    }

    async fn renew_session(&mut self, session: &Session, old: Option<TokenHash>) -> Result<bool, Fault> {
        let params = params![
            session.id,
            old,
            session.cookie,
            session.auth_time,
            &session.address,
            &session.user_agent,
            session.seen_at
        ];
        Ok(self.execute(&RENEW, params).await? > 0)
    }

    async fn touch_session(&mut self, id: SessionId, now: Timestamp) -> Result<(), Fault> {
        self.execute(&TOUCH, params![id, now]).await?;
        Ok(())
    }

    async fn delete_session(&mut self, id: SessionId) -> Result<bool, Fault> {
        Ok(self.execute(&DELETE, params![id]).await? > 0)
    }

    async fn sessions_of_client(
        &mut self,
        client: ClientUuid,
        kind: GrantKind,
        now: Timestamp,
        paging: Paging,
    ) -> Result<Vec<Session>, Fault> {
        let params = params![client, grants::word(kind), now, paging.max, paging.first];
        self.all(&OF_CLIENT, params, session).await
    }

    async fn session_counts(
        &mut self,
        realm: RealmId,
        now: Timestamp,
    ) -> Result<Vec<(ClientUuid, GrantKind, i64)>, Fault> {
        self.all(&COUNTS, params![realm, now], |row| {
            Ok((row.get()?, row.parsed(grants::kind)?, row.get()?))
        })
        .await
    }

    async fn delete_sessions_of_realm(&mut self, realm: RealmId) -> Result<u64, Fault> {
        self.execute(&DELETE_OF_REALM, params![realm]).await
    }

    async fn delete_sessions_of_user(&mut self, user: UserId) -> Result<u64, Fault> {
        self.execute(&DELETE_OF_USER, params![user]).await
    }

    async fn sweep_sessions(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault> {
        self.execute(&SWEEP, params![now, limit]).await
    }
}

fn session(row: &mut Row<'_>) -> Result<Session, Fault> {
    Ok(Session {
        id: row.get()?,
        realm: row.get()?,
        user: row.get()?,
        cookie: row.get()?,
        auth_time: row.get()?,
        address: row.get()?,
        user_agent: row.get()?,
        started_at: row.get()?,
        seen_at: row.get()?,
        expires_at: row.get()?,
    })
}
