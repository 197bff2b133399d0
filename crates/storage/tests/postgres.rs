//! The suite on PostgreSQL, and what only PostgreSQL does. `KEYWARD_TEST_POSTGRES` is the URL of a server on which
//! the user may create databases; without it these tests say that they are skipped, and pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use keyward_domain::Fault;
use keyward_storage::migrate::MigrateError;
use keyward_storage::{Database, Location, open};
use keyward_testkit::builders::{self, NOW};
use keyward_testkit::explore::{self, Plan, Real};
use keyward_testkit::storage_suite;
use keyward_testkit::storage_suite::Bed;
use tokio_postgres::NoTls;

mod first_release;

storage_suite!(make);

/// A database of its own for each test.
struct Place {
    server: String,
    name: String,
    url: String,
}

impl Place {
    async fn make() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("KEYWARD_TEST_POSTGRES") else {
            println!("skipped: KEYWARD_TEST_POSTGRES is not set");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("keyward_test_{}_{number}", std::process::id());
        sql(&server, &format!("drop database if exists {name} with (force)")).await;
        sql(&server, &format!("create database {name}")).await;
        let (address, parameters) = server.split_once('?').unwrap_or((&server, ""));
        let host = address.rsplit_once('/').map_or(address, |(host, _)| host);
        let url = format!("{host}/{name}?{parameters}");
        Some(Self { server, name, url })
    }

    #[expect(clippy::unwrap_used, reason = "a test's setting")]
    async fn open(&self) -> Database {
        open(Location::Postgres(self.url.clone())).await.unwrap()
    }

    async fn remove(self) {
        sql(&self.server, &format!("drop database {} with (force)", self.name)).await;
    }
}

#[expect(clippy::unwrap_used, reason = "a test's setting")]
async fn make() -> Option<Bed> {
    let place = Place::make().await?;
    let database = place.open().await;
    database.migrate(NOW).await.unwrap();
    Some(Bed {
        store: database.store(),
        clean: Box::pin(place.remove()),
    })
}

#[expect(clippy::unwrap_used, reason = "a test's setting")]
async fn sql(url: &str, text: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(text).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

#[tokio::test]
async fn migrations_run_once() {
    let Some(place) = Place::make().await else { return };
    let database = place.open().await;
    assert_eq!(
        database.pending().await.unwrap(),
        [
            "0001_init",
            "0002_logins",
            "0003_admin",
            "0004_user_events",
            "0005_named_users",
            "0006_user_counts",
            "0007_users_by_name",
            "0008_events_by_id"
        ]
    );
    assert_eq!(
        database.migrate(NOW).await.unwrap().names,
        [
            "0001_init",
            "0002_logins",
            "0003_admin",
            "0004_user_events",
            "0005_named_users",
            "0006_user_counts",
            "0007_users_by_name",
            "0008_events_by_id"
        ]
    );
    assert!(database.pending().await.unwrap().is_empty());
    assert!(database.migrate(NOW).await.unwrap().names.is_empty());
    sql(&place.url, "insert into schema_migrations values (99, 'later', 'x', 0)").await;
    for refused in [
        database.migrate(NOW).await.map(|_| ()),
        database.pending().await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(MigrateError::Newer { found: 99, known: 8 })));
    }
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_nodes_start_on_an_empty_database() {
    let Some(place) = Place::make().await else { return };
    let mut nodes = Vec::new();
    for _ in 0..8 {
        let database = place.open().await;
        nodes.push(tokio::spawn(async move { database.migrate(NOW).await }));
    }
    let mut applied = 0;
    for node in nodes {
        applied += node.await.unwrap().unwrap().names.len();
    }
    assert_eq!(applied, 8);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_server_closed_are_replaced() {
    let Some(place) = Place::make().await else { return };
    let database = place.open().await;
    database.migrate(NOW).await.unwrap();
    let store = database.store();
    let mut tx = store.write().await.unwrap();
    tx.insert_realm(&builders::realm("demo")).await.unwrap();
    let close = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}'",
        place.name
    );
    sql(&place.server, &close).await;
    assert!(matches!(tx.realms().await, Err(Fault::Unavailable(_))));
    drop(tx);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut tx = store.write().await.unwrap();
    tx.insert_realm(&builders::realm("demo")).await.unwrap();
    tx.commit().await.unwrap();
    place.remove().await;
}

#[tokio::test]
async fn a_server_out_of_reach_is_unavailable_at_once() {
    // Nobody listens on port 1.
    let database = open(Location::Postgres("postgres://u:p@127.0.0.1:1/db".into()))
        .await
        .unwrap();
    let store = database.store();
    let attempts = async {
        assert!(matches!(store.read().await.map(|_| ()), Err(Fault::Unavailable(_))));
        assert!(matches!(store.write().await.map(|_| ()), Err(Fault::Unavailable(_))));
    };
    tokio::time::timeout(Duration::from_secs(6), attempts).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_interleaving_breaks_a_grant() {
    let Some(place) = Place::make().await else { return };
    let database = place.open().await;
    database.migrate(NOW).await.unwrap();
    let explored = explore::explore(database.store(), Arc::new(Real), Plan::from_env(4_000)).await;
    let report = explored.unwrap_or_else(|violation| panic!("{violation}"));
    println!("{report:?}");
    drop(database);
    place.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_race_breaks_a_grant() {
    let Some(place) = Place::make().await else { return };
    let database = place.open().await;
    database.migrate(NOW).await.unwrap();
    let raced = explore::race(database.store(), Arc::new(Real), 1, 120).await;
    raced.unwrap_or_else(|violation| panic!("{violation}"));
    drop(database);
    place.remove().await;
}

#[tokio::test]
async fn the_first_release_is_migrated() {
    let Some(place) = Place::make().await else { return };
    let init = include_str!("../migrations/postgres/0001_init.sql");
    sql(&place.url, &first_release::script(init)).await;
    let database = place.open().await;
    assert_eq!(
        database.migrate(NOW).await.unwrap().names,
        [
            "0002_logins",
            "0003_admin",
            "0004_user_events",
            "0005_named_users",
            "0006_user_counts",
            "0007_users_by_name",
            "0008_events_by_id"
        ]
    );
    let mut tx = database.store().read().await.unwrap();
    first_release::look(&mut *tx).await;
    drop((tx, database));
    place.remove().await;
}
