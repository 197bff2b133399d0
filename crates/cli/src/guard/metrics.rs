//! The guard's state as the metrics show it.

use keyward_guard::Guard;
use keyward_guard::gateway::Figures;
use keyward_observe::guard::{GuardState, IntrospectionState, IssuerState, LimitsState, Lookups, SharedStoreState};

use super::loader::Loader;

/// What a guard is like now.
pub(super) fn state(loader: &Loader, figures: Option<&Figures>) -> GuardState {
    let (generation, failed_reloads) = loader.counts();
    let beside = GuardState {
        generation,
        failed_reloads,
        gateway: figures.map(gateway).unwrap_or_default(),
        ..GuardState::default()
    };
    match loader.current() {
        None => beside,
        Some(guard) => of_guard(&guard.load(), beside),
    }
}

fn of_guard(guard: &Guard, beside: GuardState) -> GuardState {
    let issuers = guard.issuers().into_iter().map(|issuer| IssuerState {
        id: issuer.id,
        keys: number(issuer.keys),
        keys_age: issuer.keys_age,
        last_error: issuer.last_error,
        introspection: issuer.introspection.map(|asked| IntrospectionState {
            answered: asked.answered,
            failed: asked.failed,
            took: asked.took,
        }),
    });
    let (lookups, limiter) = (guard.verified_lookups(), guard.limiter());
    GuardState {
        ready: guard.ready().is_ok(),
        verified_tokens: number(guard.verified_tokens()),
        verified_lookups: Some(Lookups {
            hits: lookups.hits,
            misses: lookups.misses,
        }),
        limits: Some(LimitsState {
            callers: number(limiter.local.keys),
            evicted: number(limiter.local.evicted),
        }),
        shared_store: limiter.shared.map(|shared| SharedStoreState {
            up: shared.down.is_none(),
            failures: shared.failures,
        }),
        issuers: issuers.collect(),
        ..beside
    }
}

/// Its counts; those of reloads are kept where there may be no gateway.
fn gateway(figures: &Figures) -> Vec<(&'static str, u64)> {
    let counts = figures.counts().into_iter();
    counts.filter(|(name, _)| !name.ends_with("reloads")).collect()
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
