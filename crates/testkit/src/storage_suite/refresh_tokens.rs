//! Refresh tokens: one current place, and one step at a time.

use std::sync::Arc;

use keyward_domain::Timestamp;
use keyward_domain::grant::{Grant, GrantKind};
use keyward_domain::ports::Store;
use keyward_domain::ports::grants::{Rotate, Rotation};

use super::grants::{absent, granted};
use super::{RACERS, race, read, world, write};
use crate::builders::{self, NOW};

fn step(grant: &Grant, from: i64, at: i64, now: Timestamp) -> Rotate {
    Rotate {
        grant: grant.id,
        from,
        at,
        now,
        access_until: now.plus_secs(300),
    }
}

/// RFC 9700 §4.14.2
pub async fn rotated_once(store: Arc<dyn Store>) {
    let mut grant = granted(&store).await;
    let later = NOW.plus_secs(10);
    let mut tx = write(&store).await;
    let rotated = tx.rotate_refresh_token(step(&grant, 0, 0, later)).await.unwrap();
    grant.sequence = 1;
    grant.previous = 0;
    grant.rotated_at = later;
    grant.access_until = later.plus_secs(300);
    assert_eq!(rotated, Rotation::Rotated(grant.clone()));
    let again = tx.rotate_refresh_token(step(&grant, 0, 0, later)).await.unwrap();
    assert_eq!(again, Rotation::Superseded(grant.clone()));
    let next = tx.rotate_refresh_token(step(&grant, 1, 1, later)).await.unwrap();
    assert!(matches!(next, Rotation::Rotated(grant) if grant.sequence == 2 && grant.previous == 1));
    let unknown = tx.rotate_refresh_token(step(&absent(), 0, 0, later)).await.unwrap();
    assert_eq!(unknown, Rotation::Unknown);
    tx.commit().await.unwrap();
}

/// A successor that never arrived is passed over, by the token before and by no other.
pub async fn an_undelivered_successor_is_passed_over(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let mut tx = write(&store).await;
    for place in 0..3 {
        let rotated = tx.rotate_refresh_token(step(&grant, place, place, NOW)).await.unwrap();
        assert!(matches!(rotated, Rotation::Rotated(_)));
    }
    for stranger in [-1, 0, 1, 4] {
        let refused = tx.rotate_refresh_token(step(&grant, stranger, 3, NOW)).await.unwrap();
        assert!(matches!(refused, Rotation::Superseded(grant) if grant.sequence == 3));
    }
    let passed = tx.rotate_refresh_token(step(&grant, 2, 3, NOW)).await.unwrap();
    assert!(matches!(passed, Rotation::Rotated(grant) if (grant.sequence, grant.previous) == (4, 2)));
    let dead = tx.rotate_refresh_token(step(&grant, 3, 4, NOW)).await.unwrap();
    assert!(matches!(dead, Rotation::Superseded(grant) if (grant.sequence, grant.previous) == (4, 2)));
}

/// `access_until` covers every token that went out, whatever the clock of a node says.
pub async fn the_end_of_access_never_goes_back(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let earlier = NOW.minus_secs(5);
    let mut tx = write(&store).await;
    let rotated = tx.rotate_refresh_token(step(&grant, 0, 0, earlier)).await.unwrap();
    let Rotation::Rotated(rotated) = rotated else {
        panic!("not rotated")
    };
    assert_eq!(
        (rotated.rotated_at, rotated.access_until),
        (earlier, grant.access_until)
    );
    let touched = tx.touch_grant(grant.id, earlier, NOW, earlier).await.unwrap();
    assert!(matches!(touched, Rotation::Rotated(touched) if touched.access_until == grant.access_until));
}

