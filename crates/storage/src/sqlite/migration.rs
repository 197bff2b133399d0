//! Bringing the schema up to date.

use std::time::Duration;

use keyward_domain::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::fault::fault;
use super::run;
use crate::migrate::{self, Applied, MigrateError};

/// Longest wait for another process that writes.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Applies what is pending, all or nothing. A migration may make a table anew that others refer to: foreign keys are
/// off meanwhile, which they cannot be within a transaction, and looked at before the end.
pub(super) fn apply(conn: &mut Connection, now: Timestamp) -> Result<Applied, MigrateError> {
    let alone = Alone::with(conn).map_err(|error| fault(&error))?;
    let tx = alone.0.transaction_with_behavior(TransactionBehavior::Immediate);
    let tx = tx.map_err(|error| fault(&error))?;
    run::batch(&tx, migrate::TABLE)?;
    let pending = migrate::plan(&run::applied(&tx)?, &migrate::SQLITE)?;
    for migration in &pending {
        run::batch(&tx, migration.text)?;
        run::record(&tx, migration, now)?;
    }
    if !pending.is_empty() {
        run::check_foreign_keys(&tx)?;
    }
    tx.commit().map_err(|error| fault(&error))?;
    Ok(migrate::done(&pending, &migrate::SQLITE))
}

/// The writing connection without foreign keys, waiting for other processes.
struct Alone<'c>(&'c mut Connection);

impl<'c> Alone<'c> {
    fn with(conn: &'c mut Connection) -> rusqlite::Result<Self> {
        let alone = Self(conn);
        alone.0.busy_timeout(LONGEST_WAIT)?;
        alone.0.execute_batch("pragma foreign_keys = off")?;
        Ok(alone)
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        let ended = self
            .0
            .execute_batch("pragma foreign_keys = on")
            .and_then(|()| self.0.busy_timeout(Duration::ZERO));
        if let Err(error) = ended {
            tracing::error!(%error, "SQLite goes on without foreign keys");
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_testkit::builders::NOW;
    use rusqlite::Connection;

    use super::apply;

    #[test]
    fn foreign_keys_are_on_again() {
        let mut conn = Connection::open_in_memory().unwrap();
        let keys_are_on =
            |conn: &Connection| -> bool { conn.query_row("pragma foreign_keys", [], |row| row.get(0)).unwrap() };
        conn.execute_batch("pragma foreign_keys = on").unwrap();
        apply(&mut conn, NOW).unwrap();
        assert!(keys_are_on(&conn));
        conn.execute_batch("insert into schema_migrations values (99, 'later', 'x', 0)")
            .unwrap();
        assert!(apply(&mut conn, NOW).is_err());
        assert!(keys_are_on(&conn) && conn.is_autocommit());
    }

    #[test]
    fn a_row_that_refers_to_nothing_undoes_all() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "pragma foreign_keys = off;
             create table parent (id integer primary key);
             create table child (id integer references parent (id));
             insert into child values (1);",
        )
        .unwrap();
        assert_eq!(
            apply(&mut conn, NOW).unwrap_err().to_string(),
            "stored data is not readable: a migration left rows that refer to nothing"
        );
        assert!(!super::run::has_migrations(&conn).unwrap());
    }
}
