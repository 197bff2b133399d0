//! Rows of PostgreSQL as values.

use keyward_domain::Fault;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::fault::fault;
use crate::row::{Columns, Value};

impl Columns for Row {
    fn value(&self, column: usize) -> Result<Value<'_>, Fault> {
        let kind = self.columns().get(column).map(tokio_postgres::Column::type_);
        let value = match kind {
            Some(&Type::INT8) => self
                .try_get::<_, Option<i64>>(column)
                .map(|value| value.map(Value::Int)),
            Some(&Type::BOOL) => self
                .try_get::<_, Option<bool>>(column)
                .map(|value| value.map(Value::Bool)),
            Some(&Type::TEXT) => self
                .try_get::<_, Option<&str>>(column)
                .map(|value| value.map(Value::Text)),
            Some(&Type::BYTEA) => self
                .try_get::<_, Option<&[u8]>>(column)
                .map(|value| value.map(Value::Bytes)),
            _ => return Err(Fault::Corrupt(format!("column {} is of an unknown type", column + 1))),
        };
        value
            .map(|value| value.unwrap_or(Value::Null))
            .map_err(|error| fault(&error))
    }
}
