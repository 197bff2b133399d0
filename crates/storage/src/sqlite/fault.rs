//! What an error of SQLite means to us.

use keyward_domain::Fault;
use rusqlite::ffi::ErrorCode;
use rusqlite::{Error, ffi};

/// The fault for an error. Its text comes from the code alone: messages can repeat values.
pub(super) fn fault(error: &Error) -> Fault {
    let failure = match error {
        Error::SqliteFailure(failure, _) => failure,
        // A statement that does not fit the schema: the message names tables and columns.
        Error::SqlInputError { msg, .. } => return Fault::Corrupt(format!("SQLite: {msg}")),
        _ => return Fault::Corrupt("SQLite cannot bind or read a value".into()),
    };
    let text = format!("SQLite: {failure}");
    match (failure.code, failure.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Fault::Exists("a unique row".into()),
        // The row that is referred to was there when the caller looked: it looks again.
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) | (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
            Fault::Conflict(text)
        }
        (
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::OutOfMemory
            | ErrorCode::OperationInterrupted
            | ErrorCode::FileLockingProtocolFailed,
            _,
        ) => Fault::Unavailable(text),
        _ => Fault::Corrupt(text),
    }
}

/// Whether another connection holds the file at this moment.
pub(super) fn is_busy(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

#[cfg(test)]
mod tests {
    use keyward_domain::Fault;
    use rusqlite::Connection;

    use super::fault;

    #[test]
    fn faults_by_code_and_without_values() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "pragma foreign_keys = on;
             create table a (id text primary key, n integer check (n < 9)) without rowid;
             create table b (a text references a (id));
             insert into a values ('secret', 1);",
        )
        .unwrap();
        let run = |sql: &str| fault(&conn.execute_batch(sql).unwrap_err());
        assert!(matches!(run("insert into a values ('secret', 1)"), Fault::Exists(_)));
        assert!(matches!(run("insert into b values ('none')"), Fault::Conflict(_)));
        assert!(matches!(run("insert into a values ('x', 10)"), Fault::Corrupt(_)));
        assert_eq!(
            run("select absent from a").to_string(),
            "stored data is not readable: SQLite: no such column: absent"
        );
        conn.execute_batch("pragma query_only = on").unwrap();
        let refused = run("insert into a values ('hunter2', 1)");
        assert!(matches!(&refused, Fault::Unavailable(text) if !text.contains("hunter2")));
    }
}
