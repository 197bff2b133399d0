//! What is bound to a statement.

use std::borrow::Cow;
use std::error::Error;

use keyward_domain::Timestamp;
use keyward_domain::grant::TokenHash;
use keyward_domain::id::{
    AccessTokenId, ClientSecretId, ClientUuid, CredentialId, DocumentId, EventId, GrantId, GroupId, RealmId, RoleId,
    ScopeId, SessionId, UserId,
};
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

/// One value. Its `Debug` shows nothing: values stay out of logs.
#[derive(Clone)]
pub(crate) enum Param<'a> {
    /// NULL of whatever type the statement expects.
    Null,
    /// BIGINT.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(Cow<'a, str>),
    /// BYTEA or BLOB.
    Bytes(Cow<'a, [u8]>),
}

/// Binds values in the order of their numbers.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::param::Param::from($value)),*] };
}
pub(crate) use params;

macro_rules! from {
    ($($source:ty => |$value:ident| $param:expr),* $(,)?) => {
        $(impl<'a> From<$source> for Param<'a> {
            fn from($value: $source) -> Self {
                $param
            }
        })*
    };
}

from! {
    i64 => |value| Self::Int(value),
    bool => |value| Self::Bool(value),
    Timestamp => |value| Self::Int(value.millis()),
    &'a str => |value| Self::Text(Cow::Borrowed(value)),
    &'a String => |value| Self::Text(Cow::Borrowed(value)),
    String => |value| Self::Text(Cow::Owned(value)),
    Cow<'a, str> => |value| Self::Text(value),
    &'a [u8] => |value| Self::Bytes(Cow::Borrowed(value)),
    &'a Vec<u8> => |value| Self::Bytes(Cow::Borrowed(value)),
    &'a [u8; 32] => |value| Self::Bytes(Cow::Borrowed(value)),
    TokenHash => |value| Self::Bytes(Cow::Owned(value.0.to_vec())),
    RealmId => |id| Self::Text(Cow::Owned(id.to_string())),
    ClientUuid => |id| Self::Text(Cow::Owned(id.to_string())),
    ClientSecretId => |id| Self::Text(Cow::Owned(id.to_string())),
    UserId => |id| Self::Text(Cow::Owned(id.to_string())),
    RoleId => |id| Self::Text(Cow::Owned(id.to_string())),
    ScopeId => |id| Self::Text(Cow::Owned(id.to_string())),
    CredentialId => |id| Self::Text(Cow::Owned(id.to_string())),
    GroupId => |id| Self::Text(Cow::Owned(id.to_string())),
    DocumentId => |id| Self::Text(Cow::Owned(id.to_string())),
    GrantId => |id| Self::Bytes(Cow::Owned(id.0.as_bytes().to_vec())),
    SessionId => |id| Self::Bytes(Cow::Owned(id.0.as_bytes().to_vec())),
    AccessTokenId => |id| Self::Bytes(Cow::Owned(id.0.as_bytes().to_vec())),
    EventId => |id| Self::Bytes(Cow::Owned(id.0.as_bytes().to_vec())),
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Param<'_> {
    /// The same value, owned.
    pub(crate) fn to_static(&self) -> Param<'static> {
        match self {
            Self::Null => Param::Null,
            Self::Int(value) => Param::Int(*value),
            Self::Bool(value) => Param::Bool(*value),
            Self::Text(value) => Param::Text(Cow::Owned(value.clone().into_owned())),
            Self::Bytes(value) => Param::Bytes(Cow::Owned(value.clone().into_owned())),
        }
    }

    /// What PostgreSQL calls its type.
    pub(crate) const fn postgres_type(&self) -> Type {
        match self {
            Self::Null => Type::UNKNOWN,
            Self::Int(_) => Type::INT8,
            Self::Bool(_) => Type::BOOL,
            Self::Text(_) => Type::TEXT,
            Self::Bytes(_) => Type::BYTEA,
        }
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Bool(value) => ValueRef::Integer((*value).into()),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => value.to_sql_checked(ty, out),
            Self::Bool(value) => value.to_sql_checked(ty, out),
            Self::Text(value) => value.as_ref().to_sql_checked(ty, out),
            Self::Bytes(value) => value.as_ref().to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Each value checks the column's type itself.
        true
    }

    to_sql_checked!();
}

impl std::fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Param")
    }
}
