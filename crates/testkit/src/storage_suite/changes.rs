//! The log of changes: its cursor skips nothing.

use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use keyward_domain::id::RealmId;
use keyward_domain::ports::changes::{Change, Entry};
use keyward_domain::ports::{Store, Tx};

use super::{read, world, write};
use crate::builders::{self, NOW};

/// Entries come back in order; what ended goes, and the place of the last one stays.
pub async fn kept_in_order_and_swept(store: Arc<dyn Store>) {
    let realm = builders::realm("demo").id;
    let revoked = Change::TokenRevoked { jti: "jti-1".into() };
    let mut tx = write(&store).await;
    assert_eq!(tx.last_change().await.unwrap(), 0);
    assert_eq!(tx.append_change(realm, &revoked, NOW).await.unwrap(), 1);
    let end = NOW.plus_secs(60);
    assert_eq!(tx.append_change(realm, &Change::RealmChanged, end).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let (first, second) = (
        entry(1, realm, revoked, NOW),
        entry(2, realm, Change::RealmChanged, end),
    );
    let mut tx = read(&store).await;
    assert_eq!(tx.changes_after(0, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(tx.changes_after(0, 1).await.unwrap(), [first]);
    assert_eq!(tx.changes_after(1, 10).await.unwrap().as_slice(), from_ref(&second));
    let mut tx = write(&store).await;
    assert_eq!(tx.sweep_changes(NOW.plus_secs(1), 10).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.changes_after(0, 10).await.unwrap(), [second]);
    assert_eq!(tx.last_change().await.unwrap(), 2);
}

/// Every kind of change comes back as it was.
pub async fn every_kind_is_kept(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let changes = [
        Change::TokenRevoked { jti: "jti-1".into() },
        Change::GrantRevoked {
            grant: builders::grant(&world.client, &world.user, "1").id,
        },
        Change::UserChanged { user: world.user.id },
        Change::RealmChanged,
    ];
    let mut tx = write(&store).await;
    for change in &changes {
        tx.append_change(world.realm.id, change, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    let entries = read(&store).await.changes_after(0, 10).await.unwrap();
    let kept: Vec<_> = entries.into_iter().map(|entry| entry.change).collect();
    assert_eq!(kept, changes);
}

/// The second writer cannot commit a later place before the first one has committed the earlier.
pub async fn no_cursor_skips_the_slower_writer(store: Arc<dyn Store>) {
    let mut slow = write(&store).await;
    append(slow.as_mut(), "slow").await;
    let quick = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut tx = write(&store).await;
            append(tx.as_mut(), "quick").await;
            tx.commit().await.unwrap();
        })
    };
    let mut seen = Vec::new();
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        poll(&store, &mut seen).await;
        assert!(seen.is_empty(), "a place was seen before the one below it");
    }
    slow.commit().await.unwrap();
    quick.await.unwrap();
    poll(&store, &mut seen).await;
    assert_eq!(seen, [(1, "slow".to_owned()), (2, "quick".to_owned())]);
}

/// A place that was given and rolled back is given again.
pub async fn a_rollback_leaves_no_gap_in_what_readers_see(store: Arc<dyn Store>) {
    let mut undone = write(&store).await;
    append(undone.as_mut(), "undone").await;
    drop(undone);
    let mut tx = write(&store).await;
    append(tx.as_mut(), "done").await;
    tx.commit().await.unwrap();
    let mut seen = Vec::new();
    poll(&store, &mut seen).await;
    assert_eq!(seen, [(1, "done".to_owned())]);
}

/// Eight writers append 50 entries each while a reader follows: it sees all 400, in order and without a gap.
pub async fn a_reader_sees_all_writers_in_order(store: Arc<dyn Store>) {
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in 0..50 {
                    let mut tx = write(&store).await;
                    append(tx.as_mut(), &format!("{writer}-{number}")).await;
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        poll(&store, &mut seen).await;
        tokio::task::yield_now().await;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    poll(&store, &mut seen).await;
    let places: Vec<i64> = seen.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, (1..=400).collect::<Vec<_>>());
}

async fn append(tx: &mut dyn Tx, jti: &str) {
    let change = Change::TokenRevoked { jti: jti.into() };
    let realm = builders::realm("demo").id;
    tx.append_change(realm, &change, NOW.plus_secs(60)).await.unwrap();
}

/// Reads on from where `seen` ends.
async fn poll(store: &Arc<dyn Store>, seen: &mut Vec<(i64, String)>) {
    let cursor = seen.last().map_or(0, |(place, _)| *place);
    for entry in read(store).await.changes_after(cursor, 1000).await.unwrap() {
        if let Change::TokenRevoked { jti } = entry.change {
            seen.push((entry.sequence, jti));
        }
    }
}

fn entry(sequence: i64, realm: RealmId, change: Change, expires_at: keyward_domain::Timestamp) -> Entry {
    Entry {
        sequence,
        realm,
        change,
        expires_at,
    }
}
