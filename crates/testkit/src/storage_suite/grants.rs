//! Grants, codes, refresh tokens, opaque tokens, and proofs: what can be true only once.

use std::sync::Arc;

use keyward_domain::grant::Grant;
use keyward_domain::ports::grants::{Redeemed, Rotation};
use keyward_domain::ports::{Seen, Store};

use super::{RACERS, race, read, world, write};
use crate::builders::{self, NOW};

async fn granted(store: &Arc<dyn Store>) -> Grant {
    let world = world(store).await;
    let grant = builders::grant(&world.client, &world.user, "1");
    let mut tx = write(store).await;
    tx.insert_grant(&grant).await.unwrap();
    tx.commit().await.unwrap();
    grant
}

/// A grant is revoked once.
pub async fn kept_and_revoked_once(store: Arc<dyn Store>) {
    let mut grant = granted(&store).await;
    assert_eq!(read(&store).await.grant(grant.id).await.unwrap(), Some(grant.clone()));
    let mut tx = write(&store).await;
    assert!(tx.revoke_grant(grant.id, NOW).await.unwrap());
    assert!(!tx.revoke_grant(grant.id, NOW.plus_secs(1)).await.unwrap());
    tx.commit().await.unwrap();
    grant.revoked_at = Some(NOW);
    assert_eq!(read(&store).await.grant(grant.id).await.unwrap(), Some(grant));
}

/// RFC 6749 §4.1.2
pub async fn a_code_is_spent_once(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let code = builders::code(&grant, "code");
    let mut tx = write(&store).await;
    tx.add_code(&code).await.unwrap();
    tx.commit().await.unwrap();
    for expected in [Redeemed::First(code.clone()), Redeemed::Replayed(code.clone())] {
        let mut tx = write(&store).await;
        assert_eq!(tx.redeem_code(code.hash, NOW).await.unwrap(), expected);
        tx.commit().await.unwrap();
    }
    let absent = builders::code(&grant, "absent").hash;
    let mut tx = write(&store).await;
    assert_eq!(tx.redeem_code(absent, NOW).await.unwrap(), Redeemed::Unknown);
}

/// Of [`RACERS`] tasks exactly one gets `First`, all others `Replayed`.
pub async fn one_of_many_spends_a_code(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let code = builders::code(&grant, "code");
    let hash = code.hash;
    let mut tx = write(&store).await;
    tx.add_code(&code).await.unwrap();
    tx.commit().await.unwrap();
    let results = race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        let redeemed = tx.redeem_code(hash, NOW).await.unwrap();
        tx.commit().await.unwrap();
        redeemed
    })
    .await;
    let count = |wanted: &Redeemed| results.iter().filter(|redeemed| *redeemed == wanted).count();
    assert_eq!(count(&Redeemed::First(code.clone())), 1);
    assert_eq!(count(&Redeemed::Replayed(code)), RACERS - 1);
}

/// Whoever rolls back has not spent it.
pub async fn a_code_comes_back_with_a_rollback(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let code = builders::code(&grant, "code");
    let mut tx = write(&store).await;
    tx.add_code(&code).await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        let mut tx = write(&store).await;
        let redeemed = tx.redeem_code(code.hash, NOW).await.unwrap();
        assert_eq!(redeemed, Redeemed::First(code.clone()));
    }
}

/// RFC 9700 §4.14.2
pub async fn a_refresh_token_rotates_once(store: Arc<dyn Store>) {
    let mut grant = granted(&store).await;
    let later = NOW.plus_secs(10);
    let mut tx = write(&store).await;
    let rotated = tx.rotate_refresh_token(grant.id, 0, later).await.unwrap();
    grant.sequence = 1;
    grant.rotated_at = later;
    assert_eq!(rotated, Rotation::Rotated(grant.clone()));
    let again = tx.rotate_refresh_token(grant.id, 0, later).await.unwrap();
    assert_eq!(again, Rotation::Superseded(grant.clone()));
    let next = tx.rotate_refresh_token(grant.id, 1, later).await.unwrap();
    assert!(matches!(next, Rotation::Rotated(grant) if grant.sequence == 2));
    let absent = builders::grant(
        &builders::client(&builders::realm("x"), "x"),
        &builders::user(&builders::realm("x"), "x"),
        "absent",
    );
    let unknown = tx.rotate_refresh_token(absent.id, 0, later).await.unwrap();
    assert_eq!(unknown, Rotation::Unknown);
    tx.commit().await.unwrap();
}

/// Of [`RACERS`] tasks exactly one gets `Rotated`, all others `Superseded`.
pub async fn one_of_many_rotates_a_refresh_token(store: Arc<dyn Store>) {
    let id = granted(&store).await.id;
    let results = race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        let rotation = tx.rotate_refresh_token(id, 0, NOW).await.unwrap();
        tx.commit().await.unwrap();
        rotation
    })
    .await;
    let rotated = results.iter().filter(|it| matches!(it, Rotation::Rotated(_))).count();
    let superseded = results
        .iter()
        .filter(|it| matches!(it, Rotation::Superseded(_)))
        .count();
    assert_eq!((rotated, superseded), (1, RACERS - 1));
}

/// Neither a revoked nor an expired grant rotates.
pub async fn a_grant_that_ended_does_not_rotate(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let mut tx = write(&store).await;
    let late = tx.rotate_refresh_token(grant.id, 0, grant.expires_at).await.unwrap();
    assert_eq!(late, Rotation::Ended(grant.clone()));
    tx.revoke_grant(grant.id, NOW).await.unwrap();
    let revoked = tx.rotate_refresh_token(grant.id, 0, NOW).await.unwrap();
    assert!(matches!(revoked, Rotation::Ended(grant) if grant.revoked_at == Some(NOW)));
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

/// RFC 9449 §11.1
pub async fn a_jti_is_burned_until_it_ends(store: Arc<dyn Store>) {
    let (jti, other, until) = ([1; 32], [2; 32], NOW.plus_secs(60));
    let burn = async |jti: &[u8; 32], now, until| store.remember_jti(jti, now, until).await.unwrap();
    assert_eq!(burn(&jti, NOW, until).await, Seen::Fresh);
    assert_eq!(burn(&jti, NOW, until).await, Seen::Again);
    assert_eq!(burn(&other, NOW, until).await, Seen::Fresh);
    assert_eq!(burn(&jti, until, until.plus_secs(60)).await, Seen::Fresh);
    assert_eq!(burn(&jti, until, until.plus_secs(60)).await, Seen::Again);
}

/// Of [`RACERS`] tasks exactly one gets `Fresh`.
pub async fn one_of_many_burns_a_jti(store: Arc<dyn Store>) {
    let results = race(&store, |store, _| async move {
        store.remember_jti(&[7; 32], NOW, NOW.plus_secs(60)).await.unwrap()
    })
    .await;
    assert_eq!(results.iter().filter(|seen| **seen == Seen::Fresh).count(), 1);
}

/// Codes, tokens, grants and `jti`s that ended go, at most `limit` of each; what lives stays.
pub async fn what_ended_is_swept(store: Arc<dyn Store>) {
    let world = world(&store).await;
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
    assert_eq!(sweep(NOW.plus_secs(7200), 2).await, 8);
    assert_eq!(sweep(NOW.plus_secs(7200), 2).await, 4);
    assert_eq!(sweep(NOW.plus_secs(7200), 2).await, 0);
    assert_eq!(read(&store).await.grant(living.id).await.unwrap(), Some(living));
}
