//! The gateway: a reverse proxy that lets a request through when the guard does.
//!
//! HTTP/1.1, HTTP/2 and WebSocket on the client's side; HTTP/1.1, or HTTP/2 where a route says so, on the other. Bodies
//! go through as they come, both ways. What was judged is what is forwarded: the same method and the same bytes of path
//! and query, without what concerned the client's connection only, and without what only the guard may say.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use keyward_listen::tls::{Certificates, TlsError as CertificateError};
use keyward_listen::{HalfClosed, Options, PerAddress, Upgrades};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use self::figures::Figures;
use self::reload::Files;
use self::serving::Serving;
pub use self::serving::{Configuration, ConfigurationError};
pub use self::settings::{HostHeader, Settings, SettingsError, UpstreamSettings};
use self::state::State;
pub use self::upstream::origin::OriginError;
pub use self::upstream::tls::TlsError;
use crate::guard::Guard;

mod body;
mod exchange;
mod figures;
mod forward;
mod patience;
mod progress;
mod reload;
mod respond;
mod serving;
mod settings;
mod stalled;
mod state;
mod upgrade;
mod upstream;

/// Reads the configuration: at the start, and again whenever a file of it changes.
pub trait Load: Send + Sync + 'static {
    /// Reads it and makes a guard of it, in place of `before` (see [`crate::Builder::replacing`]). Whether it waits for
    /// the issuers' keys is its affair: where `before` has keys, another guard takes its place when it has its own. The
    /// error is for the operator's log.
    fn load(&self, before: Option<Arc<Guard>>) -> impl Future<Output = Result<Configuration, String>> + Send;

    /// Is told that `guard` judges from now on: the one that was loaded last.
    fn took(&self, _guard: &Arc<Guard>) {}
}

impl<F, O> Load for F
where
    F: Fn(Option<Arc<Guard>>) -> O + Send + Sync + 'static,
    O: Future<Output = Result<Configuration, String>> + Send,
{
    fn load(&self, before: Option<Arc<Guard>>) -> impl Future<Output = Result<Configuration, String>> + Send {
        self(before)
    }
}

/// Why a gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The configuration cannot be read.
    #[error("{0}")]
    Load(String),
    /// It cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The certificate.
    #[error("gateway.{0}")]
    Certificate(#[from] CertificateError),
    /// The port.
    #[error("gateway.listen {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

/// A gateway that has read everything it needs, and accepts nothing yet.
pub struct Gateway<L> {
    load: L,
    files: Files,
    serving: Serving,
    certificates: Option<Certificates>,
    figures: Arc<Figures>,
}

/// Reads the configuration, listens, and serves until `stop` turns true; then lets requests under way finish.
pub async fn run(load: impl Load, stop: watch::Receiver<bool>) -> Result<(), GatewayError> {
    let gateway = Gateway::prepare(load).await?;
    let listener = gateway.bind().await?;
    gateway.serve(listener, stop).await;
    Ok(())
}

impl<L: Load> Gateway<L> {
    /// Reads and checks the configuration.
    pub async fn prepare(load: L) -> Result<Self, GatewayError> {
        let configuration = load.load(None).await.map_err(GatewayError::Load)?;
        let files = Files::new(configuration.files.clone());
        let serving = Serving::new(configuration)?;
        load.took(&serving.guard);
        let tls = serving.settings.tls.as_ref();
        Ok(Self {
            certificates: tls.map(Certificates::load).transpose()?,
            figures: Arc::default(),
            load,
            files,
            serving,
        })
    }

    /// What it counts.
    pub fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.figures)
    }

    /// Opens the port of the configuration.
    pub async fn bind(&self) -> Result<TcpListener, GatewayError> {
        let address = self.serving.settings.listen;
        keyward_listen::bind(address)
            .await
            .map_err(|error| GatewayError::Listen { address, error })
    }

    /// Serves until `stop` turns true, then lets requests under way finish.
    pub async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let Self {
            load,
            files,
            serving,
            certificates,
            figures,
        } = self;
        let settings = serving.settings.clone();
        let options = options(&settings, serving.trusted_proxies());
        let (state, mut tunnels) = State::new(serving, figures, stop.clone());
        let mut beside = JoinSet::new();
        beside.spawn(reload::follow(Arc::clone(&state), files, load));
        if let (Some(certificates), Some(tls)) = (certificates.clone(), settings.tls.clone()) {
            beside.spawn(certificates.follow(tls));
        }
        let service = move |request, peer| exchange::answer(Arc::clone(&state), request, peer);
        keyward_listen::serve(listener, options, certificates, stop, service).await;
        beside.shutdown().await;
        // Tunnels were told when everything else was.
        let _ended = timeout(settings.drain.0, tunnels.recv()).await;
    }
}

fn options(settings: &Settings, trusted_proxies: &[ipnet::IpNet]) -> Options {
    Options {
        max_connections: settings.max_connections,
        per_address: Some(PerAddress {
            most: settings.max_connections_per_address,
            except: trusted_proxies.to_vec(),
        }),
        request_timeout: settings.header_timeout.0,
        drain: settings.drain.0,
        max_head: settings.max_head_bytes,
        half_closed: HalfClosed::Dropped,
        upgrades: Upgrades::Served,
    }
}
