//! What is sent to the server, and what comes back.

use redis::{Script, ScriptInvocation};

use super::super::limiter::Verb;
use super::super::state::Usage;
use super::super::{Algorithm, Bucket, Standing, gcra};

/// Before the digest in the names of keys.
const PREFIX: &str = "keyward:limit:";

/// Numbers in the answer for each bucket.
const NUMBERS: usize = 4;

/// Whose clock is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Instant {
    /// The server's. Those of several guards differ, and one that is ahead would end everybody's windows early.
    Server,
    /// This one, in milliseconds since 1970.
    #[cfg(test)]
    At(u64),
}

pub(super) fn script() -> Script {
    Script::new(include_str!("take.lua"))
}

pub(super) fn invocation<'s>(
    script: &'s Script,
    verb: Verb,
    instant: Instant,
    buckets: &[Bucket],
) -> ScriptInvocation<'s> {
    let mut invocation = script.prepare_invoke();
    invocation.arg(match verb {
        Verb::Take => "take",
        Verb::Peek => "peek",
        Verb::Penalise => "penalise",
    });
    match instant {
        Instant::Server => invocation.arg(""),
        #[cfg(test)]
        Instant::At(millis) => invocation.arg(millis),
    };
    for bucket in buckets {
        let quota = bucket.limit.quota();
        invocation.key(format!("{PREFIX}{:032x}", bucket.key.0));
        invocation.arg(match quota.algorithm() {
            Algorithm::Window => "window",
            Algorithm::Gcra => "gcra",
        });
        invocation.arg(quota.requests()).arg(quota.window_millis());
        invocation.arg(quota.burst()).arg(bucket.cost.get());
    }
    invocation
}

/// Reads an answer; nothing if it is not one.
pub(super) fn standings(answer: &[i64], buckets: &[Bucket]) -> Option<Vec<Standing>> {
    let answer: Vec<u64> = answer
        .iter()
        .map(|number| u64::try_from(*number).ok())
        .collect::<Option<_>>()?;
    let (fits, numbers) = answer.split_first()?;
    if numbers.len() != buckets.len() * NUMBERS {
        return None;
    }
    let standings: Option<Vec<Standing>> = numbers.chunks_exact(NUMBERS).zip(buckets).map(standing).collect();
    let standings = standings?;
    let refused = standings.iter().any(|standing| standing.retry_after.is_some());
    (refused == (*fits == 0)).then_some(standings)
}

fn standing((numbers, bucket): (&[u64], &Bucket)) -> Option<Standing> {
    let [wait, used, more_after, reset_after] = *numbers else {
        return None;
    };
    let quota = bucket.limit.quota();
    let usage = match quota.algorithm() {
        Algorithm::Gcra => gcra::usage(quota, used),
        Algorithm::Window => Usage {
            remaining: quota.requests().saturating_sub(u32::try_from(used).ok()?),
            more_after,
            reset_after,
        },
    };
    Some(Standing::new(&bucket.limit, usage, (wait > 0).then_some(wait)))
}
