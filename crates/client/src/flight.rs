//! One run of some work at a time, its result for everybody who came while it ran.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// Work that many callers want at once and that is done once.
///
/// The work runs in a task of its own. A caller that goes away (its client hung up) neither stops it nor takes its
/// result from the others: a refresh token that was rotated is kept, an attempt that was counted is made.
#[derive(Debug)]
pub struct Flight<T> {
    running: Mutex<Option<watch::Receiver<Option<T>>>>,
}

/// A run of a [`Flight`], to be waited for.
#[derive(Debug)]
pub struct Run<T>(watch::Receiver<Option<T>>);

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self {
            running: Mutex::new(None),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    /// Joins the run that is on, or starts one with what `start` gives; with nothing, there is no run.
    ///
    /// `start` is called under a lock: what it decides (whether an attempt is due) is decided once.
    pub fn join<F>(&self, start: impl FnOnce() -> Option<F>) -> Option<Run<T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // A run is over when its result is there, and also when its task has died without one.
        if let Some(run) = running.as_ref()
            && run.has_changed().is_ok()
            && run.borrow().is_none()
        {
            return Some(Run(run.clone()));
        }
        let work = start()?;
        let (sender, receiver) = watch::channel(None);
        *running = Some(receiver.clone());
        tokio::spawn(async move {
            let result = work.await;
            sender.send_replace(Some(result));
        });
        Some(Run(receiver))
    }

    /// Joins the run that is on, or starts `work`, and waits. `None` when the run died, as at the end of the runtime.
    pub async fn run<F>(&self, work: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        self.join(|| Some(work()))?.result().await
    }
}

impl<T: Clone> Run<T> {
    /// Waits for the end. `None` when the run died.
    pub async fn result(mut self) -> Option<T> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn a_hundred_callers_share_one_run() {
        let (flight, runs) = (Arc::new(Flight::default()), Arc::new(AtomicUsize::new(0)));
        let gate = Arc::new(tokio::sync::Semaphore::new(0));
        let mut callers = JoinSet::new();
        for _ in 0..100 {
            let (flight, runs, gate) = (flight.clone(), runs.clone(), gate.clone());
            callers.spawn(async move {
                let work = || async move {
                    let run = runs.fetch_add(1, Ordering::SeqCst);
                    drop(gate.acquire().await);
                    run
                };
                flight.run(work).await
            });
        }
        while runs.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(1);
        assert!(callers.join_all().await.into_iter().all(|run| run == Some(0)));
        assert_eq!(flight.run(|| async { 7 }).await, Some(7));
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_the_run_to_the_others() {
        let flight = Arc::new(Flight::default());
        let (release, released) = tokio::sync::oneshot::channel::<()>();
        let first = flight
            .join(|| {
                Some(async move {
                    let _ = released.await;
                    1
                })
            })
            .unwrap();
        assert!(tokio::time::timeout(Duration::ZERO, first.result()).await.is_err());
        let second = flight.join(|| Some(async { 2 })).unwrap();
        release.send(()).unwrap();
        assert_eq!(second.result().await, Some(1));
    }

    #[tokio::test]
    async fn a_run_that_dies_is_told_and_does_not_stand_in_the_way() {
        let flight = Flight::<u8>::default();
        assert_eq!(flight.run(|| async { panic!("on purpose") }).await, None);
        assert_eq!(flight.run(|| async { 3 }).await, Some(3));
        assert!(flight.join(|| None::<std::future::Ready<u8>>).is_none());
    }
}
