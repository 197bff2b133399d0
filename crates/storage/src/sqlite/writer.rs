//! A transaction on the writing connection.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use keyward_domain::Fault;
use rusqlite::Connection;
use tokio::sync::{OwnedMutexGuard, oneshot};
use tokio::task::yield_now;

use super::batch::Batch;
use super::committer::Committer;
use super::fault::{fault, is_busy};
use super::run;
use crate::param::Param;
use crate::row::Take;
use crate::statement::Sql;

/// Longest wait for the writing connection.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Pause before another look at a file that another process writes to.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// After so many statements other tasks have their turn.
const STATEMENTS: u32 = 4;

/// A transaction: a savepoint in the open batch, or the first of a new one. Dropped without [`Writer::hand_in`] it is undone.
pub(crate) struct Writer {
    /// Absent once the transaction has ended.
    batch: Option<OwnedMutexGuard<Batch>>,
    committer: Arc<Committer>,
    statements: u32,
}

impl Writer {
    /// Waits for its turn and begins.
    pub(super) async fn open(committer: &Arc<Committer>) -> Result<Self, Fault> {
        patiently(|| async {
            let mut batch = committer.lock().await;
            match batch.begin() {
                Ok(()) => Ok(Some(Self {
                    batch: Some(batch),
                    committer: Arc::clone(committer),
                    statements: 0,
                })),
                Err(error) if is_busy(&error) => Ok(None),
                Err(error) => Err(fault(&error)),
            }
        })
        .await
    }

    pub(super) fn connection(&self) -> Result<&Connection, Fault> {
        self.batch.as_ref().ok_or_else(ended)?.connection()
    }

    pub(crate) async fn query(&mut self, sql: &Sql, params: &[Param<'_>], take: Take<'_>) -> Result<(), Fault> {
        self.give_way().await;
        run::query(self.connection()?, sql, params, take)
    }

    pub(crate) async fn execute(&mut self, sql: &Sql, params: &[Param<'_>]) -> Result<u64, Fault> {
        self.give_way().await;
        run::execute(self.connection()?, sql, params)
    }

    /// Counts a statement. A transaction of many does not keep its thread from other tasks, unless those wait for it.
    async fn give_way(&mut self) {
        self.statements += 1;
        if self.statements.is_multiple_of(STATEMENTS) && !self.committer.is_waited_for() {
            yield_now().await;
        }
    }

    /// Lets go of the connection and asks for a COMMIT of the batch, for which what is returned waits. Tasks of this
    /// worker that are ready to write come first, unless an idle one takes this: one COMMIT for all.
    pub(crate) async fn hand_in(mut self) -> Result<impl Future<Output = Result<(), Fault>> + Send + 'static, Fault> {
        let (ticket, answer) = oneshot::channel();
        self.batch.as_mut().ok_or_else(ended)?.release(ticket)?;
        self.committer.ask();
        self.batch = None;
        let committer = Arc::clone(&self.committer);
        let wake = Wake(&committer);
        line_up().await;
        drop(wake);
        Ok(async move {
            let answer = answer.await.unwrap_or_else(|_| Err(ended()));
            drop(committer);
            answer
        })
    }
}

/// Wakes the committing thread when it is dropped, so also for somebody who has gone away.
struct Wake<'c>(&'c Committer);

impl Drop for Wake<'_> {
    fn drop(&mut self) {
        self.0.wake();
    }
}

/// Goes to the end of the line of tasks that are ready. Tokio's own yield waits for the driver as well, and meanwhile no
/// other worker can take the task.
async fn line_up() {
    let mut lined_up = false;
    poll_fn(|context| {
        if lined_up {
            return Poll::Ready(());
        }
        lined_up = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Tries until there is something: as long as another process writes to the file there is nothing.
pub(super) async fn patiently<T, E, F>(work: impl Fn() -> F) -> Result<T, E>
where
    E: From<Fault>,
    F: Future<Output = Result<Option<T>, E>>,
{
    let tries = async {
        loop {
            if let Some(done) = work().await? {
                return Ok(done);
            }
            tokio::time::sleep(BUSY_PAUSE).await;
        }
    };
    tokio::time::timeout(LONGEST_WAIT, tries).await.unwrap_or_else(|_| {
        Err(E::from(Fault::Unavailable(
            "SQLite: the write lock was not free in time".into(),
        )))
    })
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Some(batch) = &mut self.batch {
            batch.undo();
        }
    }
}

fn ended() -> Fault {
    Fault::Unavailable("SQLite: the transaction has ended".into())
}
