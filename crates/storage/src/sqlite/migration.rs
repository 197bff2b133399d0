//! Bringing the schema up to date.

use keyward_domain::{Fault, Timestamp};
use rusqlite::{Connection, TransactionBehavior};

use super::fault::fault;
use super::run;
use crate::migrate::{self, Applied, MigrateError};

/// Applies what is pending, all or nothing. A migration may make a table anew that others refer to: foreign keys are
/// off meanwhile, which they cannot be within a transaction, and looked at before the end. `Fault::Conflict` while
/// another process writes.
pub(super) fn apply(conn: &mut Connection, now: Timestamp) -> Result<Applied, MigrateError> {
    let unbound = WithoutForeignKeys::of(conn)?;
    let tx = unbound.0.transaction_with_behavior(TransactionBehavior::Immediate);
    let tx = tx.map_err(|error| fault(&error))?;
    run::batch(&tx, migrate::TABLE)?;
    let pending = migrate::plan(&run::applied(&tx)?, &migrate::SQLITE)?;
    if !pending.is_empty() {
        // Whoever deleted rows by hand may have left some that refer to nothing; they are no reason to stop here.
        let before = run::orphans(&tx)?;
        for migration in &pending {
            run::batch(&tx, migration.text)?;
            run::record(&tx, migration, now)?;
        }
        let after = run::orphans(&tx)?;
        if let Some(((table, parent), count)) = after.iter().find(|(place, count)| before.get(place) < Some(count)) {
            let text = format!("the migration would leave {count} rows of {table} without their row of {parent}");
            return Err(Fault::Corrupt(text).into());
        }
    }
    tx.commit().map_err(|error| fault(&error))?;
    Ok(migrate::done(&pending, &migrate::SQLITE))
}

/// A connection that does not ask for what a row refers to, until this is dropped.
struct WithoutForeignKeys<'c>(&'c mut Connection);

impl<'c> WithoutForeignKeys<'c> {
    fn of(conn: &'c mut Connection) -> Result<Self, Fault> {
        let unbound = Self(conn);
        if unbound.ask(false).map_err(|error| fault(&error))? {
            // A table that is dropped would take with it all that refers to its rows.
            return Err(Fault::Unavailable("SQLite keeps foreign keys on".into()));
        }
        Ok(unbound)
    }

    /// Sets whether foreign keys are on. Returns whether they are: within a transaction nothing changes.
    fn ask(&self, on: bool) -> rusqlite::Result<bool> {
        self.0.pragma_update(None, "foreign_keys", on)?;
        self.0.pragma_query_value(None, "foreign_keys", |row| row.get(0))
    }
}

impl Drop for WithoutForeignKeys<'_> {
    fn drop(&mut self) {
        if !matches!(self.ask(true), Ok(true)) {
            tracing::error!("SQLite goes on without foreign keys: start again");
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
    fn rows_that_referred_to_nothing_before_stay() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "pragma foreign_keys = off;
             create table parent (id integer primary key);
             create table child (id integer references parent (id));
             insert into child values (1);",
        )
        .unwrap();
        assert_eq!(apply(&mut conn, NOW).unwrap().version, 8);
        let children: i64 = conn
            .query_row("select count(*) from child", [], |row| row.get(0))
            .unwrap();
        assert_eq!(children, 1);
    }

    #[test]
    fn foreign_keys_that_stay_on_stop_everything() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("pragma foreign_keys = on; begin").unwrap();
        assert_eq!(
            apply(&mut conn, NOW).unwrap_err().to_string(),
            "storage is unavailable: SQLite keeps foreign keys on"
        );
    }
}
