//! Sessions and consents.

use std::sync::Arc;

use keyward_domain::grant::TokenHash;
use keyward_domain::ports::Store;
use keyward_domain::session::Session;

use super::{race, read, world, write};
use crate::builders::{self, NOW};

/// Sessions of a user that live, youngest first.
pub async fn kept_listed_and_deleted(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let old = builders::session(&world.user, "old");
    let young = Session {
        cookie: None,
        started_at: NOW.plus_secs(1),
        ..builders::session(&world.user, "young")
    };
    let ended = Session {
        expires_at: NOW,
        ..builders::session(&world.user, "ended")
    };
    let mut tx = write(&store).await;
    for session in [&old, &young, &ended] {
        tx.insert_session(session).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.session(old.id).await.unwrap(), Some(old.clone()));
    let living = tx.sessions_of_user(world.user.id, NOW, 10).await.unwrap();
    assert_eq!(living, [young.clone(), old.clone()]);
    assert_eq!(tx.sessions_of_user(world.user.id, NOW, 1).await.unwrap(), [young]);
    let mut tx = write(&store).await;
    assert!(tx.delete_session(old.id).await.unwrap());
    assert!(!tx.delete_session(old.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.session(old.id).await.unwrap(), None);
}

/// A login replaces the cookie that it saw, with or without one.
pub async fn renewed_and_touched(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut session = builders::session(&world.user, "1");
    let first = session.cookie;
    let mut tx = write(&store).await;
    tx.insert_session(&session).await.unwrap();
    session.cookie = None;
    session.auth_time = NOW.plus_secs(5);
    session.address = "192.0.2.2".into();
    session.user_agent = "Browser/2.0".into();
    session.seen_at = NOW.plus_secs(5);
    assert!(tx.renew_session(&session, first).await.unwrap());
    assert!(!tx.renew_session(&session, first).await.unwrap());
    assert_eq!(tx.session(session.id).await.unwrap(), Some(session.clone()));
    session.cookie = Some(TokenHash::of(b"next"));
    assert!(tx.renew_session(&session, None).await.unwrap());
    assert!(!tx.renew_session(&session, None).await.unwrap());
    let later = NOW.plus_secs(70);
    tx.touch_session(session.id, later).await.unwrap();
    // A node whose clock is behind does not take it back.
    tx.touch_session(session.id, NOW).await.unwrap();
    session.seen_at = later;
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.session(session.id).await.unwrap(), Some(session));
}

/// Of many logins in one session exactly one replaces the cookie that all of them saw.
pub async fn one_of_many_renews(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let session = builders::session(&world.user, "1");
    let id = session.id;
    let mut tx = write(&store).await;
    tx.insert_session(&session).await.unwrap();
    tx.commit().await.unwrap();
    let results = race(&store, move |store, number| {
        let (mut session, old) = (session.clone(), session.cookie);
        session.cookie = Some(TokenHash::of(format!("cookie of {number}").as_bytes()));
        async move {
            let mut tx = write(&store).await;
            let renewed = tx.renew_session(&session, old).await.unwrap();
            tx.commit().await.unwrap();
            renewed.then_some(session.cookie)
        }
    })
    .await;
    let winners: Vec<_> = results.into_iter().flatten().collect();
    let kept = read(&store).await.session(id).await.unwrap().unwrap();
    assert_eq!(winners, [kept.cookie]);
}

/// Sessions that ended go, at most `limit`.
pub async fn what_ended_is_swept(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut tx = write(&store).await;
    for name in ["1", "2", "3"] {
        tx.insert_session(&builders::session(&world.user, name)).await.unwrap();
    }
    let end = NOW.plus_secs(36_000);
    assert_eq!(tx.sweep_sessions(end, 10).await.unwrap(), 0);
    assert_eq!(tx.sweep_sessions(end.plus_secs(1), 2).await.unwrap(), 2);
    assert_eq!(tx.sweep_sessions(end.plus_secs(1), 2).await.unwrap(), 1);
}

/// A consent replaces the one before, and goes with its client.
pub async fn consents_kept_replaced_and_deleted(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::client(&world.realm, "other");
    let first = builders::consent(&world.user, &world.client, &["openid"]);
    let second = builders::consent(&world.user, &world.client, &["openid", "orders:read"]);
    let of_other = builders::consent(&world.user, &other, &[]);
    let (user, client) = (world.user.id, world.client.id);
    let mut tx = write(&store).await;
    tx.insert_client(&other).await.unwrap();
    assert_eq!(tx.consent(user, client).await.unwrap(), None);
    tx.save_consent(&first).await.unwrap();
    assert_eq!(tx.consent(user, client).await.unwrap(), Some(first));
    tx.save_consent(&second).await.unwrap();
    tx.save_consent(&of_other).await.unwrap();
    assert_eq!(tx.consent(user, client).await.unwrap(), Some(second.clone()));
    let all = tx.consents(user).await.unwrap();
    assert!(all.len() == 2 && all.contains(&second) && all.contains(&of_other));
    assert!(tx.delete_consent(user, client).await.unwrap());
    assert!(!tx.delete_consent(user, client).await.unwrap());
    assert_eq!(tx.consents(user).await.unwrap(), [of_other]);
    tx.commit().await.unwrap();
}
