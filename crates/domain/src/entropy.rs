//! Randomness as an argument.

use keyward_jose::digest;
use uuid::{Builder, Uuid};

use crate::Timestamp;
use crate::secret::Secret;

/// A source of random bytes. The edge opens one per request; tests give a seeded one.
pub trait Entropy: Send {
    /// Fills `bytes` with random bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// A random UUID (version 4).
pub fn uuid(entropy: &mut dyn Entropy) -> Uuid {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// A UUID that grows with time (version 7), for keys of tables with many inserts: neighbours in time share pages.
pub fn growing_uuid(now: Timestamp, entropy: &mut dyn Entropy) -> Uuid {
    let mut bytes = [0; 10];
    entropy.fill(&mut bytes);
    Builder::from_unix_timestamp_millis(u64::try_from(now.millis()).unwrap_or(0), &bytes).into_uuid()
}

/// What every [`growing_uuid`] of an earlier instant is less than, and none of this instant or a later one.
#[must_use]
pub fn growing_uuid_floor(at: Timestamp) -> Uuid {
    Uuid::from_u128(u128::try_from(at.millis()).unwrap_or(0) << 80)
}

/// A new secret of 256 bits in base64url: 43 unreserved characters, so that clients which do not encode their
/// credentials are understood too (RFC 6749 §2.3.1).
pub fn secret(entropy: &mut dyn Entropy) -> Secret {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    Secret::new(digest::b64url_encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::{Entropy, growing_uuid, growing_uuid_floor};
    use crate::Timestamp;

    struct Constant(u8);

    impl Entropy for Constant {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_floor_lies_between_two_instants() {
        let at = Timestamp::from_millis(1_700_000_000_000);
        let before = Timestamp::from_millis(at.millis() - 1);
        assert!(growing_uuid(before, &mut Constant(0xff)) < growing_uuid_floor(at));
        assert!(growing_uuid_floor(at) <= growing_uuid(at, &mut Constant(0)));
    }
}
