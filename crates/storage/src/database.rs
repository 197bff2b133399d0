//! Opening a database.

use std::path::PathBuf;
use std::sync::Arc;

use keyward_domain::ports::Store;
use keyward_domain::{Fault, Timestamp};

use crate::migrate::{Applied, MigrateError};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// Where a database is.
#[derive(Clone)]
pub enum Location {
    /// A file, made when it is absent. Its folder must exist.
    Sqlite(PathBuf),
    /// A URL `postgres://user:password@host:port/name`, or the `key=value` form of libpq.
    Postgres(String),
}

/// A database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is not one. Its text is not repeated: a password may stand in it.
    #[error("the URL of the database cannot be read")]
    Url,
    /// The URL asks for TLS, which this version cannot do.
    #[error("sslmode=require is not supported yet: remove it, or reach PostgreSQL through a local socket or tunnel")]
    Tls,
    /// The file cannot be opened.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// An open database.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

/// Opens a database. A file is opened at once; a server is reached at the first use. Nothing is migrated.
pub async fn open(location: Location) -> Result<Database, OpenError> {
    let engine = match location {
        Location::Sqlite(path) => Engine::Sqlite(Arc::new(Sqlite::open(path)?)),
        Location::Postgres(url) => Engine::Postgres(Arc::new(Postgres::open(&url)?)),
    };
    Ok(Database { engine })
}

impl Database {
    /// The store on it.
    pub fn store(&self) -> Arc<dyn Store> {
        match &self.engine {
            Engine::Sqlite(sqlite) => Arc::<Sqlite>::clone(sqlite),
            Engine::Postgres(postgres) => Arc::<Postgres>::clone(postgres),
        }
    }

    /// Brings the schema to this version. `now` is written beside what was applied. Safe to run on many nodes at
    /// the same time.
    pub async fn migrate(&self, now: Timestamp) -> Result<Applied, MigrateError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.migrate(now).await,
            Engine::Postgres(postgres) => postgres.migrate(now).await,
        }
    }

    /// The names of the migrations that [`Database::migrate`] would apply. Changes nothing.
    pub async fn pending(&self) -> Result<Vec<&'static str>, MigrateError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.pending(),
            Engine::Postgres(postgres) => postgres.pending().await,
        }
    }
}
