//! The log of changes.

use std::str::FromStr;

use async_trait::async_trait;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Changes;
use keyward_domain::ports::changes::{Change, Entry};
use keyward_domain::{Fault, Timestamp};

use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

/// The row stays locked until the transaction ends: numbers appear in the order in which they were given.
static NEXT: Sql = Sql::new("update change_head set last = last + 1 where id = 1 returning last");

static INSERT: Sql = Sql::new(
    "insert into changes (sequence, realm_id, kind, jti, subject, expires_at) values ($1, $2, $3, $4, $5, $6)",
);

static AFTER: Sql = Sql::new(
    "select sequence, realm_id, kind, jti, subject, expires_at from changes
     where sequence > $1 order by sequence limit $2",
);

static LAST: Sql = Sql::new("select last from change_head where id = 1");

static SWEEP: Sql =
    Sql::new("delete from changes where sequence in (select sequence from changes where expires_at < $1 limit $2)");

#[async_trait]
impl Changes for Transaction {
    async fn append_change(&mut self, realm: RealmId, change: &Change, expires_at: Timestamp) -> Result<i64, Fault> {
        let sequence: i64 = self.one(&NEXT, params![], only).await?.ok_or_else(headless)?;
        let (kind, jti, subject) = match change {
            Change::TokenRevoked { jti } => ("token_revoked", Some(jti), None),
            Change::GrantRevoked { grant } => ("grant_revoked", None, Some(grant.to_string())),
            Change::UserChanged { user } => ("user_changed", None, Some(user.to_string())),
            Change::RealmChanged => ("realm_changed", None, None),
        };
        let params = params![sequence, realm, kind, jti, subject, expires_at];
        self.insert(&INSERT, params, "a change of this place").await?;
        Ok(sequence)
    }

    async fn changes_after(&mut self, cursor: i64, limit: i64) -> Result<Vec<Entry>, Fault> {
        self.all(&AFTER, params![cursor, limit], entry).await
    }

    async fn last_change(&mut self) -> Result<i64, Fault> {
        self.one(&LAST, params![], only).await?.ok_or_else(headless)
    }

    async fn sweep_changes(&mut self, now: Timestamp, limit: i64) -> Result<u64, Fault> {
        self.execute(&SWEEP, params![now, limit]).await
    }
}

fn entry(row: &mut Row<'_>) -> Result<Entry, Fault> {
    let sequence = row.get()?;
    let realm = row.get()?;
    let kind: String = row.get()?;
    let jti: Option<String> = row.get()?;
    let subject: Option<String> = row.get()?;
    let change = match (kind.as_str(), jti, subject) {
        ("token_revoked", Some(jti), None) => Change::TokenRevoked { jti },
        ("grant_revoked", None, Some(grant)) => Change::GrantRevoked { grant: id(&grant)? },
        ("user_changed", None, Some(user)) => Change::UserChanged { user: id(&user)? },
        ("realm_changed", None, None) => Change::RealmChanged,
        _ => return Err(Fault::Corrupt("the log of changes has an unknown kind".into())),
    };
    Ok(Entry {
        sequence,
        realm,
        change,
        expires_at: row.get()?,
    })
}

fn id<T: FromStr>(text: &str) -> Result<T, Fault> {
    text.parse()
        .map_err(|_| Fault::Corrupt("the log of changes has a subject that is no identifier".into()))
}

fn headless() -> Fault {
    Fault::Corrupt("the log of changes has lost its head".into())
}
