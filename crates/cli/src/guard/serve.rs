//! Runs the shells that a configuration asks for, until the process is told to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use keyward_guard::forward_auth::{ForwardAuth, ForwardAuthError};
use keyward_guard::gateway::{Gateway, GatewayError, Load};
use keyward_observe::guard::GuardMetrics;
use keyward_server::listen;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::file::{GuardFile, Process};
use super::follow;
use super::hangup::Mark;
use super::loader::Loader;
use super::management::{self, Management};
use super::record::Recorder;
use super::trail::Trail;
use crate::clock::Started;
use crate::failure::Failure;
use crate::signals::{self, Signals};

pub(super) async fn run(path: &Path, started: Started) -> Result<(), Failure> {
    let file = GuardFile::read(path)?;
    if file.settings.gateway.is_none() && file.settings.forward_auth.is_none() {
        return Err(file.wrong("there is nothing to run: neither [gateway] nor [forward_auth] is there"));
    }
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
    let management_address = management.as_ref().and_then(|listener| listener.local_addr().ok());
    if let Some(listener) = management {
        let router = management::router(Management {
            loader,
            metrics,
            figures: shells.gateway.as_ref().map(|(gateway, _)| gateway.figures()),
        });
        side.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("the management port ended: {error}");
            }
        });
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
    tracing::info!(
        gateway = gateway.map(tracing::field::display),
        forward_auth = forward_auth.map(tracing::field::display),
        management = management_address.map(tracing::field::display),
        ready_ms = started.millis(),
        "ready"
    );
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

/// What is run, with its ports.
struct Shells<L> {
    gateway: Option<(Gateway<L>, TcpListener)>,
    forward_auth: Option<(ForwardAuth, TcpListener)>,
    follow: Option<(Arc<Loader>, Vec<std::path::PathBuf>)>,
}

impl<L: Load> Shells<L> {
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
}

impl Shells<()> {
    /// Reads the configuration, as the gateway will again, and opens the ports.
    async fn prepare(file: &GuardFile, loader: &Arc<Loader>) -> Result<Shells<impl Load + use<>>, Failure> {
        let mut follow = None;
        let gateway = if file.settings.gateway.is_some() {
            let failed = |error| gateway_failure(file, error);
            let gateway = Gateway::prepare(load(loader)).await.map_err(failed)?;
            let listener = gateway.bind().await.map_err(failed)?;
            Some((gateway, listener))
        } else {
            follow = Some((Arc::clone(loader), loader.load().await?.files));
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
        Ok(Shells {
            gateway,
            forward_auth,
            follow,
        })
    }
}

/// The loader as the gateway asks it.
fn load(loader: &Arc<Loader>) -> impl Load + use<> {
    let loader = Arc::clone(loader);
    move |_before| {
        let loader = Arc::clone(&loader);
        async move { loader.load().await.map_err(|failure| failure.to_string()) }
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
