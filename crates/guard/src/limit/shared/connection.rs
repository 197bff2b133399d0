//! The one connection for all requests.
//!
//! The library's own manager keeps the error of a server that was still loading its data, or refused the password, for
//! ever. This one dials again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
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
    current: Mutex<Option<Dialled>>,
}

impl Connection {
    pub(super) const fn new(client: Client) -> Self {
        Self {
            client,
            current: Mutex::new(None),
        }
    }

    /// The connection, or what will become it; dials if there is none.
    pub(super) fn current(&self) -> Dialled {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            Some(dialled) if !failed(dialled) => dialled.clone(),
            _ => current.insert(self.dial()).clone(),
        }
    }

    /// Gives up a connection that failed, unless another took its place already.
    pub(super) fn hang_up(&self, failed: &Dialled) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|current| current.same_channel(failed)) {
            *current = None;
        }
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
    outcome.ok().and_then(|outcome| outcome.clone()).unwrap_or(Err(StoreFailure::Connection))
}

fn failed(dialled: &Dialled) -> bool {
    // Without a sender and an outcome, the runtime that dialled is gone.
    matches!(&*dialled.borrow(), Some(Err(_))) || (dialled.borrow().is_none() && dialled.has_changed().is_err())
}
