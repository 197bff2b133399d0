//! The events that a realm's administrators read.

use std::sync::Arc;

use keyward_domain::id::EventId;
use keyward_domain::ports::Store;
use keyward_domain::ports::user_events::UserEventQuery;
use keyward_domain::ports::users::Paging;
use keyward_domain::user_event::UserEvent;

use super::{read, world, write};
use crate::builders::{self, NOW};

const ALL: Paging = Paging { first: 0, max: 100 };

/// Four events of a realm, a second after the other, and one of another realm.
async fn log(store: &Arc<dyn Store>) -> Vec<UserEvent> {
    let world = world(store).await;
    let other = builders::realm("other");
    let user = world.user.id.to_string();
    let event = |number: i64, name: &'static str| UserEvent {
        id: EventId(uuid::Uuid::from_u128(u128::try_from(number).unwrap())),
        realm: world.realm.id,
        at: NOW.plus_secs(number),
        name: name.into(),
        client: Some("shop".into()),
        user: Some(user.clone()),
        session: Some("s".into()),
        address: Some("192.0.2.7".parse().unwrap()),
        error: None,
        details: [("username".into(), "\u{fffd}'; drop table user_events; --".to_owned())].into(),
    };
    let mut events: Vec<UserEvent> = (0..4).map(|number| event(number, "LOGIN")).collect();
    events[1] = UserEvent {
        client: None,
        user: None,
        session: None,
        address: None,
        error: Some("user_not_found".into()),
        details: std::collections::BTreeMap::new(),
        ..event(1, "LOGIN_ERROR")
    };
    events[3].name = "LOGOUT".into();
    events[3].address = Some("2001:db8::1".parse().unwrap());
    let elsewhere = UserEvent {
        realm: other.id,
        ..event(9, "LOGIN")
    };
    let mut tx = write(store).await;
    tx.insert_realm(&other).await.unwrap();
    for event in events.iter().chain([&elsewhere]) {
        tx.append_user_event(event).await.unwrap();
    }
    tx.commit().await.unwrap();
    events
}

async fn found(store: &Arc<dyn Store>, query: &UserEventQuery, paging: Paging) -> Vec<i64> {
    let realm = builders::realm("demo").id;
    let events = read(store).await.user_events(realm, query, paging).await.unwrap();
    events.iter().map(|event| event.at.millis_since(NOW) / 1000).collect()
}

/// A batch whose commit was not answered comes again, and does not stop those after it.
pub async fn the_same_once(store: Arc<dyn Store>) {
    let events = log(&store).await;
    let mut tx = write(&store).await;
    for event in &events {
        tx.append_user_event(event).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(found(&store, &UserEventQuery::default(), ALL).await, [3, 2, 1, 0]);
}

/// Events come back as they were, youngest first or oldest first, page by page.
pub async fn in_both_directions_and_pages(store: Arc<dyn Store>) {
    let mut events = log(&store).await;
    let query = UserEventQuery::default();
    let realm = events[0].realm;
    let all = read(&store).await.user_events(realm, &query, ALL).await.unwrap();
    events.reverse();
    assert_eq!(all, events);
    assert_eq!(found(&store, &query, Paging { first: 1, max: 2 }).await, [2, 1]);
    let ascending = UserEventQuery {
        ascending: true,
        ..UserEventQuery::default()
    };
    assert_eq!(found(&store, &ascending, Paging { first: 2, max: 9 }).await, [2, 3]);
    assert!(found(&store, &ascending, Paging { first: 4, max: 9 }).await.is_empty());
}

/// Every condition, and several together.
pub async fn by_what_a_query_names(store: Arc<dyn Store>) {
    let events = log(&store).await;
    let user = events[0].user.clone();
    let all = UserEventQuery::default;
    for (query, expected) in [
        (
            UserEventQuery {
                names: vec!["LOGIN_ERROR".into(), "LOGOUT".into()],
                ..all()
            },
            &[3, 1][..],
        ),
        (
            UserEventQuery {
                names: vec!["REGISTER".into()],
                ..all()
            },
            &[],
        ),
        (
            UserEventQuery {
                from: Some(NOW.plus_secs(1)),
                to: Some(NOW.plus_secs(2)),
                ..all()
            },
            &[2, 1],
        ),
        (
            UserEventQuery {
                client: Some("shop".into()),
                ..all()
            },
            &[3, 2, 0],
        ),
        (
            UserEventQuery {
                client: Some("sho".into()),
                ..all()
            },
            &[],
        ),
        (
            UserEventQuery {
                user: user.clone(),
                ..all()
            },
            &[3, 2, 0],
        ),
        (
            UserEventQuery {
                address: Some("2001:db8::1".into()),
                ..all()
            },
            &[3],
        ),
        (
            UserEventQuery {
                address: Some("' or '1'='1".into()),
                ..all()
            },
            &[],
        ),
        (
            UserEventQuery {
                names: vec!["LOGIN".into()],
                user,
                from: Some(NOW.plus_secs(1)),
                ..all()
            },
            &[2],
        ),
    ] {
        assert_eq!(found(&store, &query, ALL).await, expected, "{query:?}");
    }
}

/// They go of one realm alone, by hand, with it, and once it has kept them long enough.
pub async fn removed(store: Arc<dyn Store>) {
    let events = log(&store).await;
    let realm = events[0].realm;
    let mut other = builders::realm("other");
    let mut tx = write(&store).await;
    // Nobody says how long they stay.
    assert_eq!(tx.sweep_user_events(NOW.plus_secs(100_000), 100).await.unwrap(), 0);
    let mut demo = builders::realm("demo");
    demo.settings.kept.insert("eventsExpiration".into(), 10.into());
    tx.update_realm(&demo).await.unwrap();
    assert_eq!(tx.sweep_user_events(NOW.plus_secs(10), 100).await.unwrap(), 0);
    assert_eq!(tx.sweep_user_events(NOW.plus_secs(12), 1).await.unwrap(), 1);
    assert_eq!(tx.sweep_user_events(NOW.plus_secs(12), 100).await.unwrap(), 1);
    other.settings.kept.insert("eventsExpiration".into(), 0.into());
    tx.update_realm(&other).await.unwrap();
    assert_eq!(tx.delete_user_events(realm).await.unwrap(), 2);
    assert_eq!(tx.sweep_user_events(NOW.plus_secs(100_000), 100).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let of = async |realm| {
        read(&store)
            .await
            .user_events(realm, &UserEventQuery::default(), ALL)
            .await
            .unwrap()
            .len()
    };
    assert_eq!((of(realm).await, of(other.id).await), (0, 1));
    let mut tx = write(&store).await;
    tx.delete_realm(other.id).await.unwrap();
    let late = UserEvent {
        realm: other.id,
        ..events[0].clone()
    };
    // What was still to be written of it is not.
    tx.append_user_event(&late).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(of(other.id).await, 0);
}
