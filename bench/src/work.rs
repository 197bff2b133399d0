use std::time::Duration;

use keyward_jose::{Algorithm, SigningKey, VerifyingKey, password};
use serde::{Deserialize, Serialize};

use crate::{Failure, clock, machine};

/// A piece of cryptography that a request cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// One signature, as the token endpoint makes.
    Sign(Algorithm),
    /// One check of a signature, as introspection makes.
    Verify(Algorithm),
    /// One hash of a password, as a login makes: Argon2id with 7 MiB and 5 passes.
    Hash,
}

/// How often a second one core does a piece of work.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Rate {
    /// Such as `sign RS256`, or `hash`.
    pub(crate) work: String,
    /// Times a second.
    pub(crate) per_second: f64,
    /// Microseconds of the core for each.
    pub(crate) cpu_micros: f64,
}

/// The length of a token's signing input: header and claims of a machine's access token.
const INPUT: [u8; 900] = [b'e'; 900];

impl Work {
    /// The verb of the command line that measures it.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Sign(_) => "sign",
            Self::Verify(_) => "verify",
            Self::Hash => "hash",
        }
    }

    /// The algorithm, where there is more than one.
    pub(crate) fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::Sign(algorithm) | Self::Verify(algorithm) => Some(algorithm),
            Self::Hash => None,
        }
    }

    fn name(self) -> String {
        let algorithm = self.algorithm().map(Algorithm::name);
        [Some(self.verb()), algorithm]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Does one piece of work again and again for `duration`, on this thread.
pub(crate) fn rate(work: Work, duration: Duration) -> Result<Rate, Failure> {
    let (per_second, cpu_micros) = match work {
        Work::Sign(algorithm) => {
            let signing = SigningKey::generate(algorithm.key_type())?;
            repeat(duration, || Ok(signing.sign(algorithm, &INPUT).map(drop)?))?
        }
        Work::Verify(algorithm) => {
            let signing = SigningKey::generate(algorithm.key_type())?;
            let verifying = VerifyingKey::from_jwk(signing.public_jwk())?;
            let signature = signing.sign(algorithm, &INPUT)?;
            repeat(duration, || Ok(verifying.verify(algorithm, &INPUT, &signature)?))?
        }
        Work::Hash => {
            let mut memory = password::Memory::default();
            repeat(duration, || Ok(memory.hash("correct horse", &[7; 16]).map(drop)?))?
        }
    };
    Ok(Rate {
        work: work.name(),
        per_second,
        cpu_micros,
    })
}

/// Not counted: caches and clock rates settle within it.
const WARM_UP: u32 = 5;

/// Times a second, and microseconds of the core for each.
fn repeat(duration: Duration, mut once: impl FnMut() -> Result<(), Failure>) -> Result<(f64, f64), Failure> {
    for _ in 0..WARM_UP {
        once()?;
    }
    let process = std::process::id();
    let (begin, cpu_before) = (clock::now(), machine::cpu_time(process)?);
    let mut count = 0;
    loop {
        once()?;
        count += 1;
        let elapsed = begin.elapsed();
        if elapsed >= duration {
            let cpu = machine::cpu_time(process)?.saturating_sub(cpu_before);
            let cpu_micros = cpu.as_secs_f64() * 1e6 / f64::from(count);
            return Ok((clock::per_second(count, elapsed), cpu_micros));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_every_work() {
        for work in [Work::Sign(Algorithm::EdDsa), Work::Verify(Algorithm::Es256), Work::Hash] {
            let rate = rate(work, Duration::from_millis(5)).unwrap();
            assert!(rate.per_second > 1.0, "{}: {}", rate.work, rate.per_second);
        }
    }
}
