//! Where a test's store is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use keyward_domain::ports::Store;
use keyward_storage::{Location, open};
use keyward_testkit::builders::NOW;
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// A database of its own.
pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres { server: String, name: String, url: String },
}

impl Place {
    /// A file that goes with the test.
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// SQLite, and PostgreSQL when `KEYWARD_TEST_POSTGRES` is the URL of a server on which databases may be made.
    pub(crate) async fn both() -> Vec<Self> {
        let mut places = vec![Self::sqlite()];
        match std::env::var("KEYWARD_TEST_POSTGRES") {
            Ok(server) => places.push(Self::postgres(server).await),
            Err(_) => println!("PostgreSQL skipped: KEYWARD_TEST_POSTGRES is not set"),
        }
        places
    }

    async fn postgres(server: String) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("keyward_server_test_{}_{number}", std::process::id());
        sql(&server, &format!("drop database if exists {name} with (force)")).await;
        sql(&server, &format!("create database {name}")).await;
        let (address, parameters) = server.split_once('?').unwrap_or((&server, ""));
        let host = address.rsplit_once('/').map_or(address, |(host, _)| host);
        let url = format!("{host}/{name}?{parameters}");
        Self::Postgres { server, name, url }
    }

    /// Opens it, with the schema in place.
    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        let location = match self {
            Self::Sqlite(folder) => Location::Sqlite(folder.path().join("keyward.sqlite")),
            Self::Postgres { url, .. } => Location::Postgres(url.clone()),
        };
        let database = open(location).await.unwrap();
        database.migrate(NOW).await.unwrap();
        database.store()
    }

    pub(crate) async fn remove(self) {
        if let Self::Postgres { server, name, .. } = self {
            sql(&server, &format!("drop database {name} with (force)")).await;
        }
    }
}

async fn sql(url: &str, text: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(text).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}
