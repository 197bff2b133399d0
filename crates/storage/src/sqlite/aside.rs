//! Reads that may look at many rows: a search that no index serves, a page far down. They run on threads for what blocks
//! and let others of their core have their turn.

use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use keyward_domain::Fault;
use rusqlite::Connection;

use super::fault::fault;
use super::run::{self, CopiedRow};
use crate::param::Param;
use crate::statement::Sql;

/// After so many instructions of SQLite, some fifty microseconds, others of the core have their turn. A low priority
/// would not do: Linux lets a thread that does not call the system go on for several milliseconds.
const INSTRUCTIONS: c_int = 2_000;

/// A read that somebody waits for.
pub(super) struct LongRead {
    sql: Sql,
    params: Vec<Param<'static>>,
    unwanted: Arc<AtomicBool>,
}

/// Whoever waits. When this is dropped the read ends.
pub(super) struct Reading(Arc<AtomicBool>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl LongRead {
    pub(super) fn new(sql: &Sql, params: &[Param<'_>]) -> (Self, Reading) {
        let unwanted = Arc::new(AtomicBool::new(false));
        let read = Self {
            sql: sql.clone(),
            params: params.iter().map(Param::to_static).collect(),
            unwanted: Arc::clone(&unwanted),
        };
        (read, Reading(unwanted))
    }

    /// All rows. Blocks its thread.
    pub(super) fn rows(self, conn: &mut Connection) -> Result<Vec<CopiedRow>, Fault> {
        let conn = Watched::by(conn, self.unwanted)?;
        run::copied(conn.0, &self.sql, &self.params)
    }
}

/// A connection that gives way, and that stops when its work is not wanted any more.
struct Watched<'c>(&'c mut Connection);

impl<'c> Watched<'c> {
    fn by(conn: &'c mut Connection, unwanted: Arc<AtomicBool>) -> Result<Self, Fault> {
        let give_way = move || {
            thread::yield_now();
            unwanted.load(Ordering::Relaxed)
        };
        conn.progress_handler(INSTRUCTIONS, Some(give_way))
            .map_err(|error| fault(&error))?;
        Ok(Self(conn))
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.progress_handler(0, None::<fn() -> bool>) {
            tracing::error!(%error, "SQLite keeps asking whether a read is wanted");
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rusqlite::Connection;

    use super::{LongRead, run};
    use crate::param::params;
    use crate::statement::Sql;

    /// Counts to `$1`.
    pub(in crate::sqlite) static COUNT: Sql = Sql::new(
        "with recursive n (n) as (select 1 union all select n + 1 from n where n < $1) select count(*) from n",
    );

    #[test]
    fn a_read_that_nobody_waits_for_ends() {
        let mut conn = Connection::open_in_memory().unwrap();
        let (read, reading) = LongRead::new(&COUNT, params![100_000]);
        assert_eq!(read.rows(&mut conn).unwrap().len(), 1);
        drop(reading);
        let (read, reading) = LongRead::new(&COUNT, params![100_000]);
        drop(reading);
        assert!(read.rows(&mut conn).is_err());
        // Those who read on the connection later are not concerned.
        assert_eq!(run::copied(&conn, &COUNT, params![100_000]).unwrap().len(), 1);
    }
}
