//! Runs the shells that a configuration asks for, until the process is told to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use keyward_guard::Guard;
use keyward_guard::forward_auth::{ForwardAuth, ForwardAuthError};
use keyward_guard::gateway::{Configuration, Gateway, GatewayError, Load};
use keyward_observe::guard::GuardMetrics;
use keyward_server::listen;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::arrival;
use super::file::{GuardFile, Process};
use super::follow;
use super::hangup::Mark;
use super::loader::Loader;
use super::management::{self, Management};
use super::record::Recorder;
use super::trail::Trail;
use crate::clock::Started;
use crate::failure::Failure;
use crate::port;
use crate::signals::{self, Signals};

pub(super) async fn run(path: &Path, started: Started) -> Result<(), Failure> {
    let file = GuardFile::read(path)?;
    file.runs().map_err(|why| file.wrong(&format!("there is {why}")))?;
    let Process { log, audit, management } = file.process.clone();
    log.init()?;
    let metrics = Arc::new(GuardMetrics::new(env!("CARGO_PKG_VERSION")));
    let trail = Trail::start(&audit, &metrics)?;
    let recorder = Recorder {
        metrics: Arc::clone(&metrics),
        queue: trail.as_ref().map(Trail::queue),
    };
    let mark = Arc::new(Mark::new());
    let loader = Arc::new(Loader::new(path, Arc::new(recorder), Arc::clone(&mark)));
    let management = match management.listen {
        None => None,
        Some(address) => Some(bind(address, "management.listen").await?),
    };
    let shells = Shells::prepare(&file, &loader).await?;
    let mut side = JoinSet::new();
    let current = loader.current().cloned();
    let management_address = management.as_ref().and_then(|listener| listener.local_addr().ok());
    if let Some(listener) = management {
        let router = management::router(Management {
            loader,
            metrics,
            figures: shells.gateway.as_ref().map(|(gateway, _)| gateway.figures()),
        });
        side.spawn(port::serve(router, listener, management::MOST_CONNECTIONS));
    }
    let signals = Signals::listen()?;
    let mut hangup = signals::hangup()?;
    side.spawn(async move {
        while hangup.recv().await.is_some() {
            mark.change();
        }
    });
    let [gateway, forward_auth] = shells.addresses();
    let (stop, stopped) = watch::channel(false);
    let mut shells = shells.serve(&stopped);
    announce([gateway, forward_auth, management_address], current.as_deref(), started);
    if let Some(current) = current {
        side.spawn(arrival::watch(current));
    }
    signals.first().await;
    tracing::info!("stopping: requests under way may finish");
    stop.send_replace(true);
    let mut drained = Ok(());
    while let Some(ended) = shells.join_next().await {
        drained = drained.and(ended);
    }
    drop(side);
    if let Some(trail) = trail {
        trail.end().await;
    }
    drained.map_err(|error| Failure::new(format!("the guard ended badly: {error}")))
}

/// Says where it listens; without the keys that it needs it is not ready.
fn announce(addresses: [Option<SocketAddr>; 3], current: Option<&ArcSwap<Guard>>, started: Started) {
    let [gateway, forward_auth, management] = addresses.map(|address| address.map(tracing::field::display));
    match current.map_or(Ok(()), |current| current.load().ready()) {
        Ok(()) => tracing::info!(gateway, forward_auth, management, ready_ms = started.millis(), "ready"),
        Err(missing) => {
            tracing::warn!(gateway, forward_auth, management, %missing, "listening and not ready");
        }
    }
}

/// What is run, with its ports.
struct Shells {
    gateway: Option<(Gateway<ForGateway>, TcpListener)>,
    forward_auth: Option<(ForwardAuth, TcpListener)>,
    follow: Option<(Arc<Loader>, Vec<std::path::PathBuf>)>,
}

impl Shells {
    fn addresses(&self) -> [Option<SocketAddr>; 2] {
        let gateway = self.gateway.as_ref().map(|(_, listener)| listener);
        let forward_auth = self.forward_auth.as_ref().map(|(_, listener)| listener);
        [gateway, forward_auth].map(|listener| listener.and_then(|listener| listener.local_addr().ok()))
    }

    fn serve(self, stopped: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut shells = JoinSet::new();
        if let Some((gateway, listener)) = self.gateway {
            shells.spawn(gateway.serve(listener, stopped.clone()));
        }
        if let Some((forward_auth, listener)) = self.forward_auth {
            shells.spawn(forward_auth.serve(listener, stopped.clone()));
        }
        if let Some((loader, files)) = self.follow {
            let mut stopped = stopped.clone();
            shells.spawn(async move {
                tokio::select! {
                    () = follow::follow(loader, files) => {}
                    _ = stopped.wait_for(|stopped| *stopped) => {}
                }
            });
        }
        shells
    }

    /// Reads the configuration, as the gateway will again, and opens the ports.
    async fn prepare(file: &GuardFile, loader: &Arc<Loader>) -> Result<Self, Failure> {
        let mut follow = None;
        let gateway = if file.settings.gateway.is_some() {
            let failed = |error| gateway_failure(file, error);
            let gateway = Gateway::prepare(ForGateway(Arc::clone(loader))).await.map_err(failed)?;
            let listener = gateway.bind().await.map_err(failed)?;
            Some((gateway, listener))
        } else {
            let Configuration { guard, files, .. } = loader.load().await?;
            loader.take(&guard);
            follow = Some((Arc::clone(loader), files));
            None
        };
        let forward_auth = match (&file.settings.forward_auth, loader.current()) {
            (Some(settings), Some(guard)) => {
                let failed = |error| forward_auth_failure(file, error);
                let server = ForwardAuth::prepare(settings.clone(), Arc::clone(guard)).map_err(failed)?;
                let listener = server.bind().await.map_err(failed)?;
                Some((server, listener))
            }
            _ => None,
        };
        Ok(Self {
            gateway,
            forward_auth,
            follow,
        })
    }
}

/// The loader as the gateway asks it.
struct ForGateway(Arc<Loader>);

impl Load for ForGateway {
    async fn load(&self, _before: Option<Arc<Guard>>) -> Result<Configuration, String> {
        self.0.load().await.map_err(|failure| failure.to_string())
    }

    fn took(&self, guard: &Arc<Guard>) {
        self.0.take(guard);
    }
}

fn gateway_failure(file: &GuardFile, error: GatewayError) -> Failure {
    match error {
        GatewayError::Load(line) => Failure::new(line),
        GatewayError::Listen { address, error } => Failure::listen(address, "gateway.listen", &error),
        error => file.wrong(&error.to_string()),
    }
}

fn forward_auth_failure(file: &GuardFile, error: ForwardAuthError) -> Failure {
    match error {
        ForwardAuthError::Listen { address, error } => Failure::listen(address, "forward_auth.listen", &error),
        error => file.wrong(&error.to_string()),
    }
}

async fn bind(address: SocketAddr, key: &str) -> Result<TcpListener, Failure> {
    listen::bind(address)
        .await
        .map_err(|error| Failure::listen(address, key, &error))
}
