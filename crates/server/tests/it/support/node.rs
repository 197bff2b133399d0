//! One process of the server: an app behind the real accept loop.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use keyward_domain::event::{Event, EventSink, What};
use keyward_domain::ports::Store;
use keyward_server::app::{Parts, RequestObserver};
use keyward_server::{App, Settings, jobs, listen, routes};
use keyward_testkit::TestClock;
use tokio::sync::watch;

use super::SEALER;

/// A node that listens on a port of its own. It stops when dropped.
pub(crate) struct Node {
    pub(crate) app: Arc<App>,
    pub(crate) seen: Arc<Seen>,
    pub(crate) address: SocketAddr,
    public_url: String,
    _stop: watch::Sender<bool>,
}

/// What a node reported.
#[derive(Default)]
pub(crate) struct Seen {
    events: Mutex<Vec<Event>>,
    requests: Mutex<Vec<(&'static str, u16)>>,
}

impl Seen {
    /// The events that no transaction carried, oldest first.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// The last of them.
    pub(crate) fn last(&self) -> Event {
        self.events().pop().unwrap()
    }

    /// What happened, without who and when.
    pub(crate) fn whats(&self) -> Vec<What> {
        self.events().into_iter().map(|event| event.what).collect()
    }

    /// Endpoint and status of each answer.
    pub(crate) fn requests(&self) -> Vec<(&'static str, u16)> {
        self.requests.lock().unwrap().clone()
    }
}

impl EventSink for Seen {
    fn record(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }
}

impl RequestObserver for Seen {
    fn request(&self, endpoint: &'static str, status: u16, _micros: u64) {
        self.requests.lock().unwrap().push((endpoint, status));
    }
}

impl Node {
    /// Starts one. `issuer` is the public URL when another node gave it.
    pub(crate) async fn start(
        store: Arc<dyn Store>,
        clock: Arc<TestClock>,
        issuer: Option<String>,
        edit: impl FnOnce(&mut Settings),
    ) -> Self {
        let listener = listen::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut settings = Settings::loopback(address);
        if let Some(issuer) = issuer {
            settings.public_url = issuer;
        }
        edit(&mut settings);
        let public_url = settings.public_url.clone();
        let seen = Arc::<Seen>::default();
        let app = App::new(Parts {
            passwords: crate::support::passwords(),
            settings,
            store,
            sealer: Arc::clone(&SEALER),
            clock,
            events: Arc::<Seen>::clone(&seen),
            observer: Arc::<Seen>::clone(&seen),
        });
        app.catch_up(&["demo"]).await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = routes::router(Arc::clone(&app));
        tokio::spawn(listen::serve(Arc::clone(&app), router, listener, None, stopped));
        Self {
            app,
            seen,
            address,
            public_url,
            _stop: stop,
        }
    }

    /// The beginning of every issuer.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Runs the job that reads what others changed.
    pub(crate) async fn follow(&self) {
        jobs::follow_changes::tick(&self.app).await.unwrap();
    }
}
