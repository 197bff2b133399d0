//! What an error of PostgreSQL means to us.

use deadpool_postgres::PoolError;
use keyward_domain::Fault;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::tls;

/// The fault for an error. Its text comes from the code and from names of the schema: messages can repeat values.
pub(super) fn fault(error: &Error) -> Fault {
    let Some(failure) = error.as_db_error() else {
        return if error.is_closed() || is_transport(error) {
            Fault::Unavailable("PostgreSQL: the connection is lost".into())
        } else {
            Fault::Corrupt("PostgreSQL: a value cannot be bound or read".into())
        };
    };
    let code = failure.code();
    let text = match failure.constraint() {
        _ if code.code().starts_with("28") => {
            format!("PostgreSQL {}: it refused the user or the password", code.code())
        }
        _ if *code == SqlState::INVALID_CATALOG_NAME => {
            format!("PostgreSQL {}: there is no such database", code.code())
        }
        Some(constraint) => format!("PostgreSQL {} ({constraint})", code.code()),
        None => format!("PostgreSQL {}", code.code()),
    };
    match code.code() {
        _ if *code == SqlState::UNIQUE_VIOLATION => Fault::Exists("a unique row".into()),
        // The row that is referred to was there when the caller looked: it looks again.
        _ if *code == SqlState::FOREIGN_KEY_VIOLATION => Fault::Conflict(text),
        // Serialization failures and deadlocks.
        class if class.starts_with("40") => Fault::Conflict(text),
        // A statement that does not fit the schema: the message names tables and columns.
        class if class.starts_with("42") => Fault::Corrupt(format!("{text}: {}", failure.message())),
        // Connection, authorization, no such database, resources, operator, system, locks; and a server that has
        // become a standby.
        class
            if ["08", "28", "3D", "53", "55", "57", "58"]
                .iter()
                .any(|prefix| class.starts_with(prefix))
                || *code == SqlState::READ_ONLY_SQL_TRANSACTION =>
        {
            Fault::Unavailable(text)
        }
        _ => Fault::Corrupt(text),
    }
}

/// The fault for a pool that gave no connection.
pub(super) fn pool_fault(error: &PoolError) -> Fault {
    match error {
        PoolError::Backend(error) => match (tls::refusal(error), fault(error)) {
            (Some(text), _) | (None, Fault::Corrupt(text)) => Fault::Unavailable(text),
            (None, fault) => fault,
        },
        PoolError::Timeout(_) => Fault::Unavailable("PostgreSQL: no connection in time".into()),
        PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            Fault::Unavailable("PostgreSQL: the pool is closed".into())
        }
    }
}

fn is_transport(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<std::io::Error>() {
            return true;
        }
        source = inner.source();
    }
    false
}
