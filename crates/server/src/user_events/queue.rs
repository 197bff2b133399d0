//! Events between the request that tells them and the database.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use keyward_domain::Fault;
use keyward_domain::ports::{Store, Tx};
use keyward_domain::user_event::UserEvent;

use crate::http::write::{Decide, write};

/// Events that wait at most: some megabytes.
const CAPACITY: usize = 10_000;

/// Events that one transaction writes.
const BATCH: usize = 200;

/// The events that are not in the database yet. When it is full, what comes is counted and dropped.
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    /// Held by who writes: nobody else takes events out meanwhile.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<UserEvent>,
    lost: u64,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::new(()),
        }
    }

    /// Takes an event without waiting for anything.
    pub(crate) fn push(&self, event: UserEvent) {
        let mut waiting = self.lock();
        if waiting.events.len() < CAPACITY {
            waiting.events.push_back(event);
        } else {
            waiting.lost += 1;
        }
    }

    /// Writes what waits now. What cannot be written waits on.
    pub(crate) async fn write(&self, store: &dyn Store) -> Result<(), Fault> {
        let _turn = self.writing.lock().await;
        let lost = std::mem::take(&mut self.lock().lost);
        if lost > 0 {
            tracing::warn!(lost, "events of realms were dropped because their queue was full");
        }
        let mut left = self.lock().events.len();
        while left > 0 {
            let batch: Vec<UserEvent> = self.lock().events.iter().take(left.min(BATCH)).cloned().collect();
            write(store, &Append(&batch)).await?;
            // Only now: until then they would be lost with a transaction that is.
            self.lock().events.drain(..batch.len());
            left -= batch.len();
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing under the lock leaves it half-changed, so a panic elsewhere does not spoil it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The decision to write some.
struct Append<'a>(&'a [UserEvent]);

#[async_trait]
impl Decide for Append<'_> {
    type Output = ();

    async fn decide(&self, tx: &mut dyn Tx) -> Result<(), Fault> {
        for event in self.0 {
            tx.append_user_event(event).await?;
        }
        Ok(())
    }
}
