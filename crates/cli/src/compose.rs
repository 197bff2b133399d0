//! Puts a server together and runs it until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use keyward_domain::ports::Store;
use keyward_jose::Sealer;
use keyward_observe::audit::{AuditQueue, DEFAULT_CAPACITY};
use keyward_observe::metrics::Metrics;
use keyward_server::app::{Parts, RequestObserver};
use keyward_server::listen::{self, redirect, tls};
use keyward_server::login::hashing::PasswordHashing;
use keyward_server::management::{self, Exposition};
use keyward_server::{App, Settings, jobs, routes};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::SystemClock;
use crate::config::audit::AuditSettings;
use crate::failure::Failure;
use crate::signals::Signals;

/// Ports that were bound before anything slow began, so that a taken one is reported at once.
pub(crate) struct Listeners {
    pub(crate) main: TcpListener,
    pub(crate) management: Option<TcpListener>,
    pub(crate) redirect: Option<TcpListener>,
}

impl Listeners {
    /// Where they listen: main, management, redirect.
    pub(crate) fn addresses(&self) -> [Option<SocketAddr>; 3] {
        [Some(&self.main), self.management.as_ref(), self.redirect.as_ref()]
            .map(|listener| listener.and_then(|listener| listener.local_addr().ok()))
    }
}

/// A server that has read everything it needs.
pub(crate) struct Ready {
    app: Arc<App>,
    metrics: Arc<Metrics>,
    audit: std::thread::JoinHandle<()>,
    queue: Arc<AuditQueue>,
    listeners: Listeners,
    certificates: Option<tls::Certificates>,
    settings: Settings,
}

struct Observer(Arc<Metrics>);

impl RequestObserver for Observer {
    fn request(&self, endpoint: &'static str, status: u16, micros: u64) {
        self.0.request(endpoint, status, micros);
    }
}

struct Exposed(Arc<Metrics>);

impl Exposition for Exposed {
    fn expose(&self) -> (String, &'static str) {
        (
            self.0.encode().unwrap_or_default(),
            keyward_observe::metrics::CONTENT_TYPE,
        )
    }
}

/// Reads the log of changes and the realms that matter, and makes the parts.
pub(crate) async fn prepare(
    settings: Settings,
    audit: &AuditSettings,
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
    listeners: Listeners,
    realms: &[&str],
) -> Result<Ready, Failure> {
    let certificates = match &settings.tls {
        None => None,
        Some(tls) => Some(tls::Certificates::load(tls).map_err(|error| Failure::new(error.to_string()))?),
    };
    let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION"), &routes::ENDPOINTS));
    let queue = Arc::new(AuditQueue::new(DEFAULT_CAPACITY, metrics.losses()));
    let audit = queue
        .spawn(audit.readers(&metrics)?)
        .map_err(|error| Failure::runtime(&error))?;
    let passwords = PasswordHashing::start(&mut keyward_server::SystemEntropy)
        .map_err(|error| Failure::new(format!("the threads that hash passwords cannot be started: {error}")))?;
    let app = App::new(Parts {
        passwords: Arc::new(passwords),
        settings: settings.clone(),
        store,
        sealer,
        clock: Arc::new(SystemClock),
        events: Arc::<AuditQueue>::clone(&queue),
        observer: Arc::new(Observer(Arc::clone(&metrics))),
    });
    app.catch_up(realms).await?;
    Ok(Ready {
        app,
        metrics,
        audit,
        queue,
        listeners,
        certificates,
        settings,
    })
}

impl Ready {
    /// Serves until SIGINT or SIGTERM, then lets requests under way finish. `beside` are routes on the same port that
    /// are none of the server's; `announce` runs when connections are accepted, and its result is handed on.
    pub(crate) async fn run<T>(
        self,
        beside: Router,
        announce: impl AsyncFnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (stop, stopped) = watch::channel(false);
        let node = uuid::Builder::from_random_bytes(random()).into_uuid().to_string();
        let jobs = jobs::run_all(&self.app, &node);
        let mut side = JoinSet::new();
        if let (Some(certificates), Some(tls)) = (self.certificates.clone(), self.settings.tls.clone()) {
            side.spawn(certificates.follow(tls));
        }
        if let Some(listener) = self.listeners.redirect {
            side.spawn(redirect::serve(
                self.settings.public_url.clone(),
                listener,
                stopped.clone(),
            ));
        }
        if let Some(listener) = self.listeners.management {
            let router = management::router(Arc::clone(&self.app), Arc::new(Exposed(Arc::clone(&self.metrics))));
            side.spawn(async move {
                if let Err(error) = axum::serve(listener, router).await {
                    tracing::error!("the management port ended: {error}");
                }
            });
        }
        let router = routes::router(Arc::clone(&self.app)).merge(beside);
        let main = tokio::spawn(listen::serve(
            Arc::clone(&self.app),
            router,
            self.listeners.main,
            self.certificates,
            stopped,
        ));
        // From here on a signal is heard: whoever reads the announcement may send one at once.
        let signals = Signals::listen()?;
        let announced = announce().await?;
        signals.first().await;
        tracing::info!("stopping: requests under way may finish");
        stop.send_replace(true);
        let drained = main.await;
        drop(jobs);
        drop(side);
        // Events of realms that still wait; a database that is away must not hold the process up for ever.
        let written = jobs::write_events::tick(&self.app);
        match tokio::time::timeout(std::time::Duration::from_secs(2), written).await {
            Ok(Ok(())) => {}
            Ok(Err(fault)) => tracing::warn!("the last events of realms were not written: {fault}"),
            Err(_) => tracing::warn!("the last events of realms were not written in time"),
        }
        self.queue.close();
        // The last events are on their way to their sinks; a full pipe must not hold the process up for ever.
        let audit = self.audit;
        let flushed = tokio::task::spawn_blocking(move || audit.join());
        let _ended = tokio::time::timeout(std::time::Duration::from_secs(2), flushed).await;
        drained.map_err(|error| Failure::new(format!("the server ended badly: {error}")))?;
        Ok(announced)
    }
}

fn random() -> [u8; 16] {
    use keyward_domain::Entropy as _;
    let mut bytes = [0; 16];
    keyward_server::SystemEntropy.fill(&mut bytes);
    bytes
}
