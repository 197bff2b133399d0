//! Requests that come evenly, and the tail of their latencies.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::{Failure, clock};

const CONNECTIONS: u32 = 16;

/// The latency that one answer in a hundred exceeds, when `per_second` requests come evenly, whatever became of those
/// before. Time in which this process did not get its own core does not count: kernel threads take several
/// milliseconds of it at a time, and a caller on another machine would not wait for those.
pub(crate) async fn p99(
    address: SocketAddr,
    requests: &Arc<[Vec<u8>]>,
    per_second: f64,
    duration: Duration,
) -> Result<Duration, Failure> {
    let every = Duration::from_secs_f64(f64::from(CONNECTIONS) / per_second);
    let clock = Arc::new(AwakeClock::start());
    // The runtime never sleeps, so that no turn of it is long but those in which the core was taken.
    let awake = Arc::clone(&clock);
    let mut turning = JoinSet::new();
    turning.spawn(async move {
        loop {
            awake.now();
            tokio::task::yield_now().await;
        }
    });
    let mut tasks = JoinSet::new();
    let begin = clock.now() + Duration::from_millis(100);
    for number in 0..CONNECTIONS {
        let mut connection = Connection::open(address).await?;
        let requests = Arc::clone(requests);
        let clock = Arc::clone(&clock);
        let mut due = begin + every * number / CONNECTIONS;
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            for request in requests.iter().cycle().skip(number as usize * 61) {
                if due > begin + duration {
                    break;
                }
                // Timers are good to a millisecond: the rest is waited for awake.
                while clock.now() < due {
                    tokio::task::yield_now().await;
                }
                connection.exchange(request).await?.ok()?;
                // From when it was due, not from when it was sent: a queue counts.
                latencies.push(clock.now() - due);
                due += every;
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut all = Vec::new();
    while let Some(latencies) = tasks.join_next().await {
        all.extend(latencies??);
    }
    let away = clock.away();
    if away > duration / 20 {
        return Err(format!(
            "the load's core was taken for {} ms: the machine has other work",
            away.as_millis()
        )
        .into());
    }
    all.sort_unstable();
    all.get(all.len() * 99 / 100).copied().ok_or_else(|| "no answer".into())
}

/// A clock that stands still while nobody reads it.
struct AwakeClock(Mutex<Reading>);

struct Reading {
    last: Instant,
    away: Duration,
}

/// Longer than any turn of the load, which answers a few dozen sockets in each.
const LONGEST_TURN: Duration = Duration::from_micros(400);

impl AwakeClock {
    fn start() -> Self {
        Self(Mutex::new(Reading {
            last: clock::now(),
            away: Duration::ZERO,
        }))
    }

    fn away(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).away
    }

    fn now(&self) -> Instant {
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock::now();
        let since = now - reading.last;
        if since > LONGEST_TURN {
            reading.away += since;
        }
        reading.last = now;
        now.checked_sub(reading.away).unwrap_or(now)
    }
}
