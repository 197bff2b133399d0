//! Counts how often a refresh token is answered with the same successor again.
//!
//! Within the time in which that is allowed a thief who copied the token sees what the client sees. One client's tabs
//! explain a few repeats; many become an event.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use keyward_domain::id::GrantId;
use quick_cache::sync::Cache;

/// Repeats that parallel requests of one client explain.
const USUAL: u32 = 50;

/// Grants remembered at most; the least used are forgotten.
const REMEMBERED: usize = 10_000;

pub(crate) struct Repeats(Cache<(GrantId, i64), Arc<AtomicU32>>);

impl Repeats {
    pub(crate) fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    /// Counts one. Returns the count when it is one too many, and then each time it has doubled.
    pub(crate) fn count(&self, grant: GrantId, sequence: i64) -> Option<u32> {
        let Ok(count) = self
            .0
            .get_or_insert_with(&(grant, sequence), || Ok::<_, std::convert::Infallible>(Arc::default()));
        let count = count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        (count > USUAL && count.is_power_of_two()).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::{GrantId, Repeats};
    use uuid::Uuid;

    #[test]
    fn a_few_are_usual_and_many_are_told() {
        let repeats = Repeats::new();
        let grant = GrantId(Uuid::nil());
        let told: Vec<u32> = (0..300).filter_map(|_| repeats.count(grant, 1)).collect();
        assert_eq!(told, [64, 128, 256]);
        assert_eq!(repeats.count(grant, 2), None);
    }
}
