//! Failed logins.

use async_trait::async_trait;
use keyward_domain::id::RealmId;
use keyward_domain::policy::lockout::FailureRecord;
use keyward_domain::ports::LoginFailures;
use keyward_domain::{Fault, Timestamp};

use crate::param::params;
use crate::row::{Row, only};
use crate::statement::Sql;
use crate::transaction::Transaction;

static ONE: Sql = Sql::new(
    "select counted, failures, temporary_lockouts, last_failure_at, locked_until, permanently
     from login_failures where realm_id = $1 and key = $2",
);

/// Makes the row if there is none and changes nothing if there is one: both lock it until the transaction ends.
static LOCK: Sql = Sql::new(
    "insert into login_failures
     (realm_id, key, counted, failures, temporary_lockouts, last_failure_at, locked_until, permanently)
     values ($1, $2, false, 0, 0, 0, null, false)
     on conflict (realm_id, key) do update set counted = login_failures.counted
     returning counted, failures, temporary_lockouts, last_failure_at, locked_until, permanently",
);

static SAVE: Sql = Sql::new(
    "insert into login_failures
     (realm_id, key, counted, failures, temporary_lockouts, last_failure_at, locked_until, permanently)
     values ($1, $2, true, $3, $4, $5, $6, $7)
     on conflict (realm_id, key) do update
     set counted = true, failures = excluded.failures, temporary_lockouts = excluded.temporary_lockouts,
         last_failure_at = excluded.last_failure_at, locked_until = excluded.locked_until,
         permanently = excluded.permanently",
);

static CLEAR: Sql = Sql::new("delete from login_failures where realm_id = $1 and key = $2 returning counted");

/// What is counted by an address has a key that begins with this word.
static CLEAR_OF_USERS: Sql =
    Sql::new("delete from login_failures where realm_id = $1 and counted and key not like 'address:%'");

/// A row that is not counted has its last failure in 1970 and goes as well.
static SWEEP: Sql = Sql::new(
    "delete from login_failures where (realm_id, key) in
     (select realm_id, key from login_failures where last_failure_at < $1 and not permanently limit $2)
     and last_failure_at < $1 and not permanently",
);

#[async_trait]
impl LoginFailures for Transaction {
    async fn login_failures(&mut self, realm: RealmId, key: &str) -> Result<Option<FailureRecord>, Fault> {
        Ok(self.one(&ONE, params![realm, key], record).await?.flatten())
    }

    async fn lock_login_failures(&mut self, realm: RealmId, key: &str) -> Result<Option<FailureRecord>, Fault> {
        Ok(self.one(&LOCK, params![realm, key], record).await?.flatten())
    }

    async fn save_login_failures(&mut self, realm: RealmId, key: &str, record: &FailureRecord) -> Result<(), Fault> {
        let params = params![
            realm,
            key,
            record.failures,
            record.temporary_lockouts,
            record.last_failure_at,
            record.locked_until,
            record.permanently
        ];
        self.execute(&SAVE, params).await?;
        Ok(())
    }

    async fn clear_login_failures(&mut self, realm: RealmId, key: &str) -> Result<bool, Fault> {
        let counted = self.one(&CLEAR, params![realm, key], only).await?;
        Ok(counted.unwrap_or(false))
    }

    async fn clear_login_failures_of_users(&mut self, realm: RealmId) -> Result<u64, Fault> {
        self.execute(&CLEAR_OF_USERS, params![realm]).await
    }

    async fn sweep_login_failures(&mut self, before: Timestamp, limit: i64) -> Result<u64, Fault> {
        self.execute(&SWEEP, params![before, limit]).await
    }
}

/// None for a row that was made only to be locked.
fn record(row: &mut Row<'_>) -> Result<Option<FailureRecord>, Fault> {
    let counted: bool = row.get()?;
    let record = FailureRecord {
        failures: row.get()?,
        temporary_lockouts: row.get()?,
        last_failure_at: row.get()?,
        locked_until: row.get()?,
        permanently: row.get()?,
    };
    Ok(counted.then_some(record))
}
