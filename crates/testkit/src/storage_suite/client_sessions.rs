//! Sessions seen from clients, and ended by the many.

use std::sync::Arc;

use keyward_domain::grant::{Grant, GrantKind};
use keyward_domain::ports::Store;
use keyward_domain::ports::users::Paging;
use keyward_domain::session::Session;
use keyward_domain::user::User;

use super::{World, read, world, write};
use crate::builders::{self, NOW};

const ALL: Paging = Paging { first: 0, max: 10 };

fn begun(user: &User, name: &str, later: i64) -> Session {
    Session {
        started_at: NOW.plus_secs(later),
        ..builders::session(user, name)
    }
}

fn within(world: &World, session: &Session, kind: GrantKind, name: &str) -> Grant {
    Grant {
        session: session.id,
        kind,
        ..builders::grant(&world.client, &world.user, name)
    }
}

/// The sessions in which a client has grants that live, each once, youngest first, and how many there are.
pub async fn listed_and_counted_by_kind(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::client(&world.realm, "other");
    let (old, young) = (begun(&world.user, "old", 0), begun(&world.user, "young", 1));
    let online = GrantKind::Online;
    let ended = Grant {
        expires_at: NOW,
        ..within(&world, &begun(&world.user, "ended", 0), online, "ended")
    };
    let mut revoked = within(&world, &begun(&world.user, "revoked", 0), online, "revoked");
    revoked.revoked_at = Some(NOW);
    let mut of_other = within(&world, &old, online, "of other");
    of_other.client = other.id;
    let mut tx = write(&store).await;
    tx.insert_client(&other).await.unwrap();
    for session in [&old, &young] {
        tx.insert_session(session).await.unwrap();
    }
    for grant in [
        &within(&world, &old, online, "1"),
        &within(&world, &old, online, "2"),
        &within(&world, &young, online, "3"),
        &within(&world, &young, GrantKind::Offline, "4"),
        &of_other,
        &ended,
        &revoked,
    ] {
        tx.insert_grant(grant).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    let id = world.client.id;
    assert_eq!(
        tx.sessions_of_client(id, online, NOW, ALL).await.unwrap(),
        [young.clone(), old.clone()]
    );
    let second = Paging { first: 1, max: 1 };
    let paged = tx.sessions_of_client(id, online, NOW, second).await.unwrap();
    assert_eq!(paged, [old]);
    let offline = tx.sessions_of_client(id, GrantKind::Offline, NOW, ALL).await.unwrap();
    assert_eq!(offline, [young]);
    let idle = NOW.plus_secs(1800);
    assert!(tx.sessions_of_client(id, online, idle, ALL).await.unwrap().is_empty());
    let mut counts = tx.session_counts(world.realm.id, NOW).await.unwrap();
    counts.sort_by_key(|(_, _, count)| *count);
    assert_eq!(counts.len(), 3);
    assert!(counts.contains(&(id, online, 2)) && counts.contains(&(id, GrantKind::Offline, 1)));
    assert!(counts.contains(&(other.id, online, 1)));
    let elsewhere = builders::realm("other").id;
    assert!(tx.session_counts(elsewhere, NOW).await.unwrap().is_empty());
    assert!(tx.session_counts(world.realm.id, idle).await.unwrap().is_empty());
}

/// A session that is gone while an offline grant of it lives is told from the grant.
pub async fn an_offline_grant_outlives_its_session(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let session = begun(&world.user, "gone", 0);
    let grant = Grant {
        rotated_at: NOW.plus_secs(5),
        ..within(&world, &session, GrantKind::Offline, "1")
    };
    let mut tx = write(&store).await;
    tx.insert_grant(&grant).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    let sessions = tx
        .sessions_of_client(world.client.id, GrantKind::Offline, NOW, ALL)
        .await
        .unwrap();
    let expected = Session {
        cookie: None,
        auth_time: grant.created_at,
        address: String::new(),
        user_agent: String::new(),
        started_at: grant.created_at,
        seen_at: grant.rotated_at,
        expires_at: grant.expires_at,
        ..session
    };
    assert_eq!(sessions, [expected]);
}

/// All sessions of a user go, then all of a realm, and none of another.
pub async fn deleted_by_user_and_realm(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::realm("other");
    let (bob, carol) = (builders::user(&world.realm, "bob"), builders::user(&other, "carol"));
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    tx.insert_user(&bob).await.unwrap();
    tx.insert_user(&carol).await.unwrap();
    for session in [
        builders::session(&world.user, "1"),
        builders::session(&world.user, "2"),
        builders::session(&bob, "3"),
        builders::session(&carol, "4"),
    ] {
        tx.insert_session(&session).await.unwrap();
    }
    assert_eq!(tx.delete_sessions_of_user(world.user.id).await.unwrap(), 2);
    assert_eq!(tx.delete_sessions_of_user(world.user.id).await.unwrap(), 0);
    assert_eq!(tx.delete_sessions_of_realm(world.realm.id).await.unwrap(), 1);
    assert_eq!(tx.delete_sessions_of_realm(world.realm.id).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let kept = read(&store).await.sessions_of_user(carol.id, NOW, 10).await.unwrap();
    assert_eq!(kept.len(), 1);
}
