//! [`Limiter`] when the shared store is not there.

use std::time::Duration;

use super::super::{Limiter, LocalStore, OnStoreError, Place, Quota, Source, StoreUnavailable};
use super::{at, bucket, limit, window};

fn shared(name: &str, on_store_error: OnStoreError) -> std::sync::Arc<super::Limit> {
    limit(
        name,
        Quota::window(1, Duration::from_mins(1)).unwrap(),
        Place::Shared(on_store_error),
    )
}

#[tokio::test]
async fn each_limit_has_its_answer_when_the_store_is_out_of_reach() {
    let limiter = Limiter::local(LocalStore::new(100));
    let local = bucket(&window("own", 9, 60), 1);
    let [on, deny, allow] = [
        bucket(&shared("on", OnStoreError::Local), 1),
        bucket(&shared("deny", OnStoreError::Deny), 1),
        bucket(&shared("allow", OnStoreError::Allow), 1),
    ];
    let unavailable = StoreUnavailable {
        retry_after: Duration::from_secs(1),
    };
    assert_eq!(
        limiter.take(&[local.clone(), deny, on.clone()], at(0)).await,
        Err(unavailable)
    );
    let report = limiter.take(&[local.clone(), on.clone()], at(0)).await.unwrap();
    assert_eq!((report.source(), report.is_refused()), (Source::LocalInstead, false));
    assert_eq!(report.standings().len(), 2);
    let report = limiter.take(&[local.clone(), on], at(0)).await.unwrap();
    assert!(report.is_refused());
    for left in [7, 6] {
        let report = limiter.take(&[local.clone(), allow.clone()], at(0)).await.unwrap();
        assert_eq!((report.source(), report.standings().len()), (Source::Nobody, 1));
        assert_eq!(report.standings()[0].remaining, left);
    }
    let report = limiter.take(&[local], at(0)).await.unwrap();
    assert_eq!((report.source(), report.standings()[0].remaining), (Source::Local, 5));
}
