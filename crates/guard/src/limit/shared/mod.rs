//! Counts that several guards share, on a Redis or Valkey server.

mod connection;
mod health;
mod script;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use keyward_client::UnixMillis;
use redis::{Client, Script, TlsCertificates};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use thiserror::Error;
use zeroize::Zeroizing;

use self::connection::{Connection, ready};
use self::health::Health;
pub use self::health::{SharedState, StoreFailure};
use self::script::Instant;
use super::limiter::Verb;
use super::{Bucket, Report, Source};

/// How to reach a Redis or Valkey server. Its `Debug` shows no address, which may hold a password.
#[derive(Clone)]
pub struct RedisSettings {
    url: Zeroizing<String>,
    /// For TLS: certificates in PEM of who may have issued the server's; those of the system when there are none.
    pub authorities: Option<Vec<u8>>,
    /// How long a request may wait for an answer, which takes 0.2 ms when all is well.
    pub timeout: Duration,
}

impl RedisSettings {
    /// A server at `redis://…`, or `rediss://…` for TLS, which may take 50 ms to answer.
    pub fn new(url: &str) -> Self {
        Self {
            url: Zeroizing::new(url.to_owned()),
            authorities: None,
            timeout: Duration::from_millis(50),
        }
    }
}

impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The settings are of no use. The text repeats nothing of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RedisError {
    /// The address is none.
    #[error("the address of the shared store is not redis://… or rediss://…")]
    Url,
    /// The authorities' certificates cannot be read, or the address is not one for TLS.
    #[error("the certificates for the shared store cannot be read, or its address is not rediss://…")]
    Authorities,
}

/// Counts that several guards share.
///
/// One script decides about all buckets of a request in one round trip, over one connection for all requests. The
/// server's clock counts, not that of each guard. Keys go when nothing counts any more, so the server needs room only
/// for callers of the last window; set its `maxmemory-policy` to `noeviction`, since a server that drops keys at will
/// gives their callers a new quota. It is one server, or one with replicas: a cluster would have the buckets of a
/// request on different nodes. It needs Redis 5, Valkey 7.2 or later.
pub struct RedisStore {
    connection: Connection,
    script: Script,
    timeout: Duration,
    health: Health,
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("RedisStore")
            .field("timeout", &self.timeout)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

impl RedisStore {
    /// Prepares a store, and connects at once inside a tokio runtime, else with the first request. A server out of
    /// reach is no error here.
    pub fn new(settings: RedisSettings) -> Result<Self, RedisError> {
        let url = settings.url.as_str();
        if url.starts_with("rediss:") {
            choose_cryptography();
        }
        let client = match settings.authorities {
            None => Client::open(url).map_err(|_| RedisError::Url)?,
            Some(authorities) => {
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert: Some(authorities),
                };
                Client::build_with_tls(url, certificates).map_err(|_| RedisError::Authorities)?
            }
        };
        Ok(Self {
            connection: Connection::new(client),
            script: script::script(),
            timeout: settings.timeout,
            health: Health::default(),
        })
    }

    /// Waits until there is a connection, two seconds at most.
    pub(super) async fn connect(&self) -> Result<(), StoreFailure> {
        ready(&mut self.connection.current()).await.map(drop)
    }

    /// Whether it works.
    pub fn state(&self) -> SharedState {
        self.health.state()
    }

    pub(super) async fn run(&self, verb: Verb, buckets: &[Bucket], now: UnixMillis) -> Result<Report, StoreFailure> {
        self.run_at(verb, buckets, Instant::Server, now).await
    }

    async fn run_at(
        &self,
        verb: Verb,
        buckets: &[Bucket],
        instant: Instant,
        now: UnixMillis,
    ) -> Result<Report, StoreFailure> {
        if !self.health.admits(now) {
            return Err(self.state().down.unwrap_or(StoreFailure::Connection));
        }
        match self.ask(verb, buckets, instant).await {
            Ok(report) => {
                self.health.works();
                Ok(report)
            }
            Err(why) => {
                self.health.fails(why, now);
                Err(why)
            }
        }
    }

    async fn ask(&self, verb: Verb, buckets: &[Bucket], instant: Instant) -> Result<Report, StoreFailure> {
        let invocation = script::invocation(&self.script, verb, instant, buckets);
        let mut dialled = self.connection.current();
        let asked = async {
            let mut connection = ready(&mut dialled).await?;
            invocation
                .invoke_async(&mut connection)
                .await
                .map_err(|error| StoreFailure::of(&error))
        };
        let answer = tokio::time::timeout(self.timeout, asked)
            .await
            .unwrap_or(Err(StoreFailure::Timeout));
        let answer: Vec<i64> = answer.map_err(|why| self.connection.failed(&dialled, why))?;
        let standings = script::standings(&answer, buckets).ok_or(StoreFailure::Malformed)?;
        Ok(Report::new(standings, Source::Shared))
    }
}

/// The client library takes what the process uses for TLS, and ends its task if that is not decided: by nobody, or
/// because the program has two such libraries.
fn choose_cryptography() {
    if CryptoProvider::get_default().is_none() {
        // An error means that another thread decided meanwhile.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}
