//! Turns at hashing: one address cannot fill the queue that everybody's logins wait in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use keyward_domain::policy::lockout::AddressDelay;

/// Passwords of one address that may wait or be hashed at a time: an office at nine o'clock fits, a flood does not.
const PER_ADDRESS: usize = 16;

/// Who is at it.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One turn; it ends when dropped.
pub(crate) struct Turn {
    turns: Turns,
    address: IpAddr,
}

impl Turns {
    /// Takes a turn for an address. `None` when it has too many already.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Turn> {
        let address = AddressDelay::block(address);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= PER_ADDRESS {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(Turn {
            turns: self.clone(),
            address,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PER_ADDRESS, Turns};

    #[test]
    fn an_address_runs_out_of_turns_and_gets_them_back() {
        let turns = Turns::default();
        let flood = "203.0.113.9".parse().unwrap();
        let mut held: Vec<_> = (0..PER_ADDRESS).map(|_| turns.take(flood).unwrap()).collect();
        assert!(turns.take(flood).is_none());
        assert!(turns.take("203.0.113.10".parse().unwrap()).is_some());
        held.pop();
        assert!(turns.take(flood).is_some());
        drop(held);
        assert!(turns.0.lock().unwrap().is_empty());
    }
}
