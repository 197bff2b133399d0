//! Transactions: all or nothing.

use std::sync::Arc;

use keyward_domain::Fault;
use keyward_domain::ports::Store;

use super::{read, world, write};
use crate::builders;

/// What was not committed is gone, and the next transaction begins at once.
pub async fn a_rollback_leaves_nothing(store: Arc<dyn Store>) {
    for _ in 0..40 {
        let mut tx = write(&store).await;
        tx.insert_realm(&builders::realm("demo")).await.unwrap();
        tx.set_fact("fact", b"x").await.unwrap();
        drop(tx);
    }
    let mut tx = read(&store).await;
    assert!(tx.realms().await.unwrap().is_empty());
    assert_eq!(tx.fact("fact").await.unwrap(), None);
}

/// Readers see what was committed.
pub async fn a_transaction_sees_its_own_work_and_nobody_else_does(store: Arc<dyn Store>) {
    let mut reader = read(&store).await;
    let mut tx = write(&store).await;
    tx.insert_realm(&builders::realm("demo")).await.unwrap();
    assert_eq!(tx.realms().await.unwrap().len(), 1);
    assert_eq!(reader.realms().await.unwrap().len(), 0);
    tx.commit().await.unwrap();
    assert_eq!(reader.realms().await.unwrap().len(), 1);
}

/// A connection for reading refuses to write.
pub async fn a_reader_cannot_write(store: Arc<dyn Store>) {
    let mut tx = read(&store).await;
    let refused = tx.insert_realm(&builders::realm("demo")).await;
    assert!(matches!(refused, Err(Fault::Unavailable(_))));
    drop(tx);
    assert!(read(&store).await.realms().await.unwrap().is_empty());
}

/// A transaction that failed once only fails.
pub async fn after_a_failed_statement_nothing_is_committed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut tx = write(&store).await;
    tx.insert_realm(&builders::realm("other")).await.unwrap();
    let mut taken = builders::realm("taken");
    taken.name = world.realm.name;
    assert!(matches!(tx.insert_realm(&taken).await, Err(Fault::Exists(_))));
    assert!(matches!(tx.realms().await, Err(Fault::Exists(_))));
    assert!(matches!(tx.commit().await, Err(Fault::Exists(_))));
    assert_eq!(read(&store).await.realms().await.unwrap().len(), 1);
}

/// The parent may have been deleted since the caller looked: deciding anew shows it.
pub async fn a_row_without_its_parent_is_a_conflict(store: Arc<dyn Store>) {
    let mut tx = write(&store).await;
    let orphan = builders::client(&builders::realm("absent"), "orphan");
    let fault = tx.insert_client(&orphan).await.unwrap_err();
    assert!(fault.is_conflict(), "{fault}");
}

/// 200 transactions at the same time, half of which roll back.
pub async fn many_writers_all_succeed(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm;
    let writers: Vec<_> = (0..200)
        .map(|number| {
            let (store, realm) = (Arc::clone(&store), realm.clone());
            tokio::spawn(async move {
                let mut tx = write(&store).await;
                let scope = builders::scope(&realm, &format!("scope-{number:03}"));
                tx.insert_scope(&scope).await.unwrap();
                if number % 2 == 0 {
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let scopes = read(&store).await.scopes(realm.id).await.unwrap();
    assert_eq!(scopes.len(), 100);
}
