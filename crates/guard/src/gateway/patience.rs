//! Waiting for something that comes in pieces, and not for ever.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// How long one side has been waited for. The timer is set again only when it goes off, so that a piece that comes
/// costs no work on timers.
#[derive(Default)]
pub(crate) struct Patience {
    /// When the wait that goes on began.
    since: Option<Instant>,
    /// All waits before it.
    waited: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Patience {
    /// Something came.
    pub(crate) fn moved(&mut self) {
        if let Some(since) = self.since.take() {
            self.waited += since.elapsed();
        }
    }

    /// Nothing came: ready when it has been waited for until `deadline`, which is asked again when the time has come,
    /// with all earlier waits and the beginning of this one.
    pub(crate) fn poll_over(
        &mut self,
        cx: &mut Context<'_>,
        deadline: impl Fn(Duration, Instant) -> Instant,
    ) -> Poll<()> {
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        let until = deadline(self.waited, since);
        if now >= until {
            return Poll::Ready(());
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() > until {
            timer.as_mut().reset(until);
        }
        while timer.as_mut().poll(cx).is_ready() {
            let until = deadline(self.waited, since);
            if Instant::now() >= until {
                return Poll::Ready(());
            }
            timer.as_mut().reset(until);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    async fn wait(patience: &mut Patience, limit: Duration) -> Option<()> {
        let over = poll_fn(|cx| patience.poll_over(cx, |_, since| since + LIMIT));
        tokio::time::timeout(limit, over).await.ok()
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_in_time_begins_the_wait_anew() {
        let mut patience = Patience::default();
        for _ in 0..5 {
            assert_eq!(wait(&mut patience, Duration::from_secs(9)).await, None);
            patience.moved();
        }
        assert_eq!(patience.waited, Duration::from_secs(45));
        let began = Instant::now();
        assert_eq!(wait(&mut patience, Duration::from_mins(1)).await, Some(()));
        assert_eq!(began.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_may_move_while_it_is_waited_for() {
        let mut patience = Patience::default();
        let began = Instant::now();
        // The other direction moves until the 30th second.
        let moved = || Instant::now().min(began + Duration::from_secs(30));
        let over = poll_fn(|cx| patience.poll_over(cx, |_, since| moved().max(since) + LIMIT));
        over.await;
        assert_eq!(began.elapsed().as_secs(), 40);
    }
}
