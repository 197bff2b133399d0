//! Tells whoever guesses secrets to wait (OAuth 2.1 §2.4.1).
//!
//! Only failed authentications count, by address and by client, and only a failed one is ever answered with 429:
//! a right secret never pays for the wrong ones of others, so a flood cannot lock a client's owner out. The
//! address runs out first. What defends a secret is its entropy (256 bits for those made here); the answer 429 stops
//! honest clients that retry with a wrong one, and shows an attack in the events.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use keyward_domain::Timestamp;
use keyward_domain::id::ClientUuid;
use quick_cache::sync::Cache;

/// Failures that an address may make at once, and the milliseconds after which it may make one more.
const ADDRESS: Quota = Quota {
    burst: 20,
    millis_each: 3_000,
};

/// The same for a client, over all addresses.
const CLIENT: Quota = Quota {
    burst: 100,
    millis_each: 600,
};

/// Callers remembered at most; beyond it the least used are forgotten.
const REMEMBERED: usize = 50_000;

#[derive(Clone, Copy)]
struct Quota {
    burst: i64,
    millis_each: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Client(ClientUuid),
}

pub(crate) struct Throttle {
    /// By caller, the instant at which all its failures are forgiven (GCRA's theoretical arrival time).
    cells: Cache<Key, Arc<AtomicI64>>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self {
            cells: Cache::new(REMEMBERED),
        }
    }

    /// Counts a failed authentication. Returns the seconds to wait when there were too many.
    pub(crate) fn failed(&self, address: IpAddr, client: Option<ClientUuid>, now: Timestamp) -> Option<u32> {
        let by_address = self.count(Key::Address(block(address)), ADDRESS, now);
        let by_client = client.and_then(|client| self.count(Key::Client(client), CLIENT, now));
        by_address.max(by_client)
    }

    fn count(&self, key: Key, quota: Quota, now: Timestamp) -> Option<u32> {
        let cell = self
            .cells
            .get_or_insert_with(&key, || Ok::<_, std::convert::Infallible>(Arc::default()));
        let Ok(cell) = cell;
        let limit = now.millis() + quota.burst * quota.millis_each;
        let mut wait = 0;
        let _ = cell.fetch_update(Ordering::AcqRel, Ordering::Acquire, |at| {
            let next = at.max(now.millis()) + quota.millis_each;
            wait = next - limit;
            (next <= limit).then_some(next)
        });
        (wait > 0).then(|| u32::try_from(wait.div_euclid(1000) + 1).unwrap_or(u32::MAX))
    }
}

/// One household of IPv6 is one caller: a /64 is what a provider gives to one of them.
fn block(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ADDRESS, Throttle, Timestamp};

    #[test]
    fn an_address_runs_out_and_recovers() {
        let throttle = Throttle::new();
        let address = "203.0.113.9".parse().unwrap();
        let now = Timestamp::from_secs(1_000);
        for _ in 0..ADDRESS.burst {
            assert_eq!(throttle.failed(address, None, now), None);
        }
        assert_eq!(throttle.failed(address, None, now), Some(4));
        assert_eq!(throttle.failed("203.0.113.10".parse().unwrap(), None, now), None);
        assert_eq!(throttle.failed(address, None, now.plus_secs(4)), None);
    }

    #[test]
    fn hopping_through_a_network_of_ipv6_does_not_help() {
        let throttle = Throttle::new();
        let now = Timestamp::from_secs(1_000);
        let refused = (0..40).filter(|n| {
            throttle
                .failed(format!("2001:db8::{n:x}").parse().unwrap(), None, now)
                .is_some()
        });
        assert_eq!(refused.count(), 20);
    }
}
