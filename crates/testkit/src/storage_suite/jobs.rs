//! Leases, facts and audit events.

use std::sync::Arc;

use keyward_domain::ports::Store;

use super::{race, read, world, write};
use crate::builders::{self, NOW};

/// A lease is renewed by its holder and taken by another only after its end.
pub async fn a_lease_has_one_holder(store: Arc<dyn Store>) {
    let end = NOW.plus_secs(60);
    let mut tx = write(&store).await;
    assert!(tx.take_lease("sweep", "one", NOW, end).await.unwrap());
    assert!(tx.take_lease("sweep", "one", NOW, end).await.unwrap());
    assert!(!tx.take_lease("sweep", "two", NOW, end).await.unwrap());
    assert!(tx.take_lease("rotate", "two", NOW, end).await.unwrap());
    assert!(tx.take_lease("sweep", "two", end, end.plus_secs(60)).await.unwrap());
    assert!(!tx.take_lease("sweep", "one", end, end.plus_secs(60)).await.unwrap());
    tx.commit().await.unwrap();
}

/// Of many exactly one gets it.
pub async fn one_of_many_takes_a_lease(store: Arc<dyn Store>) {
    let results = race(&store, |store, number| async move {
        let mut tx = write(&store).await;
        let holder = format!("node-{number}");
        let taken = tx.take_lease("sweep", &holder, NOW, NOW.plus_secs(60)).await.unwrap();
        tx.commit().await.unwrap();
        taken
    })
    .await;
    assert_eq!(results.into_iter().filter(|taken| *taken).count(), 1);
}

/// A fact has its last value.
pub async fn facts_are_replaced(store: Arc<dyn Store>) {
    let mut tx = write(&store).await;
    assert_eq!(tx.fact("key check").await.unwrap(), None);
    tx.set_fact("key check", &[0, 1]).await.unwrap();
    assert!(!tx.add_fact("key check", &[2]).await.unwrap());
    assert!(tx.add_fact("another", &[2]).await.unwrap());
    tx.set_fact("key check", &[]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.fact("key check").await.unwrap(), Some(Vec::new()));
}

/// Events come back by time, of one realm, and old ones go.
pub async fn events_in_order_and_swept(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut of_server = builders::event(&world.realm, "server", 0);
    of_server.realm = None;
    let mut tx = write(&store).await;
    for event in [
        builders::event(&world.realm, "second", 2),
        builders::event(&world.realm, "first", 1),
        builders::event(&builders::realm("other"), "elsewhere", 1),
        of_server,
    ] {
        tx.append_event(&event).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    let events = tx.events_since("demo", NOW, 10).await.unwrap();
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["user_created", "user_created"]);
    assert!(matches!(events.as_slice(), [(_, one), (_, two)] if one.contains("first") && two.contains("second")));
    assert_eq!(tx.events_since("demo", NOW.plus_secs(2), 10).await.unwrap().len(), 1);
    assert_eq!(tx.events_since("demo", NOW, 1).await.unwrap().len(), 1);
    let mut tx = write(&store).await;
    assert_eq!(tx.sweep_events(NOW.plus_secs(2), 2).await.unwrap(), 2);
    assert_eq!(tx.sweep_events(NOW.plus_secs(2), 2).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.events_since("demo", NOW, 10).await.unwrap().len(), 1);
}
