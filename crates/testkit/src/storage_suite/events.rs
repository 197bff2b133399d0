//! The log of events, asked.

use std::net::IpAddr;
use std::sync::Arc;

use keyward_domain::event::{Event, What};
use keyward_domain::id::UserId;
use keyward_domain::ports::Store;
use keyward_domain::ports::audit::EventQuery;
use keyward_domain::ports::users::Paging;

use super::{read, world, write};
use crate::builders::{self, NOW};

const ALL: Paging = Paging { first: 0, max: 100 };

/// Five events of a realm, a second after the other, and others that no query of the realm finds.
async fn log(store: &Arc<dyn Store>) -> Vec<Event> {
    let world = world(store).await;
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    let mut events: Vec<Event> = (0..5)
        .map(|number| builders::event(&world.realm, &number.to_string(), number))
        .collect();
    events[1].address = Some(address);
    // A name that nobody has, with a sign in it that PostgreSQL cannot keep in JSON.
    events[2].what = What::UserCreated {
        username: "\0'; drop table events; --\\u0000".into(),
        id: UserId(uuid::Uuid::nil()),
    };
    events[3].address = Some(address);
    events[3].what = What::AdminChange {
        operation: "CREATE",
        resource_type: "USER",
        resource_path: "users/1".into(),
        realm_id: world.realm.id,
        by_realm: "demo".into(),
        by_client: "admin-cli".into(),
        by_user: world.user.id,
        representation: None,
    };
    let mut of_server = builders::event(&world.realm, "server", 0);
    of_server.realm = None;
    let elsewhere = builders::event(&builders::realm("other"), "elsewhere", 0);
    let mut tx = write(store).await;
    for event in events.iter().chain([&of_server, &elsewhere]) {
        tx.append_event(event).await.unwrap();
    }
    tx.commit().await.unwrap();
    events
}

async fn found(store: &Arc<dyn Store>, query: &EventQuery, paging: Paging) -> Vec<i64> {
    let events = read(store).await.events("demo", query, paging).await.unwrap();
    events.iter().map(|event| event.at.millis_since(NOW) / 1000).collect()
}

/// Events come whole, youngest first or oldest first, page by page.
pub async fn in_both_directions_and_pages(store: Arc<dyn Store>) {
    let events = log(&store).await;
    let query = EventQuery::default();
    let all = read(&store).await.events("demo", &query, ALL).await.unwrap();
    assert_eq!(all.len(), 5);
    for (stored, event) in all.iter().rev().zip(&events) {
        assert_eq!((stored.id, stored.at), (event.id, event.at));
        assert_eq!(stored.name, event.what.name());
        assert_eq!(stored.record, serde_json::to_string(event).unwrap());
    }
    assert_eq!(found(&store, &query, ALL).await, [4, 3, 2, 1, 0]);
    assert_eq!(found(&store, &query, Paging { first: 1, max: 2 }).await, [3, 2]);
    let ascending = EventQuery {
        ascending: true,
        ..EventQuery::default()
    };
    assert_eq!(found(&store, &ascending, Paging { first: 3, max: 9 }).await, [3, 4]);
    assert!(found(&store, &ascending, Paging { first: 5, max: 9 }).await.is_empty());
}

/// Names, time and members of the record, all together.
pub async fn by_name_time_and_members(store: Arc<dyn Store>) {
    let alice = builders::user(&builders::realm("demo"), "1").id;
    log(&store).await;
    let names = |names: &[&str]| EventQuery {
        names: names.iter().map(ToString::to_string).collect(),
        ..EventQuery::default()
    };
    assert_eq!(found(&store, &names(&["admin_change"]), ALL).await, [3]);
    assert_eq!(found(&store, &names(&["user_created"]), ALL).await, [4, 2, 1, 0]);
    assert_eq!(
        found(&store, &names(&["admin_change", "user_created"]), ALL)
            .await
            .len(),
        5
    );
    assert!(found(&store, &names(&["client_created"]), ALL).await.is_empty());
    let time = EventQuery {
        from: Some(NOW.plus_secs(1)),
        to: Some(NOW.plus_secs(3)),
        ..EventQuery::default()
    };
    assert_eq!(found(&store, &time, ALL).await, [3, 2, 1]);
    let members = |members: &[(&'static str, &str)]| EventQuery {
        members: members
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        ..EventQuery::default()
    };
    let address = ("address", "192.0.2.7");
    let user = alice.to_string();
    assert_eq!(found(&store, &members(&[address]), ALL).await, [3, 1]);
    assert_eq!(found(&store, &members(&[("user_id", &user)]), ALL).await, [1]);
    assert_eq!(found(&store, &members(&[address, ("user_id", &user)]), ALL).await, [1]);
    assert_eq!(found(&store, &members(&[("by_client", "admin-cli")]), ALL).await, [3]);
    assert!(
        found(&store, &members(&[("address", "' or '1'='1")]), ALL)
            .await
            .is_empty()
    );
    assert!(found(&store, &members(&[("absent", "x")]), ALL).await.is_empty());
    let together = EventQuery {
        to: Some(NOW.plus_secs(1)),
        members: members(&[address]).members,
        ..names(&["user_created"])
    };
    assert_eq!(found(&store, &together, ALL).await, [1]);
}

/// Events of some names go, of one realm alone.
pub async fn deleted_by_name(store: Arc<dyn Store>) {
    log(&store).await;
    let mut tx = write(&store).await;
    assert_eq!(tx.delete_events("demo", &[]).await.unwrap(), 0);
    assert_eq!(tx.delete_events("demo", &["client_created"]).await.unwrap(), 0);
    let deleted = tx.delete_events("demo", &["user_created", "client_created"]).await;
    assert_eq!(deleted.unwrap(), 4);
    tx.commit().await.unwrap();
    assert_eq!(found(&store, &EventQuery::default(), ALL).await, [3]);
    let elsewhere = read(&store).await.events("other", &EventQuery::default(), ALL).await;
    assert_eq!(elsewhere.unwrap().len(), 1);
}
