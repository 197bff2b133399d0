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
    ///
    /// TLS is asked for in libpq's words. `sslmode=disable`: none. `prefer`, the default: where the server offers it,
    /// for whoever answers. `require` and `verify-full`: always, and the server must prove its name by a chain to a
    /// root (libpq's `require` does not ask for that). Roots are the public ones of the web, or those of
    /// `sslrootcert=PATH`, a file of PEM certificates, by which `prefer` verifies too. A managed PostgreSQL has
    /// mostly a root of its own: `?sslmode=verify-full&sslrootcert=/etc/keyward/postgres-ca.pem`. In the `key=value`
    /// form `verify-full` and `sslrootcert` are not known.
    Postgres(String),
}

/// A database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is not one. Its text is not repeated: a password may stand in it.
    #[error("the URL of the database cannot be read (sslmode is one of disable, prefer, require, verify-full)")]
    Url,
    /// The roots for TLS cannot be read.
    #[error("sslrootcert is not a readable file of PEM certificates")]
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
