//! What a statement returns.

use keyward_domain::grant::TokenHash;
use keyward_domain::id::{
    AccessTokenId, ClientSecretId, ClientUuid, CredentialId, DocumentId, EventId, GrantId, GroupId, RealmId, RoleId,
    ScopeId, SessionId, UserId,
};
use keyward_domain::{Fault, Timestamp};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// One value of a row.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    /// NULL.
    Null,
    /// BIGINT; on SQLite also BOOLEAN.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(String),
    /// BYTEA or BLOB.
    Bytes(Vec<u8>),
}

/// A row: its values are taken one after the other, in the order in which the statement names them.
pub(crate) struct Row {
    values: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self {
            values: values.into_iter(),
            taken: 0,
        }
    }

    /// The next value.
    pub(crate) fn get<T: FromValue>(&mut self) -> Result<T, Fault> {
        self.take(T::from_value)
    }

    /// The next value, a JSON text.
    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        self.take(|value| match value {
            Value::Text(text) => serde_json::from_str(&text).ok(),
            _ => None,
        })
    }

    /// The next value, a text that `parse` reads.
    pub(crate) fn parsed<T>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Fault> {
        self.take(|value| match value {
            Value::Text(text) => parse(&text),
            _ => None,
        })
    }

    fn take<T>(&mut self, read: impl FnOnce(Value) -> Option<T>) -> Result<T, Fault> {
        self.taken += 1;
        self.values
            .next()
            .and_then(read)
            .ok_or_else(|| Fault::Corrupt(format!("column {} does not hold what it should", self.taken)))
    }
}

/// A type that stands in a column.
pub(crate) trait FromValue: Sized {
    /// Reads it; `None` when the column holds something else.
    fn from_value(value: Value) -> Option<Self>;
}

macro_rules! from_value {
    ($($target:ty: $pattern:pat => $read:expr),* $(,)?) => {
        $(impl FromValue for $target {
            fn from_value(value: Value) -> Option<Self> {
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
    String: Value::Text(value) => Some(value),
    Vec<u8>: Value::Bytes(value) => Some(value),
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
    GrantId: Value::Bytes(value) => Uuid::from_slice(&value).ok().map(Self),
    SessionId: Value::Bytes(value) => Uuid::from_slice(&value).ok().map(Self),
    AccessTokenId: Value::Bytes(value) => Uuid::from_slice(&value).ok().map(Self),
    EventId: Value::Bytes(value) => Uuid::from_slice(&value).ok().map(Self),
}

impl FromValue for bool {
    fn from_value(value: Value) -> Option<Self> {
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
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::Fault;

    use super::{Row, Value};

    #[test]
    fn values_are_taken_in_order() {
        let mut row = Row::new(vec![Value::Int(7), Value::Null, Value::Int(1), Value::Bool(true)]);
        assert_eq!(row.get::<i64>().unwrap(), 7);
        assert_eq!(row.get::<Option<String>>().unwrap(), None);
        assert!(row.get::<bool>().unwrap());
        assert!(row.get::<bool>().unwrap());
        assert!(matches!(row.get::<bool>(), Err(Fault::Corrupt(_))));
    }

    #[test]
    fn a_fault_names_the_column_and_not_its_value() {
        let mut row = Row::new(vec![Value::Text("hunter2".into())]);
        let fault = row.get::<i64>().unwrap_err();
        assert_eq!(
            fault.to_string(),
            "stored data is not readable: column 1 does not hold what it should"
        );
    }
}
