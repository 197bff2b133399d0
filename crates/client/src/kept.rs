//! An access token that is kept and replaced before it ends.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use crate::flight::Flight;
use crate::time::{Clock, UnixMillis};
use crate::token::AccessToken;

/// How long a token that is due, and still holds, is used before its renewal is tried again.
const PAUSE: Duration = Duration::from_secs(5);

pub(crate) struct Kept<E> {
    current: ArcSwapOption<AccessToken>,
    flight: Flight<Result<Arc<AccessToken>, E>>,
    /// When a renewal last failed; 0 for never.
    failed: AtomicU64,
    early: Duration,
    clock: Arc<dyn Clock>,
}

/// Which tokens a caller would take.
#[derive(Clone, Copy)]
enum Wanted<'t> {
    /// One that is not due yet.
    Any,
    /// One that is not this one, which an API has refused.
    Other(&'t AccessToken),
}

impl<E: Clone + Send + Sync + 'static> Kept<E> {
    pub(crate) fn new(token: Option<AccessToken>, early: Duration, clock: Arc<dyn Clock>) -> Self {
        Self {
            current: ArcSwapOption::new(token.map(Arc::new)),
            flight: Flight::default(),
            failed: AtomicU64::new(0),
            early,
            clock,
        }
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// Puts a token in place, from within the work that got it.
    pub(crate) fn store(&self, token: AccessToken) -> Arc<AccessToken> {
        let token = Arc::new(token);
        self.current.store(Some(token.clone()));
        token
    }

    /// The token that is kept, or the one that `ask` gets, which must [`Kept::store`] it. One asks, the others wait.
    ///
    /// `None` when the work died.
    pub(crate) async fn token<F>(&self, ask: impl FnOnce(UnixMillis) -> F) -> Option<Result<Arc<AccessToken>, E>>
    where
        F: Future<Output = Result<Arc<AccessToken>, E>> + Send + 'static,
    {
        self.wanted(Wanted::Any, ask).await
    }

    /// Another token than `refused`: the one that is kept now, or the one that `ask` gets.
    pub(crate) async fn renew<F>(
        &self,
        refused: &AccessToken,
        ask: impl FnOnce(UnixMillis) -> F,
    ) -> Option<Result<Arc<AccessToken>, E>>
    where
        F: Future<Output = Result<Arc<AccessToken>, E>> + Send + 'static,
    {
        self.wanted(Wanted::Other(refused), ask).await
    }

    async fn wanted<F>(
        &self,
        wanted: Wanted<'_>,
        ask: impl FnOnce(UnixMillis) -> F,
    ) -> Option<Result<Arc<AccessToken>, E>>
    where
        F: Future<Output = Result<Arc<AccessToken>, E>> + Send + 'static,
    {
        let now = self.now();
        let mut kept = self.usable(wanted, now);
        if kept.is_none() {
            // Looked at once more where nobody else can be asking: a token may have come in between.
            let run = self.flight.join(|| {
                kept = self.usable(wanted, now);
                kept.is_none().then(|| ask(now))
            });
            if let Some(run) = run {
                let result = run.result().await?;
                return Some(self.or_still_valid(result, wanted, now));
            }
        }
        kept.map(Ok)
    }

    fn usable(&self, wanted: Wanted<'_>, now: UnixMillis) -> Option<Arc<AccessToken>> {
        let failed = self.failed.load(Ordering::Relaxed);
        let early = if failed != 0 && now.0.abs_diff(failed) < 1000 * PAUSE.as_secs() {
            Duration::ZERO
        } else {
            self.early
        };
        let current = self.current.load_full()?;
        (wanted.admits(&current) && current.is_fresh(early, now)).then_some(current)
    }

    /// A renewal that fails while the token still holds is no failure yet.
    fn or_still_valid(
        &self,
        result: Result<Arc<AccessToken>, E>,
        wanted: Wanted<'_>,
        now: UnixMillis,
    ) -> Result<Arc<AccessToken>, E> {
        let Err(error) = result else {
            self.failed.store(0, Ordering::Relaxed);
            return result;
        };
        self.failed.store(now.0.max(1), Ordering::Relaxed);
        match self.current.load_full() {
            Some(current) if wanted.admits(&current) && current.is_valid(now) => Ok(current),
            _ => Err(error),
        }
    }
}

impl Wanted<'_> {
    fn admits(self, token: &AccessToken) -> bool {
        match self {
            Self::Any => true,
            Self::Other(refused) => !token.is(refused),
        }
    }
}
