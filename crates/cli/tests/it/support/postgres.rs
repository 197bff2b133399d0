//! A database of its own on the PostgreSQL server that `KEYWARD_TEST_POSTGRES` names.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::NoTls;

/// A database that is removed when dropped.
pub(crate) struct Postgres {
    server: String,
    name: String,
}

impl Postgres {
    /// `None`, said on the terminal, when there is no server.
    pub(crate) fn create() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("KEYWARD_TEST_POSTGRES") else {
            println!("skipped: KEYWARD_TEST_POSTGRES is not set");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("keyward_cli_{}_{number}", std::process::id());
        sql(&server, &format!("drop database if exists {name} with (force)"));
        sql(&server, &format!("create database {name}"));
        Some(Self { server, name })
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        let (address, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let host = address.rsplit_once('/').map_or(address, |(host, _)| host);
        format!("{host}/{}?{parameters}", self.name)
    }

    /// `host:port` of the server.
    pub(crate) fn address(&self) -> String {
        let rest = self.server.split_once("://").unwrap().1;
        let host = rest.split(['/', '?']).next().unwrap();
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        if host.contains(':') {
            host.to_owned()
        } else {
            format!("{host}:5432")
        }
    }

    /// Its URL through another address.
    pub(crate) fn url_through(&self, address: &str) -> String {
        let url = self.url();
        let (user, rest) = match url.split_once('@') {
            Some((user, rest)) => (format!("{user}@"), rest.to_owned()),
            None => ("postgres://".to_owned(), url.split_once("://").unwrap().1.to_owned()),
        };
        let name = rest.split_once('/').unwrap().1;
        format!("{user}{address}/{name}")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        sql(&self.server, &format!("drop database {} with (force)", self.name));
    }
}

fn sql(url: &str, text: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(text).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}
