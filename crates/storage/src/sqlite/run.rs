//! Running statements on a connection of SQLite.

use keyward_domain::{Fault, Timestamp};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, params};

use super::fault::fault;
use crate::migrate::{APPLIED, Migration};
use crate::param::Param;
use crate::row::{Row, Value};
use crate::statement::Sql;

/// All rows of a statement.
pub(super) fn query(conn: &Connection, sql: &Sql, params: &[Param<'_>]) -> Result<Vec<Row>, Fault> {
    rows(conn, sql, params).map_err(|error| fault(&error))
}

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

/// Writes down that a migration was applied.
pub(super) fn record(conn: &Connection, migration: &Migration, now: Timestamp) -> Result<(), Fault> {
    conn.execute(
        "insert into schema_migrations (version, name, checksum, applied_at) values (?1, ?2, ?3, ?4)",
        params![migration.version, migration.name, migration.checksum(), now.millis()],
    )
    .map(|_| ())
    .map_err(|error| fault(&error))
}

fn rows(conn: &Connection, sql: &Sql, params: &[Param<'_>]) -> rusqlite::Result<Vec<Row>> {
    let mut statement = bound(conn, sql, params)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(value(row.get_ref(column)?));
        }
        read.push(Row::new(values));
    }
    Ok(read)
}

fn bound<'c>(conn: &'c Connection, sql: &Sql, params: &[Param<'_>]) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = conn.prepare_cached(sql.sqlite())?;
    for (index, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, param)?;
    }
    Ok(statement)
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Text(value) => String::from_utf8(value.to_vec()).map_or(Value::Bytes(value.to_vec()), Value::Text),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
        // No column is REAL: whoever reads one gets a fault for its type.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}
