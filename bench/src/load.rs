use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::caller::{Caller, Callers, Progress};
use crate::connection::Connection;
use crate::machine::{self, Ticks};
use crate::{Failure, clock, pin};

/// A closed loop: each connection sends its next request when the last was answered.
pub(crate) struct Load {
    /// Whom to ask.
    pub(crate) address: SocketAddr,
    /// The process that answers.
    pub(crate) process: u32,
    /// What each connection asks.
    pub(crate) callers: Callers,
    /// How long is measured; a short time before is not.
    pub(crate) duration: Duration,
}

/// What a load measured.
#[derive(Clone)]
pub(crate) struct Measured {
    /// How many were whole in a second, all connections together.
    pub(crate) per_second: f64,
    /// The median latency.
    pub(crate) p50: Duration,
    /// The latency that one answer in a hundred exceeds.
    pub(crate) p99: Duration,
    /// Length of an answer's body in bytes (the last one's).
    pub(crate) body_bytes: usize,
    /// The part of the time that the server's core was busy: well below 1 means that something else was the limit.
    pub(crate) core_busy: f64,
    /// Microseconds of the server's own time on a core for each.
    pub(crate) cpu_micros: f64,
}

/// What one connection saw: latencies in nanoseconds.
#[derive(Default)]
struct Seen {
    latencies: Vec<u32>,
    body_bytes: usize,
}

const WARM_UP: Duration = Duration::from_millis(250);

impl Load {
    /// Runs the load. The first wrong answer ends it as a failure.
    pub(crate) fn run(self, runtime: &Runtime) -> Result<Measured, Failure> {
        runtime.block_on(self.measure())
    }

    /// Runs two loads at the same time.
    pub(crate) fn run_beside(self, other: Self, runtime: &Runtime) -> Result<(Measured, Measured), Failure> {
        runtime.block_on(async { tokio::try_join!(self.measure(), other.measure()) })
    }

    /// The same as [`Self::run`] for who waits for something else beside it.
    pub(crate) async fn measure(self) -> Result<Measured, Failure> {
        let mut connections = Vec::new();
        for caller in self.callers {
            connections.push((Connection::open(self.address).await?, caller));
        }
        let begin = clock::now() + WARM_UP;
        let end = begin + self.duration;
        // The load's core never sleeps. Otherwise each answer of a server that is slower than the load would pay for
        // waking it, which the faster bare server never does, and the two could not be compared.
        let awake = tokio::spawn(async {
            loop {
                tokio::task::yield_now().await;
            }
        });
        let mut tasks = JoinSet::new();
        for (connection, caller) in connections {
            tasks.spawn(ask(connection, caller, begin, end));
        }
        tokio::time::sleep_until(begin.into()).await;
        let (before, cpu_before) = (Ticks::read(pin::MEASURED_CORE)?, machine::cpu_time(self.process)?);
        tokio::time::sleep_until(end.into()).await;
        let cpu = machine::cpu_time(self.process)?.saturating_sub(cpu_before);
        let core_busy = Ticks::read(pin::MEASURED_CORE)?.busy_since(before);

        let mut all = Seen::default();
        while let Some(seen) = tasks.join_next().await {
            let seen = seen??;
            all.latencies.extend(seen.latencies);
            all.body_bytes = seen.body_bytes;
        }
        awake.abort();
        let count = u32::try_from(all.latencies.len())?;
        if count == 0 {
            return Err("no answer within the measured time".into());
        }
        all.latencies.sort_unstable();
        Ok(Measured {
            per_second: clock::per_second(count, self.duration),
            p50: percentile(&all.latencies, 50),
            p99: percentile(&all.latencies, 99),
            body_bytes: all.body_bytes,
            core_busy,
            cpu_micros: cpu.as_secs_f64() * 1e6 / f64::from(count),
        })
    }
}

/// One connection: only what becomes whole between `begin` and `end` counts.
async fn ask(
    mut connection: Connection,
    mut caller: Box<dyn Caller>,
    begin: Instant,
    end: Instant,
) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    let mut began = clock::now();
    loop {
        let answer = connection.exchange(caller.request()).await?;
        seen.body_bytes = answer.body.len();
        let whole = caller.take(&answer)? == Progress::Whole;
        let now = clock::now();
        if now >= end {
            return Ok(seen);
        }
        if whole {
            if now >= begin {
                seen.latencies
                    .push(u32::try_from((now - began).as_nanos()).unwrap_or(u32::MAX));
            }
            began = now;
        }
    }
}

/// The value that `percent` of a sorted list do not exceed.
fn percentile(sorted: &[u32], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    Duration::from_nanos(u64::from(sorted.get(at).copied().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::caller::Repeat;
    use crate::{hello, request};

    fn load_of_hello(contains: &'static str) -> Result<Measured, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        runtime.spawn(hello::accept(listener));
        let client = request::Credentials {
            client_id: "a".to_owned(),
            client_secret: "b".to_owned(),
        };
        let requests: Arc<[Vec<u8>]> = Arc::new([
            request::get(address, "/a", &[]),
            request::post_as(address, "/b/c", ("token", "t"), &client),
        ]);
        Load {
            address,
            process: std::process::id(),
            callers: Repeat::callers(&requests, contains, 3),
            duration: Duration::from_millis(100),
        }
        .run(&runtime)
    }

    #[test]
    fn measures_the_bare_server() {
        let measured = load_of_hello("\"expires_in\":300").unwrap();
        assert!(measured.per_second > 100.0);
        assert!(measured.p50 <= measured.p99);
        assert!(measured.body_bytes > 1400);
    }

    #[test]
    fn an_answer_without_its_content_is_a_failure() {
        assert!(load_of_hello("\"active\":true").is_err());
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let sorted: Vec<u32> = (1..=200).collect();
        assert_eq!(percentile(&sorted, 50), Duration::from_nanos(100));
        assert_eq!(percentile(&sorted, 99), Duration::from_nanos(198));
        assert_eq!(percentile(&[7], 99), Duration::from_nanos(7));
    }
}
