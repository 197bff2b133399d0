use std::time::Duration;

use keyward_jose::{Algorithm, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::{Failure, clock};

/// A piece of cryptography that a request cannot do without.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// One signature, as the token endpoint makes.
    Sign(Algorithm),
    /// One check of a signature, as introspection makes.
    Verify(Algorithm),
}

/// How often a second one core does a piece of work.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rate {
    /// Such as `sign RS256`.
    pub(crate) work: String,
    /// Times a second.
    pub(crate) per_second: f64,
}

/// The length of a token's signing input: header and claims of a machine's access token.
const INPUT: [u8; 900] = [b'e'; 900];

impl Work {
    /// The verb of the command line that measures it.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Sign(_) => "sign",
            Self::Verify(_) => "verify",
        }
    }

    /// The algorithm.
    pub(crate) fn algorithm(self) -> Algorithm {
        match self {
            Self::Sign(algorithm) | Self::Verify(algorithm) => algorithm,
        }
    }
}

/// Does one piece of work again and again for `duration`, on this thread.
pub(crate) fn rate(work: Work, duration: Duration) -> Result<Rate, Failure> {
    let algorithm = work.algorithm();
    let signing = SigningKey::generate(algorithm.key_type())?;
    let verifying = VerifyingKey::from_jwk(signing.public_jwk())?;
    let signature = signing.sign(algorithm, &INPUT)?;
    let per_second = match work {
        Work::Sign(_) => repeat(duration, || Ok(signing.sign(algorithm, &INPUT).map(drop)?))?,
        Work::Verify(_) => repeat(duration, || Ok(verifying.verify(algorithm, &INPUT, &signature)?))?,
    };
    Ok(Rate {
        work: format!("{} {}", work.verb(), algorithm.name()),
        per_second,
    })
}

fn repeat(duration: Duration, mut once: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    for _ in 0..20 {
        once()?;
    }
    let begin = clock::now();
    let mut count = 0;
    loop {
        once()?;
        count += 1;
        let elapsed = begin.elapsed();
        if elapsed >= duration {
            return Ok(clock::per_second(count, elapsed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_both_works() {
        for work in [Work::Sign(Algorithm::EdDsa), Work::Verify(Algorithm::Es256)] {
            let rate = rate(work, Duration::from_millis(5)).unwrap();
            assert!(rate.per_second > 10.0, "{}: {}", rate.work, rate.per_second);
        }
    }
}
