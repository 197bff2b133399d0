//! The suite on SQLite, and what only SQLite does.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use keyward_domain::Fault;
use keyward_domain::ports::Tx;
use keyward_storage::migrate::MigrateError;
use keyward_storage::{Database, Location, OpenError, open};
use keyward_testkit::builders::{self, NOW};
use keyward_testkit::explore::{self, Plan, Real};
use keyward_testkit::storage_suite;
use keyward_testkit::storage_suite::Bed;
use mutants::Mutant;

mod first_release;
mod mutants;

storage_suite!(make);

#[expect(clippy::unwrap_used, reason = "a test's setting")]
async fn make() -> Option<Bed> {
    let folder = tempfile::tempdir().unwrap();
    let database = migrated(folder.path()).await;
    Some(Bed {
        store: database.store(),
        clean: Box::pin(async move { drop(folder) }),
    })
}

#[expect(clippy::unwrap_used, reason = "a test's setting")]
async fn migrated(folder: &Path) -> Database {
    let database = at(folder).await;
    database.migrate(NOW).await.unwrap();
    database
}

#[expect(clippy::unwrap_used, reason = "a test's setting")]
async fn at(folder: &Path) -> Database {
    open(Location::Sqlite(folder.join("keyward.sqlite"))).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_committed_in_a_batch_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let realm = builders::realm("demo");
    let database = migrated(folder.path()).await;
    let store = database.store();
    let mut tx = store.write().await.unwrap();
    tx.insert_realm(&realm).await.unwrap();
    tx.commit().await.unwrap();
    let writers: Vec<_> = (0..200)
        .map(|number| {
            let (store, realm) = (Arc::clone(&store), realm.clone());
            tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                tx.insert_scope(&builders::scope(&realm, &number.to_string()))
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    drop((store, database));
    let mut tx = at(folder.path()).await.store().read().await.unwrap();
    assert_eq!(tx.scopes(realm.id).await.unwrap().len(), 200);
}

#[tokio::test]
async fn migrations_run_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = at(folder.path()).await;
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
    let again = database.migrate(NOW).await.unwrap();
    assert_eq!((again.version, again.names.len()), (8, 0));
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = migrated(folder.path()).await;
    let conn = rusqlite::Connection::open(folder.path().join("keyward.sqlite")).unwrap();
    conn.execute("insert into schema_migrations values (99, 'later', 'x', 0)", [])
        .unwrap();
    for refused in [
        database.migrate(NOW).await.map(|_| ()),
        database.pending().await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(MigrateError::Newer { found: 99, known: 8 })));
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let refused = open(Location::Sqlite(folder.path().join("absent/keyward.sqlite"))).await;
    assert!(matches!(refused, Err(OpenError::Fault(Fault::Unavailable(_)))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_that_writes_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let database = migrated(folder.path()).await;
    let other = rusqlite::Connection::open(folder.path().join("keyward.sqlite")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let store = database.store();
    let waiting = tokio::spawn(async move {
        let mut tx = store.write().await.unwrap();
        tx.insert_realm(&builders::realm("demo")).await.unwrap();
        tx.commit().await.unwrap();
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    other.execute_batch("commit").unwrap();
    waiting.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_file_that_stays_locked_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let database = migrated(folder.path()).await;
    let other = rusqlite::Connection::open(folder.path().join("keyward.sqlite")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let refused = database.store().write().await.map(|_| ());
    assert!(matches!(refused, Err(Fault::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_goes_away_leaves_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let database = migrated(folder.path()).await;
    let store = database.store();
    for number in 0..20 {
        let store = Arc::clone(&store);
        let request = tokio::spawn(async move {
            let mut tx = store.write().await.unwrap();
            tx.set_fact("fact", &[number]).await.unwrap();
            tx.commit().await.unwrap();
        });
        tokio::task::yield_now().await;
        request.abort();
    }
    let mut tx = store.write().await.unwrap();
    tx.set_fact("fact", b"last").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.fact("fact").await.unwrap(), Some(b"last".to_vec()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_handed_in_is_committed_though_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let store = migrated(folder.path()).await.store();
    let mut tx = store.write().await.unwrap();
    tx.set_fact("fact", b"handed in").await.unwrap();
    let durable = tx.hand_in().await.unwrap();
    assert!(!durable.is_already());
    drop(durable);
    let committed = async {
        while store.read().await.unwrap().fact("fact").await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), committed).await.unwrap();
}

#[tokio::test]
async fn what_was_handed_in_can_still_be_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = migrated(folder.path()).await.store();
    let other = rusqlite::Connection::open(folder.path().join("keyward.sqlite")).unwrap();
    // A reference to nothing, which is looked at when the whole transaction ends.
    let breaks = "create table absent (id integer primary key);
        create table broken (id integer references absent (id) deferrable initially deferred);
        create trigger breaks after insert on facts begin insert into broken values (1); end";
    other.execute_batch(breaks).unwrap();
    let mut tx = store.write().await.unwrap();
    tx.set_fact("fact", b"lost").await.unwrap();
    let durable = tx.hand_in().await.unwrap();
    assert!(matches!(durable.on_disk().await, Err(Fault::Unavailable(_))));
    assert_eq!(store.read().await.unwrap().fact("fact").await.unwrap(), None);
    other.execute_batch("drop trigger breaks").unwrap();
    let mut tx = store.write().await.unwrap();
    tx.set_fact("fact", b"kept").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        store.read().await.unwrap().fact("fact").await.unwrap(),
        Some(b"kept".to_vec())
    );
}

/// How many turns another task has while a transaction runs sixty statements.
#[expect(clippy::unwrap_used, reason = "a test's setting")]
async fn turns_beside(tx: &mut dyn Tx) -> u32 {
    let turns = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&turns);
    let other = tokio::spawn(async move {
        loop {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    for number in 0..60 {
        tx.set_fact("fact", &[number]).await.unwrap();
    }
    other.abort();
    turns.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_transaction_gives_way_unless_it_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = migrated(folder.path()).await.store();
    let mut tx = store.write().await.unwrap();
    assert_eq!(turns_beside(&mut *tx).await, 15);
    let waiting = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.write().await.map(drop) })
    };
    tokio::task::yield_now().await;
    assert_eq!(turns_beside(&mut *tx).await, 0);
    tx.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
    // Whoever gave up does not count.
    let mut tx = store.write().await.unwrap();
    let gone = tokio::time::timeout(Duration::ZERO, store.write()).await;
    assert!(gone.is_err());
    assert!(turns_beside(&mut *tx).await > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_interleaving_breaks_a_grant() {
    let folder = tempfile::tempdir().unwrap();
    let store = migrated(folder.path()).await.store();
    let explored = explore::explore(store, Arc::new(Real), Plan::from_env(20_000)).await;
    let report = explored.unwrap_or_else(|violation| panic!("{violation}"));
    println!("{report:?}");
    let kinds = [
        report.rotated,
        report.repeated,
        report.reissued,
        report.reused,
        report.ended,
    ];
    assert!(kinds.iter().all(|count| *count > 100), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_race_breaks_a_grant() {
    let folder = tempfile::tempdir().unwrap();
    let store = migrated(folder.path()).await.store();
    let raced = explore::race(store, Arc::new(Real), 1, 120).await;
    raced.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exploration_notices_what_is_broken() {
    for mutant in [
        Mutant::TwoBefore,
        Mutant::Forgiving,
        Mutant::Branching,
        Mutant::Timeless,
        Mutant::Strict,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = migrated(folder.path()).await.store();
        let plan = Plan { seed: 1, steps: 20_000 };
        let violation = explore::explore(store, Arc::new(mutant), plan).await.unwrap_err();
        println!("{mutant:?}: {}", violation.lines().next().unwrap_or_default());
        assert!(violation.contains("KEYWARD_EXPLORE_SEED=1"), "{violation}");
    }
}

#[tokio::test]
async fn the_first_release_is_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let old = rusqlite::Connection::open(folder.path().join("keyward.sqlite")).unwrap();
    let init = include_str!("../migrations/sqlite/0001_init.sql");
    old.execute_batch(&first_release::script(init)).unwrap();
    drop(old);
    let database = at(folder.path()).await;
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
}
