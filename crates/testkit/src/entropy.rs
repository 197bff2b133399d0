//! Entropy that repeats itself.

use keyward_domain::Entropy;
use keyward_jose::digest::sha256;

/// Bytes that follow from a seed: the same in every run, and different at every call.
#[derive(Clone, Debug)]
pub struct SeededEntropy {
    seed: u64,
    block: u64,
}

impl SeededEntropy {
    /// Entropy from `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { seed, block: 0 }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let input = [self.seed.to_be_bytes(), self.block.to_be_bytes()].concat();
            self.block += 1;
            for (byte, random) in chunk.iter_mut().zip(sha256(&input)) {
                *byte = random;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::entropy::uuid;

    use super::SeededEntropy;

    #[test]
    fn the_same_seed_gives_the_same_values() {
        let (mut one, mut two) = (SeededEntropy::new(7), SeededEntropy::new(7));
        let first = uuid(&mut one);
        assert_eq!(first, uuid(&mut two));
        assert_ne!(first, uuid(&mut one));
        assert_ne!(first, uuid(&mut SeededEntropy::new(8)));
    }
}
