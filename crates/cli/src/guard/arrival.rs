//! Says when keys come that were not there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use keyward_guard::Guard;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(250);

/// Looks at the guard of now until it is dropped.
pub(super) async fn watch(current: Arc<ArcSwap<Guard>>) {
    let mut ticks = tokio::time::interval(EVERY);
    let mut seen = Seen::of(&current.load());
    loop {
        ticks.tick().await;
        let now = Seen::of(&current.load());
        for id in seen
            .missing
            .difference(&now.missing)
            .filter(|id| now.known.contains(*id))
        {
            tracing::info!("the keys of issuer {id:?} are here");
        }
        if now.ready && !seen.ready {
            tracing::info!("ready");
        }
        seen = now;
    }
}

/// A guard as it was seen.
struct Seen {
    ready: bool,
    /// Its issuers, by id.
    known: BTreeSet<String>,
    /// Those without keys.
    missing: BTreeSet<String>,
}

impl Seen {
    fn of(guard: &Guard) -> Self {
        let issuers = guard.issuers();
        let without = issuers.iter().filter(|issuer| issuer.keys == 0);
        Self {
            ready: guard.ready().is_ok(),
            missing: without.map(|issuer| issuer.id.clone()).collect(),
            known: issuers.iter().map(|issuer| issuer.id.clone()).collect(),
        }
    }
}
