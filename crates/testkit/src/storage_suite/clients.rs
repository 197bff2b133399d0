//! Clients and their secrets.

use std::sync::Arc;

use keyward_domain::client::ClientSecret;
use keyward_domain::ports::Store;
use keyward_domain::realm::Realm;
use keyward_domain::{Fault, Timestamp};

use super::{RACERS, race, read, world, write};
use crate::builders::{self, NOW};

/// Clients come back as they were, by `client_id`.
pub async fn kept_and_found(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let api = builders::client(&world.realm, "api");
    let mut tx = write(&store).await;
    tx.insert_client(&api).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    assert_eq!(tx.clients(world.realm.id).await.unwrap(), [api.clone(), world.client]);
    assert_eq!(tx.client_by_client_id(world.realm.id, "api").await.unwrap(), Some(api));
    assert_eq!(tx.client_by_client_id(world.realm.id, "API").await.unwrap(), None);
}

/// The same `client_id` is free in another realm.
pub async fn a_client_id_is_taken_once_in_a_realm(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::realm("other");
    let mut tx = write(&store).await;
    tx.insert_realm(&other).await.unwrap();
    tx.insert_client(&builders::client(&other, "backend-service"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut again = builders::client(&world.realm, "again");
    again.client_id = "backend-service".into();
    let taken = write(&store).await.insert_client(&again).await;
    assert!(matches!(taken, Err(Fault::Exists(_))));
}

/// An update changes everything but id and realm; a `client_id` of another client is refused.
pub async fn updated_and_renamed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut client = world.client;
    client.client_id = "renamed".into();
    client.enabled = false;
    client.not_before = NOW;
    client.settings.redirect_uris = vec!["http://127.0.0.1/callback".into()];
    let mut tx = write(&store).await;
    assert!(tx.update_client(&client).await.unwrap());
    assert!(
        !tx.update_client(&builders::client(&world.realm, "absent"))
            .await
            .unwrap()
    );
    let mut foreign = client.clone();
    foreign.realm = builders::realm("other").id;
    foreign.client_id = "stolen".into();
    assert!(!tx.update_client(&foreign).await.unwrap());
    let other = builders::client(&world.realm, "other");
    tx.insert_client(&other).await.unwrap();
    tx.commit().await.unwrap();
    let clients = read(&store).await.clients(world.realm.id).await.unwrap();
    assert_eq!(clients, [other.clone(), client.clone()]);
    client.client_id = other.client_id;
    let fault = write(&store).await.update_client(&client).await.unwrap_err();
    assert_eq!(fault.to_string(), "a client of this client_id exists already");
}

/// The youngest secret of a client comes first.
pub async fn secrets_youngest_first(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let old = builders::client_secret(&world.client, "old", 10);
    let new = builders::client_secret(&world.client, "new", 0);
    let mut tx = write(&store).await;
    tx.insert_client_secret(&old).await.unwrap();
    tx.insert_client_secret(&new).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(secrets(&store, &world.realm).await, [new, old]);
}

/// Of the others the youngest lives on until the given instant, the rest ends at once.
pub async fn a_rotation_leaves_two_secrets(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let until = NOW.plus_secs(60);
    let mut tx = write(&store).await;
    for (name, age) in [("a", 30), ("b", 20), ("c", 10), ("d", 0)] {
        tx.insert_client_secret(&builders::client_secret(&world.client, name, age))
            .await
            .unwrap();
    }
    let keep = builders::client_secret(&world.client, "d", 0).id;
    tx.expire_other_client_secrets(world.client.id, keep, until, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let ends = |secrets: Vec<ClientSecret>| -> Vec<_> { secrets.iter().map(|secret| secret.expires_at).collect() };
    let first = ends(secrets(&store, &world.realm).await);
    assert_eq!(first, [None, Some(until), Some(NOW), Some(NOW)]);

    // Doing it again later neither revives nor prolongs one.
    let mut tx = write(&store).await;
    tx.expire_other_client_secrets(world.client.id, keep, until.plus_secs(60), NOW.plus_secs(5))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ends(secrets(&store, &world.realm).await), first);
}

/// However many rotate at the same time, a client has at most two live secrets afterwards.
pub async fn rotations_at_the_same_time_leave_two_secrets(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let client = world.client.clone();
    race(&store, move |store, number| {
        let secret = builders::client_secret(&client, &number.to_string(), 0);
        async move {
            let mut tx = write(&store).await;
            tx.insert_client_secret(&secret).await.unwrap();
            tx.expire_other_client_secrets(secret.client, secret.id, NOW.plus_secs(60), NOW)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
    let secrets = secrets(&store, &world.realm).await;
    assert_eq!(secrets.len(), RACERS);
    let is_live = |end: Option<Timestamp>| end.is_none_or(|end| end > NOW);
    let live: Vec<_> = secrets.iter().filter(|secret| is_live(secret.expires_at)).collect();
    assert!(live.len() <= 2, "{} live secrets", live.len());
    assert_eq!(live.iter().filter(|secret| secret.expires_at.is_none()).count(), 1);
}

/// A secret is resealed only while it is what the caller unsealed.
pub async fn a_secret_is_resealed_once(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let secret = builders::client_secret(&world.client, "1", 0);
    let mut tx = write(&store).await;
    tx.insert_client_secret(&secret).await.unwrap();
    assert!(
        tx.reseal_client_secret(secret.id, &secret.sealed, b"anew")
            .await
            .unwrap()
    );
    assert!(
        !tx.reseal_client_secret(secret.id, &secret.sealed, b"again")
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    assert!(matches!(secrets(&store, &world.realm).await.as_slice(), [one] if one.sealed == b"anew"));
}

/// A secret is removed by its client and its row together.
pub async fn a_secret_is_removed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::client(&world.realm, "other");
    let secret = builders::client_secret(&world.client, "1", 0);
    let mut tx = write(&store).await;
    tx.insert_client(&other).await.unwrap();
    tx.insert_client_secret(&secret).await.unwrap();
    assert!(!tx.delete_client_secret(other.id, secret.id).await.unwrap());
    assert!(tx.delete_client_secret(world.client.id, secret.id).await.unwrap());
    assert!(!tx.delete_client_secret(world.client.id, secret.id).await.unwrap());
    tx.commit().await.unwrap();
    assert!(secrets(&store, &world.realm).await.is_empty());
}

async fn secrets(store: &Arc<dyn Store>, realm: &Realm) -> Vec<ClientSecret> {
    read(store).await.client_secrets(realm.id).await.unwrap()
}
