//! What a statement returns.

use keyward_domain::grant::TokenHash;
use keyward_domain::id::{
    AccessTokenId, ClientSecretId, ClientUuid, CredentialId, DocumentId, EventId, GrantId, GroupId, RealmId, RoleId,
    ScopeId, SessionId, UserId,
};
use keyward_domain::{Fault, Timestamp};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// One value of a row, where the driver has it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Value<'r> {
    /// NULL.
    Null,
    /// BIGINT; on SQLite also BOOLEAN.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(&'r str),
    /// BYTEA or BLOB.
    Bytes(&'r [u8]),
}

/// A row of one of the drivers.
pub(crate) trait Columns {
    /// The value of a column, counted from zero.
    fn value(&self, column: usize) -> Result<Value<'_>, Fault>;
}

/// A row: its values are taken one after the other, in the order in which the statement names them.
pub(crate) struct Row<'r> {
    columns: &'r dyn Columns,
    taken: usize,
}

/// Makes of a row what a query is for.
pub(crate) type Read<T> = fn(&mut Row<'_>) -> Result<T, Fault>;

/// Takes each row of a query, whatever is made of it: the code of the engines is there once for all queries.
pub(crate) type Take<'t> = &'t mut (dyn FnMut(&mut Row<'_>) -> Result<(), Fault> + Send);

impl<'r> Row<'r> {
    pub(crate) const fn new(columns: &'r dyn Columns) -> Self {
        Self { columns, taken: 0 }
    }

    /// The next value.
    pub(crate) fn get<T: FromValue>(&mut self) -> Result<T, Fault> {
        self.take(T::from_value)
    }

    /// The next value, a JSON text.
    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        self.take(|value| match value {
            Value::Text(text) => serde_json::from_str(text).ok(),
            _ => None,
        })
    }

    /// The next value, a text that `parse` reads.
    pub(crate) fn parsed<T>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        self.take(|value| match value {
            Value::Text(text) => parse(text),
            _ => None,
        })
    }

    fn take<T>(&mut self, read: impl FnOnce(Value<'r>) -> Option<T>) -> Result<T, Fault> {
        let value = self.columns.value(self.taken)?;
        self.taken += 1;
        read(value).ok_or_else(|| Fault::Corrupt(format!("column {} does not hold what it should", self.taken)))
    }
}

/// The one value of each row.
pub(crate) fn only<T: FromValue>(row: &mut Row<'_>) -> Result<T, Fault> {
    row.get()
}

/// A type that stands in a column.
pub(crate) trait FromValue: Sized {
    /// Reads it; `None` when the column holds something else.
    fn from_value(value: Value<'_>) -> Option<Self>;
}

macro_rules! from_value {
    ($($target:ty: $pattern:pat => $read:expr),* $(,)?) => {
        $(impl FromValue for $target {
            fn from_value(value: Value<'_>) -> Option<Self> {
                match value {
                    $pattern => $read,
                    _ => None,
                }
            }
        })*
    };
}

from_value! {
    i64: Value::Int(value) => Some(value),
    String: Value::Text(value) => Some(value.to_owned()),
    Vec<u8>: Value::Bytes(value) => Some(value.to_vec()),
    Timestamp: Value::Int(value) => Some(Self::from_millis(value)),
    TokenHash: Value::Bytes(value) => Some(Self(value.try_into().ok()?)),
    RealmId: Value::Text(value) => value.parse().ok(),
    ClientUuid: Value::Text(value) => value.parse().ok(),
    ClientSecretId: Value::Text(value) => value.parse().ok(),
    UserId: Value::Text(value) => value.parse().ok(),
    RoleId: Value::Text(value) => value.parse().ok(),
    ScopeId: Value::Text(value) => value.parse().ok(),
    CredentialId: Value::Text(value) => value.parse().ok(),
    GroupId: Value::Text(value) => value.parse().ok(),
    DocumentId: Value::Text(value) => value.parse().ok(),
    GrantId: Value::Bytes(value) => Uuid::from_slice(value).ok().map(Self),
    SessionId: Value::Bytes(value) => Uuid::from_slice(value).ok().map(Self),
    AccessTokenId: Value::Bytes(value) => Uuid::from_slice(value).ok().map(Self),
    EventId: Value::Bytes(value) => Uuid::from_slice(value).ok().map(Self),
}

impl FromValue for bool {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(value),
            // SQLite has no type of its own for it.
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::Fault;

    use super::{Columns, Row, Value};

    impl Columns for &[Value<'_>] {
        fn value(&self, column: usize) -> Result<Value<'_>, Fault> {
            self.get(column)
                .copied()
                .ok_or_else(|| Fault::Corrupt("no column".into()))
        }
    }

    #[test]
    fn values_are_taken_in_order() {
        let values = [Value::Int(7), Value::Null, Value::Int(1), Value::Bool(true)];
        let values = values.as_slice();
        let mut row = Row::new(&values);
        assert_eq!(row.get::<i64>().unwrap(), 7);
        assert_eq!(row.get::<Option<String>>().unwrap(), None);
        assert!(row.get::<bool>().unwrap());
        assert!(row.get::<bool>().unwrap());
        assert!(matches!(row.get::<bool>(), Err(Fault::Corrupt(_))));
    }

    #[test]
    fn a_fault_names_the_column_and_not_its_value() {
        let values = [Value::Text("hunter2")];
        let values = values.as_slice();
        let fault = Row::new(&values).get::<i64>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "stored data is not readable: column 1 does not hold what it should"
        );
    }
}
