//! Failed logins: each one counts.

use std::sync::Arc;

use keyward_domain::policy::lockout::FailureRecord;
use keyward_domain::ports::Store;

use super::{RACERS, race, read, world, write};
use crate::builders::{self, NOW};

fn record(failures: i64) -> FailureRecord {
    FailureRecord {
        failures,
        temporary_lockouts: 2,
        last_failure_at: NOW,
        locked_until: Some(NOW.plus_secs(60)),
        permanently: false,
    }
}

/// What is counted is kept by realm and key; a key that was only locked counts nothing.
pub async fn kept_and_cleared(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let realm = world.realm.id;
    let other = builders::realm("other");
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    for _ in 0..2 {
        assert_eq!(tx.lock_login_failures(realm, "alice").await.unwrap(), None);
    }
    assert_eq!(tx.login_failures(realm, "alice").await.unwrap(), None);
    assert!(!tx.clear_login_failures(realm, "alice").await.unwrap());
    let permanent = FailureRecord {
        locked_until: None,
        permanently: true,
        ..record(4)
    };
    for record in [record(3), permanent] {
        tx.save_login_failures(realm, "alice", &record).await.unwrap();
        assert_eq!(tx.lock_login_failures(realm, "alice").await.unwrap(), Some(record));
        assert_eq!(tx.login_failures(realm, "alice").await.unwrap(), Some(record));
    }
    assert_eq!(tx.login_failures(realm, "bob").await.unwrap(), None);
    assert_eq!(tx.login_failures(other.id, "alice").await.unwrap(), None);
    assert!(tx.clear_login_failures(realm, "alice").await.unwrap());
    assert_eq!(tx.login_failures(realm, "alice").await.unwrap(), None);
    tx.commit().await.unwrap();
}

/// Failures at the same time are all counted, the first ones too.
pub async fn parallel_failures_are_all_counted(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm.id;
    race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        let record = tx
            .lock_login_failures(realm, "alice")
            .await
            .unwrap()
            .unwrap_or_default();
        let record = FailureRecord {
            failures: record.failures + 1,
            ..record
        };
        tx.save_login_failures(realm, "alice", &record).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    let counted = read(&store).await.login_failures(realm, "alice").await.unwrap();
    assert_eq!(counted.unwrap().failures, i64::try_from(RACERS).unwrap());
}

/// What is counted of users goes, of one realm; what is counted by address stays.
pub async fn those_of_users_are_cleared(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm.id;
    let other = builders::realm("other");
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    for key in ["user:1", "code:1", "address:192.0.2.0/24"] {
        tx.save_login_failures(realm, key, &record(1)).await.unwrap();
        tx.save_login_failures(other.id, key, &record(1)).await.unwrap();
    }
    assert_eq!(tx.clear_login_failures_of_users(realm).await.unwrap(), 2);
    assert_eq!(tx.clear_login_failures_of_users(realm).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.login_failures(realm, "user:1").await.unwrap(), None);
    assert_eq!(tx.login_failures(realm, "code:1").await.unwrap(), None);
    assert!(
        tx.login_failures(realm, "address:192.0.2.0/24")
            .await
            .unwrap()
            .is_some()
    );
    assert!(tx.login_failures(other.id, "user:1").await.unwrap().is_some());
}

/// Old failures go, at most `limit`; whoever is locked out for good stays so.
pub async fn what_is_old_is_swept(store: Arc<dyn Store>) {
    let realm = world(&store).await.realm.id;
    let permanent = FailureRecord {
        permanently: true,
        ..record(9)
    };
    let mut tx = write(&store).await;
    for key in ["a", "b", "c"] {
        tx.save_login_failures(realm, key, &record(1)).await.unwrap();
    }
    tx.save_login_failures(realm, "for good", &permanent).await.unwrap();
    tx.lock_login_failures(realm, "only locked").await.unwrap();
    assert_eq!(tx.sweep_login_failures(NOW, 10).await.unwrap(), 1);
    let later = NOW.plus_secs(1);
    assert_eq!(tx.sweep_login_failures(later, 2).await.unwrap(), 2);
    assert_eq!(tx.sweep_login_failures(later, 2).await.unwrap(), 1);
    assert_eq!(tx.sweep_login_failures(later, 2).await.unwrap(), 0);
    assert_eq!(tx.login_failures(realm, "for good").await.unwrap(), Some(permanent));
    tx.commit().await.unwrap();
}
