//! Reads that may look at many rows: a search that no index serves, a page far down.

use std::thread;

use keyward_domain::Fault;
use rusqlite::Connection;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::{priority, run};
use crate::param::Param;
use crate::row::Row;
use crate::statement::Sql;

/// How nice such a thread is: whoever answers requests gets some thirty times its share.
const NICE: i32 = 15;

/// All rows of a statement, read by a thread of low priority. The thread that asks lets its other tasks go on; where it
/// is the only one of the runtime it reads itself.
pub(super) fn query(conn: &mut Connection, sql: &Sql, params: &[Param<'_>]) -> Result<Vec<Row>, Fault> {
    let is_crowded = Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if !is_crowded {
        return run::query(conn, sql, params);
    }
    block_in_place(|| {
        thread::scope(|scope| {
            let name = thread::Builder::new().name("sqlite-search".into());
            let work = move || {
                priority::lower(NICE);
                run::query(conn, sql, params)
            };
            let failed = |what: &str| Fault::Unavailable(format!("SQLite: a thread that searches {what}"));
            let thread = name.spawn_scoped(scope, work).map_err(|_| failed("cannot start"))?;
            thread.join().map_err(|_| failed("panicked"))?
        })
    })
}
