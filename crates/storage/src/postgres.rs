//! PostgreSQL, and databases that speak like it: no extension, no LISTEN, no advisory lock.
//!
//! Two lanes, so that whoever holds a transaction can read beside it: a pool that writes and a small one that only
//! reads. Everything is bounded in time, so that a database out of reach is noticed within seconds.
//! Connections are encrypted as `sslmode` says (`tls.rs`).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{Manager, Pool, Runtime};
use keyward_domain::ports::{Seen, Store, Tx};
use keyward_domain::{Fault, Timestamp};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::conn::Conn;
use crate::database::OpenError;
use crate::migrate::{Applied, MigrateError};
use crate::sql::jtis;
use crate::sql::users::places::Places;
use crate::transaction::Transaction;

mod address;
mod anyone;
mod fault;
mod row;
mod schema;
mod session;
mod tls;

use address::Address;
pub(crate) use session::Session;

/// Connections that write.
const WRITERS: usize = 16;

/// Connections that read.
const READERS: usize = 8;

/// Longest wait for a connection from the pool, and for a new one.
const CONNECT: Duration = Duration::from_secs(2);

/// A database on a server.
pub(crate) struct Postgres {
    writers: Pool,
    readers: Pool,
    places: Arc<Places>,
}

impl Postgres {
    /// Reads the URL; the server is reached at the first use.
    pub(crate) fn open(url: &str) -> Result<Self, OpenError> {
        let mut address = Address::parse(url)?;
        let tls = tls::connector(&mut address)?;
        let config = &address.config;
        let reading = "-c statement_timeout=5000 -c default_transaction_read_only=on";
        Ok(Self {
            writers: pool(config, tls.clone(), "-c statement_timeout=5000", WRITERS)?,
            readers: pool(config, tls, reading, READERS)?,
            places: Arc::default(),
        })
    }

    pub(crate) async fn migrate(&self, now: Timestamp) -> Result<Applied, MigrateError> {
        schema::migrate(&self.writers, now).await
    }

    pub(crate) async fn pending(&self) -> Result<Vec<&'static str>, MigrateError> {
        schema::pending(&self.readers).await
    }
}

#[async_trait]
impl Store for Postgres {
    async fn read(&self) -> Result<Box<dyn Tx>, Fault> {
        let session = Session::open(&self.readers).await?;
        Ok(Box::new(Transaction::new(
            Conn::Postgres(session),
            Arc::clone(&self.places),
        )))
    }

    async fn write(&self) -> Result<Box<dyn Tx>, Fault> {
        let session = Session::begin(&self.writers).await?;
        Ok(Box::new(Transaction::new(
            Conn::Postgres(session),
            Arc::clone(&self.places),
        )))
    }

    async fn remember_jti(&self, jti: &[u8; 32], now: Timestamp, until: Timestamp) -> Result<Seen, Fault> {
        // One statement outside of a transaction commits by itself.
        let mut conn = Conn::Postgres(Session::open(&self.writers).await?);
        jtis::remember(&mut conn, jti, now, until).await
    }
}

fn pool(config: &Config, tls: Option<MakeRustlsConnect>, options: &str, size: usize) -> Result<Pool, OpenError> {
    let mut config = config.clone();
    let options = match config.get_options() {
        Some(own) => format!("{options} {own}"),
        None => options.to_owned(),
    };
    config
        .options(options)
        .application_name("keyward")
        .connect_timeout(CONNECT)
        .tcp_user_timeout(session::LONGEST_STATEMENT);
    let manager = match tls {
        Some(tls) => Manager::new(config, tls),
        None => Manager::new(config, NoTls),
    };
    Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(CONNECT))
        .create_timeout(Some(CONNECT))
        .recycle_timeout(Some(CONNECT))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|_| OpenError::Fault(Fault::Unavailable("PostgreSQL: the pool cannot be built".into())))
}

#[cfg(test)]
mod tests {
    use super::{OpenError, Postgres};

    #[test]
    fn urls_are_checked_and_never_repeated() {
        let error = |url| Postgres::open(url).map(|_| ()).unwrap_err();
        assert!(matches!(error("postgres://u:hunter2@host:notaport/db"), OpenError::Url));
        let tls = error("postgres://u:hunter2@host/db?sslmode=require&sslrootcert=/absent/hunter2");
        assert!(matches!(tls, OpenError::Tls));
        assert!(!tls.to_string().contains("hunter2"));
        assert!(Postgres::open("postgres://u:p@host/db").is_ok());
    }
}
