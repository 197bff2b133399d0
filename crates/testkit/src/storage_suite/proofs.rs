//! The `jti`s of proofs and assertions: burned once.

use std::sync::Arc;

use keyward_domain::ports::{Seen, Store};

use super::race;
use crate::builders::NOW;

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

/// Of [`super::RACERS`] tasks exactly one gets `Fresh`.
pub async fn one_of_many_burns_a_jti(store: Arc<dyn Store>) {
    let results = race(&store, |store, _| async move {
        store.remember_jti(&[7; 32], NOW, NOW.plus_secs(60)).await.unwrap()
    })
    .await;
    assert_eq!(results.iter().filter(|seen| **seen == Seen::Fresh).count(), 1);
}
