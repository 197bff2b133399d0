//! The system's random number generator. Only the edge's entropy source calls it.

/// Fills `out` with unpredictable bytes.
///
/// Ends the process if the generator fails: every key, code and token made afterwards could be guessed, and the
/// library beneath does the same when the kernel gives no entropy.
pub fn fill(out: &mut [u8]) {
    if aws_lc_rs::rand::fill(out).is_err() {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_draws_differ() {
        let (mut a, mut b) = ([0; 32], [0; 32]);
        super::fill(&mut a);
        super::fill(&mut b);
        assert_ne!(a, b);
        super::fill(&mut []);
    }
}
