//! Bringing the schema up to date.

use keyward_domain::{Fault, Timestamp};
use rusqlite::{Connection, TransactionBehavior};

use super::fault::fault;
use super::run::{self, Orphans};
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
        if let Some(text) = more_orphans(&before, &run::orphans(&tx)?) {
            return Err(Fault::Corrupt(text).into());
        }
    }
    tx.commit().map_err(|error| fault(&error))?;
    Ok(migrate::done(&pending, &migrate::SQLITE))
}

/// What to say when more rows of a table than before refer to nothing.
fn more_orphans(before: &Orphans, after: &Orphans) -> Option<String> {
    after.iter().find_map(|(place, count)| {
        let more = count - before.get(place).unwrap_or(&0);
        let (table, parent) = place;
        (more > 0).then(|| format!("the migration would leave {more} rows of {table} without their row of {parent}"))
    })
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

    use super::{Orphans, apply, more_orphans};

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
    fn rows_that_would_refer_to_nothing_are_counted_by_table() {
        let place = |table: &str| (table.to_owned(), "users".to_owned());
        let before = Orphans::from([(place("grants"), 2), (place("passwords"), 1)]);
        assert_eq!(more_orphans(&before, &before), None);
        assert_eq!(more_orphans(&before, &Orphans::new()), None);
        let after = Orphans::from([(place("grants"), 2), (place("passwords"), 4), (place("sessions"), 1)]);
        assert_eq!(
            more_orphans(&before, &after).unwrap(),
            "the migration would leave 3 rows of passwords without their row of users"
        );
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
