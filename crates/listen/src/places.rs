//! Who has which place among the connections of a port.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedSemaphorePermit;

use crate::options::PerAddress;

/// The place of one connection; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _seat: Option<Seat>,
}

/// How many connections each address has.
#[derive(Debug)]
pub(crate) struct Addresses {
    limit: PerAddress,
    /// Only addresses that have one, so that there are never more entries than connections.
    counts: Mutex<HashMap<IpAddr, usize>>,
}

#[derive(Debug)]
struct Seat {
    addresses: Arc<Addresses>,
    network: IpAddr,
}

impl Place {
    /// Gives `address` a place; `None` when it has as many as it may.
    pub(crate) fn take(
        permit: OwnedSemaphorePermit,
        addresses: Option<&Arc<Addresses>>,
        address: IpAddr,
    ) -> Option<Self> {
        let seat = match addresses {
            Some(addresses) if !addresses.excepts(address) => Some(Addresses::take(addresses, address)?),
            _ => None,
        };
        Some(Self {
            _permit: permit,
            _seat: seat,
        })
    }
}

impl Addresses {
    pub(crate) fn new(limit: PerAddress) -> Arc<Self> {
        Arc::new(Self {
            limit,
            counts: Mutex::default(),
        })
    }

    fn excepts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.limit.except.iter().any(|network| network.contains(&address))
    }

    fn take(addresses: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let network = network(address);
        let mut counts = addresses.counts();
        let count = counts.get(&network).copied().unwrap_or_default();
        if count >= addresses.limit.most {
            return None;
        }
        counts.insert(network, count + 1);
        drop(counts);
        Some(Seat {
            addresses: Arc::clone(addresses),
            network,
        })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.addresses.counts();
        if let Entry::Occupied(mut entry) = counts.entry(self.network) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// What counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    fn addresses(most: usize) -> Arc<Addresses> {
        Addresses::new(PerAddress {
            most,
            except: vec!["10.0.0.0/8".parse().unwrap()],
        })
    }

    fn take(addresses: &Arc<Addresses>, address: &str) -> Option<Place> {
        let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        Place::take(permit, Some(addresses), address.parse().unwrap())
    }

    #[test]
    fn an_address_has_its_limit_until_one_of_its_connections_ends() {
        let addresses = addresses(2);
        let first = take(&addresses, "203.0.113.9").unwrap();
        let _second = take(&addresses, "::ffff:203.0.113.9").unwrap();
        assert!(take(&addresses, "203.0.113.9").is_none());
        let other = take(&addresses, "203.0.113.10").unwrap();
        drop(first);
        assert!(take(&addresses, "203.0.113.9").is_some());
        drop(other);
        assert_eq!(addresses.counts().len(), 1);
    }

    #[test]
    fn a_network_of_64_bits_is_one_address() {
        let addresses = addresses(1);
        let _first = take(&addresses, "2001:db8:1:2::1").unwrap();
        assert!(take(&addresses, "2001:db8:1:2:ffff::1").is_none());
        assert!(take(&addresses, "2001:db8:1:3::1").is_some());
    }

    #[test]
    fn a_proxy_is_not_limited() {
        let addresses = addresses(1);
        let many: Vec<_> = (0..8).map(|_| take(&addresses, "::ffff:10.1.2.3").is_some()).collect();
        assert_eq!(many, [true; 8]);
        assert!(addresses.counts().is_empty());
    }
}
