//! Grants and opaque tokens.

use std::sync::Arc;

use keyward_domain::grant::{Grant, GrantKind, TokenHash};
use keyward_domain::ports::Store;
use keyward_domain::ports::grants::Revoked;

use super::{read, world, write};
use crate::builders::{self, NOW};

pub(super) async fn granted(store: &Arc<dyn Store>) -> Grant {
    let world = world(store).await;
    let grant = builders::grant(&world.client, &world.user, "1");
    let mut tx = write(store).await;
    tx.insert_grant(&grant).await.unwrap();
    tx.commit().await.unwrap();
    grant
}

/// A grant that no store has.
pub(super) fn absent() -> Grant {
    let realm = builders::realm("absent");
    let (client, user) = (builders::client(&realm, "absent"), builders::user(&realm, "absent"));
    builders::grant(&client, &user, "absent")
}

fn revoked(grant: &Grant) -> Revoked {
    Revoked {
        grant: grant.id,
        access_until: grant.access_until,
    }
}

/// A grant is revoked once.
pub async fn kept_and_revoked_once(store: Arc<dyn Store>) {
    let mut grant = granted(&store).await;
    assert_eq!(read(&store).await.grant(grant.id).await.unwrap(), Some(grant.clone()));
    let mut tx = write(&store).await;
    assert_eq!(tx.revoke_grant(grant.id, NOW).await.unwrap(), Some(revoked(&grant)));
    assert_eq!(tx.revoke_grant(grant.id, NOW.plus_secs(1)).await.unwrap(), None);
    assert_eq!(tx.revoke_grant(absent().id, NOW).await.unwrap(), None);
    tx.commit().await.unwrap();
    grant.revoked_at = Some(NOW);
    assert_eq!(read(&store).await.grant(grant.id).await.unwrap(), Some(grant));
}

/// The grants of a user that live, youngest first.
pub async fn those_of_a_user_that_live(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let named = |name: &str| builders::grant(&world.client, &world.user, name);
    let at = |name, age| Grant {
        created_at: NOW.minus_secs(age),
        ..named(name)
    };
    let (old, young) = (at("old", 20), at("young", 10));
    let ended = Grant {
        expires_at: NOW,
        ..named("ended")
    };
    let idle = Grant {
        rotated_at: NOW.minus_secs(1800),
        ..named("idle")
    };
    let revoked = Grant {
        revoked_at: Some(NOW),
        ..named("revoked")
    };
    let mut tx = write(&store).await;
    for grant in [&old, &young, &ended, &idle, &revoked] {
        tx.insert_grant(grant).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = read(&store).await;
    let user = world.user.id;
    assert_eq!(
        tx.grants_of_user(user, NOW, 10).await.unwrap(),
        [young.clone(), old.clone()]
    );
    assert_eq!(tx.grants_of_user(user, NOW, 1).await.unwrap(), [young]);
    let earlier = NOW.minus_secs(1);
    assert_eq!(tx.grants_of_user(user, earlier, 10).await.unwrap().len(), 4);
}

/// With a session go its grants but for the offline ones; with a consent everything that its client has.
pub async fn revoked_with_what_they_came_of(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let other = builders::client(&world.realm, "other");
    let of = |client, name: &str, kind| Grant {
        session: builders::session(&world.user, "1").id,
        kind,
        ..builders::grant(client, &world.user, name)
    };
    let online = of(&world.client, "online", GrantKind::Online);
    let offline = of(&world.client, "offline", GrantKind::Offline);
    let elsewhere = of(&other, "elsewhere", GrantKind::Offline);
    let later = Grant {
        rotated_at: NOW.plus_secs(7),
        access_until: NOW.plus_secs(307),
        ..of(&other, "later", GrantKind::Online)
    };
    let mut tx = write(&store).await;
    tx.insert_client(&other).await.unwrap();
    assert_eq!(tx.last_rotation(online.session).await.unwrap(), None);
    for grant in [&online, &offline, &elsewhere, &later] {
        tx.insert_grant(grant).await.unwrap();
    }
    assert_eq!(tx.last_rotation(online.session).await.unwrap(), Some(later.rotated_at));
    let mut gone = tx.revoke_grants_of_session(online.session, NOW).await.unwrap();
    gone.sort_by_key(|revoked| revoked.access_until);
    assert_eq!(gone, [revoked(&online), revoked(&later)]);
    assert!(
        tx.revoke_grants_of_session(online.session, NOW)
            .await
            .unwrap()
            .is_empty()
    );
    let gone = tx.revoke_grants_of_client(world.user.id, world.client.id, NOW).await;
    assert_eq!(gone.unwrap(), [revoked(&offline)]);
    tx.commit().await.unwrap();
    let living = read(&store).await.grants_of_user(world.user.id, NOW, 10).await.unwrap();
    assert_eq!(living, [elsewhere]);
}

/// An opaque token has one row, and none once it was revoked.
pub async fn an_access_token_is_kept_and_deleted(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let token = builders::access_token(&world.client, "token");
    let mut tx = write(&store).await;
    tx.insert_access_token(&token).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        read(&store).await.access_token(token.id).await.unwrap(),
        Some(token.clone())
    );
    let mut tx = write(&store).await;
    assert!(tx.delete_access_token(token.id).await.unwrap());
    assert!(!tx.delete_access_token(token.id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.access_token(token.id).await.unwrap(), None);
}

/// Codes, tokens, grants and `jti`s that ended go, at most `limit` of each; what lives stays, and codes stay an hour
/// longer.
pub async fn what_ended_is_swept(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let code = TokenHash::of(b"0");
    let mut tx = write(&store).await;
    let mut living = builders::grant(&world.client, &world.user, "living");
    living.expires_at = NOW.plus_secs(99_999);
    tx.insert_grant(&living).await.unwrap();
    for number in 0..3 {
        let name = number.to_string();
        tx.insert_grant(&builders::grant(&world.client, &world.user, &name))
            .await
            .unwrap();
        tx.add_code(&builders::code(&living, &name)).await.unwrap();
        tx.insert_access_token(&builders::access_token(&world.client, &name))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    for number in 0..3 {
        store.remember_jti(&[number; 32], NOW, NOW.plus_secs(60)).await.unwrap();
    }
    let sweep = async |now, limit| {
        let mut tx = write(&store).await;
        let removed = tx.sweep_grants(now, limit).await.unwrap();
        tx.commit().await.unwrap();
        removed
    };
    assert_eq!(sweep(NOW, 100).await, 0);
    assert_eq!(sweep(NOW.plus_secs(301), 100).await, 6);
    assert!(read(&store).await.code(code).await.unwrap().is_some());
    assert_eq!(sweep(NOW.plus_secs(7200), 2).await, 4);
    assert_eq!(sweep(NOW.plus_secs(7200), 2).await, 2);
    assert_eq!(sweep(NOW.plus_secs(7200), 2).await, 0);
    assert!(read(&store).await.code(code).await.unwrap().is_none());
    assert_eq!(read(&store).await.grant(living.id).await.unwrap(), Some(living));
}
