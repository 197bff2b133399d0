//! What the tests share: a gateway with a configuration file, an upstream, and clients that see every byte.

mod clients;
mod gateway;
mod tokens;
mod upstream;

use std::time::Duration;

pub(crate) use clients::{Connection, get, http2, sent};
pub(crate) use gateway::{Certificate, TestGateway, routes};
pub(crate) use tokens::{token, token_for};
pub(crate) use upstream::{Reply, Upstream, full, text};

/// A wait that never comes to its end unless something is stuck.
pub(crate) const STUCK: Duration = Duration::from_secs(20);

/// Asks again and again until there is an answer.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + STUCK;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(tokio::time::Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