/// Of [`super::RACERS`] tasks exactly one gets `Rotated`, all others `Superseded`.
pub async fn one_of_many_rotates(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let results = race(&store, move |store, _| {
        let step = step(&grant, 0, 0, NOW);
        async move {
            let mut tx = write(&store).await;
            let rotation = tx.rotate_refresh_token(step).await.unwrap();
            tx.commit().await.unwrap();
            rotation
        }
    })
    .await;
    let rotated = results.iter().filter(|it| matches!(it, Rotation::Rotated(_))).count();
    let superseded = results
        .iter()
        .filter(|it| matches!(it, Rotation::Superseded(grant) if grant.sequence == 1))
        .count();
    assert_eq!((rotated, superseded), (1, RACERS - 1));
}

/// Rotations and revocations at the same time: one revokes, and nothing rotates after it.
pub async fn a_revocation_ends_a_race(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let id = grant.id;
    let results = race(&store, move |store, number| {
        let grant = grant.clone();
        async move {
            let mut tx = write(&store).await;
            let won = if number % 4 == 0 {
                (tx.revoke_grant(grant.id, NOW).await.unwrap().is_some(), false)
            } else {
                let place = tx.grant(grant.id).await.unwrap().unwrap().sequence;
                let rotation = tx.rotate_refresh_token(step(&grant, place, place, NOW)).await.unwrap();
                (false, matches!(rotation, Rotation::Rotated(_)))
            };
            tx.commit().await.unwrap();
            won
        }
    })
    .await;
    assert_eq!(results.iter().filter(|(revoked, _)| *revoked).count(), 1);
    let rotations = results.iter().filter(|(_, rotated)| *rotated).count();
    let grant = read(&store).await.grant(id).await.unwrap().unwrap();
    assert_eq!(grant.revoked_at, Some(NOW));
    assert_eq!(usize::try_from(grant.sequence).unwrap(), rotations);
    let mut tx = write(&store).await;
    let dead = tx.rotate_refresh_token(step(&grant, grant.sequence, grant.sequence, NOW));
    assert_eq!(dead.await.unwrap(), Rotation::Ended(grant.clone()));
}

/// Neither a revoked nor an expired nor an idle grant rotates or is touched.
pub async fn a_grant_that_ended_does_not_move(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let long = Grant {
        idle_secs: 99_999,
        kind: GrantKind::Offline,
        ..builders::grant(&world.client, &world.user, "long")
    };
    let idle = builders::grant(&world.client, &world.user, "idle");
    let mut tx = write(&store).await;
    for (grant, end) in [
        (&long, long.expires_at),
        (&idle, idle.rotated_at.plus_secs(idle.idle_secs)),
    ] {
        tx.insert_grant(grant).await.unwrap();
        let late = tx.rotate_refresh_token(step(grant, 0, 0, end)).await.unwrap();
        assert_eq!(late, Rotation::Ended(grant.clone()));
        let late = tx.touch_grant(grant.id, grant.rotated_at, end, end).await.unwrap();
        assert_eq!(late, Rotation::Ended(grant.clone()));
        let last = Timestamp::from_millis(end.millis() - 1);
        let touched = tx.touch_grant(grant.id, grant.rotated_at, last, last).await.unwrap();
        assert!(matches!(touched, Rotation::Rotated(_)));
        tx.revoke_grant(grant.id, NOW).await.unwrap();
        let revoked = tx.rotate_refresh_token(step(grant, 0, 0, last)).await.unwrap();
        assert!(matches!(revoked, Rotation::Ended(grant) if grant.revoked_at == Some(NOW)));
    }
}

/// Of [`super::RACERS`] tasks that saw the same instant exactly one notes the use of a token that does not rotate.
pub async fn one_of_many_touches(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let later = NOW.plus_secs(61);
    let id = grant.id;
    let results = race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        let touched = tx.touch_grant(id, NOW, later, later.plus_secs(300)).await.unwrap();
        tx.commit().await.unwrap();
        touched
    })
    .await;
    let touched = Grant {
        rotated_at: later,
        access_until: later.plus_secs(300),
        ..grant
    };
    let count = |wanted: &Rotation| results.iter().filter(|it| *it == wanted).count();
    assert_eq!(count(&Rotation::Rotated(touched.clone())), 1);
    assert_eq!(count(&Rotation::Superseded(touched)), RACERS - 1);
}
