use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::{Failure, clock};

const CONNECTIONS: u32 = 16;

/// The latency that one answer in a hundred exceeds, when `per_second` requests come evenly, whatever became of those
/// before.
pub(crate) async fn p99(
    address: SocketAddr,
    requests: &Arc<[Vec<u8>]>,
    per_second: f64,
    duration: Duration,
) -> Result<Duration, Failure> {
    let every = Duration::from_secs_f64(f64::from(CONNECTIONS) / per_second);
    let mut tasks = JoinSet::new();
    let begin = clock::now() + Duration::from_millis(100);
    for number in 0..CONNECTIONS {
        let mut connection = Connection::open(address).await?;
        let requests = Arc::clone(requests);
        let mut due = begin + every * number / CONNECTIONS;
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            for request in requests.iter().cycle().skip(number as usize * 61) {
                if due > begin + duration {
                    break;
                }
                // Timers are good to a millisecond: the rest is waited for awake.
                while clock::now() < due {
                    tokio::task::yield_now().await;
                }
                connection.exchange(request).await?.ok()?;
                // From when it was due, not from when it was sent: a queue counts.
                latencies.push(clock::now() - due);
                due += every;
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut all = Vec::new();
    while let Some(latencies) = tasks.join_next().await {
        all.extend(latencies??);
    }
    all.sort_unstable();
    all.get(all.len() * 99 / 100).copied().ok_or_else(|| "no answer".into())
}
