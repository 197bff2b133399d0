//! The one connection for all requests.
//!
//! The library's own manager keeps the error of a server that was still loading its data, or refused the password, for
//! ever. This one dials again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::health::StoreFailure;

/// How long dialling may take. It goes on beside the requests, which wait no longer than for an answer.
const DIAL: Duration = Duration::from_secs(2);

/// Requests that may wait to be sent at once.
const PIPELINE: usize = 1024;

/// What becomes of dialling; nothing yet while it goes on.
type Dialled = watch::Receiver<Option<Result<MultiplexedConnection, StoreFailure>>>;

pub(super) struct Connection {
    client: Client,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    dialled: Option<Dialled>,
    /// What came of dialling the last time, if it failed.
    failed: Option<StoreFailure>,
}

impl Connection {
    /// Dials at once where there is a runtime, so that the first request need not wait for that.
    pub(super) fn new(client: Client) -> Self {
        let connection = Self {
            client,
            current: Mutex::default(),
        };
        if Handle::try_current().is_ok() {
            drop(connection.current());
        }
        connection
    }

    /// The connection, or what will become it; dials if there is none.
    pub(super) fn current(&self) -> Dialled {
        let mut current = self.lock();
        let outcome = current.dialled.as_ref().map(outcome);
        match (outcome, &current.dialled) {
            (Some(None | Some(Ok(()))), Some(dialled)) => dialled.clone(),
            (outcome, _) => {
                current.failed = outcome.flatten().and_then(Result::err);
                current.dialled.insert(self.dial()).clone()
            }
        }
    }

    /// Gives up a connection on which a request failed, unless another took its place already. Gives the better reason
    /// if the connection was not there yet and failed before.
    pub(super) fn failed(&self, on: &Dialled, why: StoreFailure) -> StoreFailure {
        let mut current = self.lock();
        match outcome(on) {
            None => return current.failed.unwrap_or(why),
            Some(Err(_)) => return why,
            Some(Ok(())) => {}
        }
        let lost = matches!(why, StoreFailure::Timeout | StoreFailure::Connection);
        if lost && current.dialled.as_ref().is_some_and(|dialled| dialled.same_channel(on)) {
            *current = Current::default();
        }
        why
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn dial(&self) -> Dialled {
        let (done, dialled) = watch::channel(None);
        let client = self.client.clone();
        tokio::spawn(async move {
            // Whoever asks waits as long as they like.
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(DIAL))
                .set_response_timeout(None)
                .set_pipeline_buffer_size(PIPELINE);
            let dialling = client.get_multiplexed_async_connection_with_config(&config);
            let outcome = match tokio::time::timeout(DIAL, dialling).await {
                Ok(outcome) => outcome.map_err(|error| StoreFailure::of(&error)),
                Err(_) => Err(StoreFailure::Timeout),
            };
            done.send_replace(Some(outcome));
        });
        dialled
    }
}

/// Waits until dialling is over.
pub(super) async fn ready(dialled: &mut Dialled) -> Result<MultiplexedConnection, StoreFailure> {
    let outcome = dialled.wait_for(Option::is_some).await;
    outcome
        .ok()
        .and_then(|outcome| outcome.clone())
        .unwrap_or(Err(StoreFailure::Connection))
}

/// What came of dialling; nothing while it goes on.
fn outcome(dialled: &Dialled) -> Option<Result<(), StoreFailure>> {
    match &*dialled.borrow() {
        Some(Ok(_)) => Some(Ok(())),
        Some(Err(why)) => Some(Err(*why)),
        // The runtime that dialled is gone.
        None if dialled.has_changed().is_err() => Some(Err(StoreFailure::Connection)),
        None => None,
    }
}
