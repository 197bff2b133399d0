//! What all requests share.

use std::convert::Infallible;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::figures::Figures;
use super::serving::Serving;
use super::stalled::Readers;
use super::upgrade::Tunnels;

/// What all requests share.
pub(crate) struct State {
    current: ArcSwap<Serving>,
    places: Arc<Semaphore>,
    pub(crate) readers: Readers,
    pub(crate) tunnels: Tunnels,
    pub(crate) figures: Arc<Figures>,
}

impl State {
    /// With the end that closes when the last tunnel has ended and the state is gone.
    pub(crate) fn new(
        serving: Serving,
        figures: Arc<Figures>,
        stop: watch::Receiver<bool>,
    ) -> (Arc<Self>, mpsc::Receiver<Infallible>) {
        let (alive, ended) = mpsc::channel(1);
        let tunnels = Tunnels {
            stop,
            drain: serving.settings.drain.0,
            alive,
        };
        let state = Arc::new(Self {
            places: Arc::new(Semaphore::new(serving.settings.max_requests)),
            current: ArcSwap::from_pointee(serving),
            readers: Readers::default(),
            tunnels,
            figures,
        });
        (state, ended)
    }

    /// The configuration of now.
    pub(crate) fn serving(&self) -> Arc<Serving> {
        self.current.load_full()
    }

    /// Requests that come from now on meet another one.
    pub(crate) fn replace(&self, serving: Serving) {
        self.current.store(Arc::new(serving));
    }

    /// A place among the requests under way, if there is one.
    pub(crate) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}
