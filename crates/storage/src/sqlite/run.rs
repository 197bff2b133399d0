//! Running statements on a connection of SQLite.

use std::collections::BTreeMap;

use keyward_domain::{Fault, Timestamp};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, params};

use super::fault::fault;
use crate::migrate::{APPLIED, Migration};
use crate::param::Param;
use crate::row::{Columns, Row, Take, Value};
use crate::statement::Sql;

/// Gives away all rows of a statement.
pub(super) fn query(conn: &Connection, sql: &Sql, params: &[Param<'_>], take: Take<'_>) -> Result<(), Fault> {
    let mut statement = bound(conn, sql, params).map_err(|error| fault(&error))?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| fault(&error))? {
        take(&mut Row::new(row))?;
    }
    Ok(())
}

/// All rows of a statement, for a thread that the connection does not come to.
pub(super) fn copied(conn: &Connection, sql: &Sql, params: &[Param<'_>]) -> Result<Vec<CopiedRow>, Fault> {
    let copy = || -> rusqlite::Result<Vec<CopiedRow>> {
        let mut statement = bound(conn, sql, params)?;
        let columns = statement.column_count();
        let rows = statement.raw_query().mapped(|row| {
            let values: rusqlite::Result<Vec<_>> = (0..columns).map(|column| row.get(column)).collect();
            Ok(CopiedRow(values?))
        });
        rows.collect()
    };
    copy().map_err(|error| fault(&error))
}

/// A row that has left its connection.
pub(super) struct CopiedRow(Vec<rusqlite::types::Value>);

/// The count of rows that a statement concerned.
pub(super) fn execute(conn: &Connection, sql: &Sql, params: &[Param<'_>]) -> Result<u64, Fault> {
    bound(conn, sql, params)
        .and_then(|mut statement| statement.raw_execute())
        .map(|count| u64::try_from(count).unwrap_or(u64::MAX))
        .map_err(|error| fault(&error))
}

/// Several statements without values.
pub(super) fn batch(conn: &Connection, text: &str) -> Result<(), Fault> {
    conn.execute_batch(text).map_err(|error| fault(&error))
}

/// The migrations that were applied.
pub(super) fn applied(conn: &Connection) -> Result<Vec<(i64, String)>, Fault> {
    let read = || -> rusqlite::Result<Vec<(i64, String)>> {
        conn.prepare(APPLIED)?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    };
    read().map_err(|error| fault(&error))
}

/// Whether the table of migrations is there.
pub(super) fn has_migrations(conn: &Connection) -> Result<bool, Fault> {
    conn.prepare("select 1 from sqlite_master where type = 'table' and name = 'schema_migrations'")
        .and_then(|mut statement| statement.exists([]))
        .map_err(|error| fault(&error))
}

/// By table and parent.
pub(super) type Orphans = BTreeMap<(String, String), i64>;

/// How many rows of a table refer to a row of its parent that is not there.
pub(super) fn orphans(conn: &Connection) -> Result<Orphans, Fault> {
    let count = || -> rusqlite::Result<Orphans> {
        conn.prepare(r#"select "table", parent, count(*) from pragma_foreign_key_check group by "table", parent"#)?
            .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
            .collect()
    };
    count().map_err(|error| fault(&error))
}

/// Writes down that a migration was applied.
pub(super) fn record(conn: &Connection, migration: &Migration, now: Timestamp) -> Result<(), Fault> {
    conn.execute(
        "insert into schema_migrations (version, name, checksum, applied_at) values (?1, ?2, ?3, ?4)",
        params![migration.version, migration.name, migration.checksum(), now.millis()],
    )
    .map(|_| ())
    .map_err(|error| fault(&error))
}

fn bound<'c>(conn: &'c Connection, sql: &Sql, params: &[Param<'_>]) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = conn.prepare_cached(sql.sqlite())?;
    for (index, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, param)?;
    }
    Ok(statement)
}

impl Columns for rusqlite::Row<'_> {
    fn value(&self, column: usize) -> Result<Value<'_>, Fault> {
        self.get_ref(column).map(value).map_err(|error| fault(&error))
    }
}

impl Columns for CopiedRow {
    fn value(&self, column: usize) -> Result<Value<'_>, Fault> {
        let copied = self.0.get(column).map(|copied| value(copied.into()));
        copied.ok_or_else(|| Fault::Corrupt(format!("column {} is not there", column + 1)))
    }
}

fn value(value: ValueRef<'_>) -> Value<'_> {
    match value {
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Text(value) => std::str::from_utf8(value).map_or(Value::Bytes(value), Value::Text),
        ValueRef::Blob(value) => Value::Bytes(value),
        // No column is REAL: whoever reads one gets a fault for its type.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}
