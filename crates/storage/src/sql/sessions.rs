//! Sessions.

use async_trait::async_trait;
use keyward_domain::grant::TokenHash;
use keyward_domain::id::{SessionId, UserId};
use keyward_domain::ports::Sessions;
use keyward_domain::session::Session;
use keyward_domain::{Fault, Timestamp};

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

    async fn sweep_sessions(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault> {
        self.execute(&SWEEP, params![now, limit]).await
    }
}

fn session(row: &mut Row) -> Result<Session, Fault> {
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
