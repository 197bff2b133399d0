//! Opening connections to the file.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// The one connection that writes.
pub(super) fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    create_private(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    // Another process may be opening the same file.
    conn.busy_timeout(Duration::from_secs(5))?;
    // FULL: a refresh token that was handed out and then lost logs its user out. When the log is moved into the
    // database, `checkpoints` says.
    conn.execute_batch(
        "pragma journal_mode = wal;
         pragma synchronous = full;
         pragma foreign_keys = on;
         pragma journal_size_limit = 33554432;
         pragma cache_size = -2000;",
    )?;
    // From here on whoever finds the file busy waits outside of SQLite, where waiting holds up no thread.
    conn.busy_timeout(Duration::ZERO)?;
    plan_once(&conn)?;
    conn.set_prepared_statement_cache_capacity(128);
    Ok(conn)
}

/// Makes the file readable by its owner alone before SQLite would make it readable by everybody; the files beside
/// it take its mode. A failure is SQLite's to report.
fn create_private(path: &Path) {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}

/// A connection that moves the log into the database. Those who commit meanwhile are not in its way.
pub(super) fn open_checkpointer(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(1))?;
    conn.execute_batch("pragma synchronous = full;")?;
    Ok(conn)
}

/// A connection that only reads.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    // Readers of a WAL write to its shared memory, so the file itself is opened for writing.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(1))?;
    // KiB, taken as they are needed: a page of users is read from as many pages of the file.
    conn.execute_batch("pragma query_only = on; pragma cache_size = -4000;")?;
    plan_once(&conn)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// A plan that looks at bound values is made anew for every other value: more work than running it.
fn plan_once(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)
}

#[cfg(test)]
mod tests {
    /// `.cargo/config.toml` says how SQLite is compiled, and whoever builds elsewhere gets another one.
    #[test]
    fn sqlite_is_compiled_as_the_workspace_says() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        let is_set = |option: &str| -> bool {
            conn.query_row("select sqlite_compileoption_used(?1)", [option], |row| row.get(0))
                .unwrap()
        };
        assert!(is_set("DEFAULT_MEMSTATUS=0"));
    }
}
