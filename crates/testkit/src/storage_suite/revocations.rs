//! Many grants ended at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use keyward_domain::grant::{Grant, GrantKind};
use keyward_domain::id::GrantId;
use keyward_domain::ports::Store;
use keyward_domain::ports::grants::Revoked;

use super::{World, race, read, world, write};
use crate::builders::{self, NOW};

/// An online and an offline grant of one session, and an online grant of another user in another realm.
struct Given {
    world: World,
    online: Grant,
    offline: Grant,
    elsewhere: Grant,
}

async fn given(store: &Arc<dyn Store>) -> Given {
    let world = world(store).await;
    let other = builders::realm("other");
    let client = builders::client(&other, "backend-service");
    let bob = builders::user(&other, "bob");
    let online = builders::grant(&world.client, &world.user, "online");
    let offline = Grant {
        kind: GrantKind::Offline,
        session: online.session,
        created_at: NOW.plus_secs(1),
        ..builders::grant(&world.client, &world.user, "offline")
    };
    let elsewhere = builders::grant(&client, &bob, "elsewhere");
    let mut tx = write(store).await;
    tx.insert_realm(&other).await.unwrap();
    tx.insert_client(&client).await.unwrap();
    tx.insert_user(&bob).await.unwrap();
    for grant in [&online, &offline, &elsewhere] {
        tx.insert_grant(grant).await.unwrap();
    }
    tx.commit().await.unwrap();
    Given {
        world,
        online,
        offline,
        elsewhere,
    }
}

fn ids(revoked: &[Revoked]) -> BTreeSet<GrantId> {
    revoked.iter().map(|revoked| revoked.grant).collect()
}

/// Grants of a session that live, of either kind, youngest first.
pub async fn grants_of_a_session(store: Arc<dyn Store>) {
    let given = given(&store).await;
    let session = given.online.session;
    let ended = Grant {
        session,
        expires_at: NOW,
        ..builders::grant(&given.world.client, &given.world.user, "ended")
    };
    let mut tx = write(&store).await;
    tx.insert_grant(&ended).await.unwrap();
    let living = tx.grants_of_session(session, NOW).await.unwrap();
    assert_eq!(living, [given.offline.clone(), given.online.clone()]);
    tx.revoke_grant(given.offline.id, NOW).await.unwrap();
    assert_eq!(tx.grants_of_session(session, NOW).await.unwrap(), [given.online]);
    let idle = NOW.plus_secs(1800);
    assert!(tx.grants_of_session(session, idle).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

/// Those of a user end: of one kind, then all.
pub async fn grants_of_a_user(store: Arc<dyn Store>) {
    let given = given(&store).await;
    let user = given.world.user.id;
    let mut tx = write(&store).await;
    let online = tx.revoke_grants_of_user(user, Some(GrantKind::Online), NOW).await;
    assert_eq!(ids(&online.unwrap()), [given.online.id].into());
    let all = tx.revoke_grants_of_user(user, None, NOW).await;
    assert_eq!(ids(&all.unwrap()), [given.offline.id].into());
    let again = tx.revoke_grants_of_user(user, None, NOW).await;
    assert!(again.unwrap().is_empty());
    tx.commit().await.unwrap();
    let kept = read(&store).await.grant(given.elsewhere.id).await.unwrap();
    assert_eq!(kept, Some(given.elsewhere));
}

/// Those of a realm end but for the offline ones, and none of another realm.
pub async fn grants_of_a_realm(store: Arc<dyn Store>) {
    let given = given(&store).await;
    let mut tx = write(&store).await;
    let revoked = tx.revoke_grants_of_realm(given.world.realm.id, NOW).await.unwrap();
    assert_eq!(ids(&revoked), [given.online.id].into());
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    for kept in [given.offline, given.elsewhere] {
        assert_eq!(tx.grant(kept.id).await.unwrap(), Some(kept));
    }
}

/// Of many that revoke the grants of a user, each grant is revoked by exactly one.
pub async fn one_of_many_revokes_each(store: Arc<dyn Store>) {
    let given = given(&store).await;
    let user = given.world.user.id;
    let results = race(&store, move |store, number| async move {
        let kind = (number % 2 == 0).then_some(GrantKind::Online);
        let mut tx = write(&store).await;
        let revoked = tx.revoke_grants_of_user(user, kind, NOW).await.unwrap();
        tx.commit().await.unwrap();
        revoked
    })
    .await;
    let revoked: Vec<_> = results.into_iter().flatten().collect();
    assert_eq!(revoked.len(), 2);
    assert_eq!(ids(&revoked), [given.online.id, given.offline.id].into());
}
