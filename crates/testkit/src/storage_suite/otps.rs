//! One-time password devices: a code works once.

use std::collections::BTreeSet;
use std::sync::Arc;

use keyward_domain::credential::Otp;
use keyward_domain::ports::Store;
use keyward_jose::totp::{TotpAlgorithm, TotpDigits, TotpParams};

use super::{race, read, world, write};
use crate::builders::{self, NOW};

/// Devices come back oldest first, are resealed once, and make room for another.
pub async fn kept_and_resealed(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let mut old = builders::otp(&world.user, "old");
    let young = Otp {
        params: TotpParams {
            algorithm: TotpAlgorithm::Sha512,
            digits: TotpDigits::Eight,
            period: 60,
        },
        created_at: NOW.plus_secs(1),
        ..builders::otp(&world.user, "young")
    };
    let mut tx = write(&store).await;
    for otp in [&young, &old] {
        tx.insert_otp(otp).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(
        read(&store).await.otps(world.user.id).await.unwrap(),
        [old.clone(), young.clone()]
    );
    let mut tx = write(&store).await;
    assert!(tx.reseal_otp(old.id, b"sealed", b"anew").await.unwrap());
    assert!(!tx.reseal_otp(old.id, b"sealed", b"again").await.unwrap());
    tx.commit().await.unwrap();
    old.sealed = b"anew".to_vec();
    let mut tx = read(&store).await;
    assert_eq!(tx.otps_of_realm(world.realm.id).await.unwrap(), [old, young.clone()]);
    let elsewhere = builders::realm("other").id;
    assert!(tx.otps_of_realm(elsewhere).await.unwrap().is_empty());
    let other = builders::user(&world.realm, "other").id;
    let owners = tx.users_with_otps(&[other, world.user.id]).await.unwrap();
    assert_eq!(owners, BTreeSet::from([world.user.id]));
    assert!(tx.users_with_otps(&[]).await.unwrap().is_empty());
    let mut tx = write(&store).await;
    assert_eq!(tx.delete_other_otps(world.user.id, young.id).await.unwrap(), 1);
    assert_eq!(tx.delete_other_otps(world.user.id, young.id).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.otps(world.user.id).await.unwrap(), [young]);
}

/// RFC 6238 §5.2: of [`super::RACERS`] callers with one code exactly one is let in, and none with an earlier one.
pub async fn one_of_many_uses_a_step(store: Arc<dyn Store>) {
    let world = world(&store).await;
    let id = builders::otp(&world.user, "1").id;
    let mut tx = write(&store).await;
    tx.insert_otp(&builders::otp(&world.user, "1")).await.unwrap();
    tx.commit().await.unwrap();
    let results = race(&store, move |store, _| async move {
        let mut tx = write(&store).await;
        let used = tx.use_otp_step(id, 7).await.unwrap();
        tx.commit().await.unwrap();
        used
    })
    .await;
    assert_eq!(results.into_iter().filter(|used| *used).count(), 1);
    let mut tx = write(&store).await;
    assert!(!tx.use_otp_step(id, 6).await.unwrap());
    assert!(tx.use_otp_step(id, 8).await.unwrap());
}
