//! The system's randomness, opened at the edge.

use keyward_domain::Entropy;
use keyward_jose::random;

/// Entropy from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        random::fill(bytes);
    }
}
