//! Rows of PostgreSQL as values.

use keyward_domain::Fault;
use tokio_postgres::types::Type;

use super::fault::fault;
use crate::row::{Row, Value};

/// Takes a row apart.
pub(super) fn read(row: &tokio_postgres::Row) -> Result<Row, Fault> {
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        values.push(value(row, index, column.type_())?);
    }
    Ok(Row::new(values))
}

fn value(row: &tokio_postgres::Row, index: usize, column: &Type) -> Result<Value, Fault> {
    let value = match *column {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map(|value| value.map(Value::Int)),
        Type::BOOL => row
            .try_get::<_, Option<bool>>(index)
            .map(|value| value.map(Value::Bool)),
        Type::TEXT => row
            .try_get::<_, Option<String>>(index)
            .map(|value| value.map(Value::Text)),
        Type::BYTEA => row
            .try_get::<_, Option<Vec<u8>>>(index)
            .map(|value| value.map(Value::Bytes)),
        _ => return Err(Fault::Corrupt(format!("column {} is of an unknown type", index + 1))),
    };
    value
        .map(|value| value.unwrap_or(Value::Null))
        .map_err(|error| fault(&error))
}
