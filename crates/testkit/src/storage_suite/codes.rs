//! Authorization codes: spent once.

use std::sync::Arc;

use keyward_domain::ports::Store;
use keyward_domain::ports::grants::Redeemed;

use super::grants::{absent, granted};
use super::{RACERS, race, read, write};
use crate::builders::{self, NOW};

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
    assert_eq!(read(&store).await.code(code.hash).await.unwrap(), Some(code.clone()));
    let absent = builders::code(&grant, "absent").hash;
    let mut tx = write(&store).await;
    assert_eq!(tx.redeem_code(absent, NOW).await.unwrap(), Redeemed::Unknown);
    assert_eq!(tx.code(absent).await.unwrap(), None);
}

/// Of [`super::RACERS`] tasks exactly one gets `First`, all others `Replayed`.
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

/// A code comes before its grant: the row of the grant is made when the code is redeemed.
pub async fn a_code_needs_no_grant_yet(store: Arc<dyn Store>) {
    let grant = granted(&store).await;
    let mut code = builders::code(&grant, "code");
    code.grant = absent().id;
    code.nonce = None;
    code.code_challenge = None;
    let mut tx = write(&store).await;
    tx.add_code(&code).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read(&store).await.code(code.hash).await.unwrap(), Some(code));
}
