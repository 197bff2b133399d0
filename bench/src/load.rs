use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::machine::Ticks;
use crate::{Failure, clock, pin};

/// A closed loop: each connection sends its next request when the last was answered.
#[derive(Clone)]
pub(crate) struct Load {
    /// Whom to ask.
    pub(crate) address: SocketAddr,
    /// Whole requests, sent in turn; each connection begins at another one.
    pub(crate) requests: Arc<[Vec<u8>]>,
    /// What every answer's body must contain.
    pub(crate) contains: &'static str,
    /// How many connections are kept open.
    pub(crate) connections: u16,
    /// How long is measured; a short time before is not.
    pub(crate) duration: Duration,
}

/// What a load measured.
#[derive(Clone)]
pub(crate) struct Measured {
    /// Answers a second, all connections together.
    pub(crate) per_second: f64,
    /// The median latency.
    pub(crate) p50: Duration,
    /// The latency that one answer in a hundred exceeds.
    pub(crate) p99: Duration,
    /// Length of an answer's body in bytes (the last one's).
    pub(crate) body_bytes: usize,
    /// The part of the time that the server's core was busy: well below 1 means that something else was the limit.
    pub(crate) core_busy: f64,
}

/// What one connection saw: latencies in nanoseconds.
struct Seen {
    latencies: Vec<u32>,
    body_bytes: usize,
}

const WARM_UP: Duration = Duration::from_millis(250);

impl Load {
    /// Runs the load. The first answer that is not 200 or lacks its content ends it as a failure.
    pub(crate) fn run(&self, runtime: &Runtime) -> Result<Measured, Failure> {
        runtime.block_on(self.measure())
    }

    async fn measure(&self) -> Result<Measured, Failure> {
        let mut connections = Vec::new();
        for _ in 0..self.connections {
            connections.push(Connection::open(self.address).await?);
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
        for (first, connection) in connections.into_iter().enumerate() {
            tasks.spawn(self.clone().ask(connection, first, begin, end));
        }
        tokio::time::sleep_until(begin.into()).await;
        let before = Ticks::read(pin::MEASURED_CORE)?;
        tokio::time::sleep_until(end.into()).await;
        let core_busy = Ticks::read(pin::MEASURED_CORE)?.busy_since(before);

        let mut all = Seen {
            latencies: Vec::new(),
            body_bytes: 0,
        };
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
        })
    }

    /// One connection: only answers that arrive between `begin` and `end` count.
    async fn ask(
        self,
        mut connection: Connection,
        first: usize,
        begin: Instant,
        end: Instant,
    ) -> Result<Seen, Failure> {
        let mut seen = Seen {
            latencies: Vec::new(),
            body_bytes: 0,
        };
        let mut sent = clock::now();
        for request in self.requests.iter().cycle().skip(first % self.requests.len().max(1)) {
            let answer = connection.exchange(request).await?;
            let body = answer.ok()?;
            if !contains(body, self.contains.as_bytes()) {
                return Err(format!("an answer without {}: {}", self.contains, String::from_utf8_lossy(body)).into());
            }
            seen.body_bytes = body.len();
            let now = clock::now();
            if now >= end {
                break;
            }
            if now >= begin {
                seen.latencies
                    .push(u32::try_from((now - sent).as_nanos()).unwrap_or(u32::MAX));
            }
            sent = now;
        }
        Ok(seen)
    }
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    part.is_empty() || body.windows(part.len()).any(|window| window == part)
}

/// The value that `percent` of a sorted list do not exceed.
fn percentile(sorted: &[u32], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    Duration::from_nanos(u64::from(sorted.get(at).copied().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let requests = [
            request::get(address, "/a"),
            request::post(address, "/b/c", ("token", "t"), &client),
        ];
        let duration = Duration::from_millis(100);
        Load {
            address,
            requests: Arc::new(requests),
            contains,
            connections: 3,
            duration,
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
