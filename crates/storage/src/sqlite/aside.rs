//! Reads that may look at many rows: a search that no index serves, a page far down. They run on a thread of their own
//! and let others of its core have their turn.

use std::ffi::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use keyward_domain::Fault;
use rusqlite::Connection;

use super::fault::fault;
use super::run;
use crate::param::Param;
use crate::row::Row;
use crate::statement::Sql;

/// After so many instructions of SQLite, some fifty microseconds, others of the core have their turn. A low priority
/// would not do: Linux lets a thread finish its turn that does not call the system, several milliseconds.
const TURN: c_int = 2_000;

/// A read that somebody waits for.
pub(super) struct Search {
    sql: Sql,
    params: Vec<Param<'static>>,
    unwanted: Arc<AtomicBool>,
}

/// Whoever waits. When this is dropped the read ends.
pub(super) struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Search {
    pub(super) fn new(sql: &Sql, params: &[Param<'_>]) -> (Self, Waiting) {
        let unwanted = Arc::new(AtomicBool::new(false));
        let search = Self {
            sql: sql.clone(),
            params: params.iter().map(Param::to_static).collect(),
            unwanted: Arc::clone(&unwanted),
        };
        (search, Waiting(unwanted))
    }

    /// All rows. Blocks its thread.
    pub(super) fn rows(self, conn: &mut Connection) -> Result<Vec<Row>, Fault> {
        let unwanted = self.unwanted;
        let turn = move || {
            thread::yield_now();
            unwanted.load(Ordering::Relaxed)
        };
        conn.progress_handler(TURN, Some(turn)).map_err(|error| fault(&error))?;
        let rows = run::query(conn, &self.sql, &self.params);
        conn.progress_handler(0, None::<fn() -> bool>)
            .map_err(|error| fault(&error))?;
        rows
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::Search;
    use crate::statement::Sql;

    /// Longer than anybody would wait.
    static ENDLESS: Sql = Sql::new(
        "with recursive n (n) as (select 1 union all select n + 1 from n) select count(*) from n where n < $1",
    );
    static SHORT: Sql = Sql::new("select $1");

    #[test]
    fn a_read_that_nobody_waits_for_ends() {
        let mut conn = Connection::open_in_memory().unwrap();
        let (search, waiting) = Search::new(&ENDLESS, crate::param::params![1]);
        drop(waiting);
        assert!(search.rows(&mut conn).is_err());
        // The connection is as it was.
        let (search, _waiting) = Search::new(&SHORT, crate::param::params![7]);
        assert_eq!(search.rows(&mut conn).unwrap().len(), 1);
    }
}
