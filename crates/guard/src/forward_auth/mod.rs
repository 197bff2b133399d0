//! Answers for proxies that ask before they forward: nginx (`auth_request`), Traefik and Caddy (forward authentication)
//! and Envoy (`ext_authz`, over HTTP, and over gRPC with the feature `grpc`).
//!
//! A proxy tells of a client's request in headers of its own; whoever may ask could therefore say anything, so only the
//! addresses of `allow_from` may. Each proxy has its way to tell and its way to take an answer, a file each. What they
//! have in common: a refusal that a proxy would turn into something else, or would take for leave, is sent as 403, with
//! the true status in `X-Guard-Status`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use keyward_listen::tls::{Certificates, TlsError};
use keyward_listen::{HalfClosed, Options, PerAddress, Upgrades};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::service::Service;
pub use self::settings::{Settings, SettingsError};
use crate::guard::Guard;

mod answer;
mod asked;
mod dialect;
mod envoy;
#[cfg(feature = "grpc")]
mod grpc;
mod nginx;
mod service;
mod settings;
mod traefik;

/// How long a connection may be without a request, and a head take to arrive. Proxies keep connections for later.
const PATIENCE: Duration = Duration::from_secs(75);

/// Longest head of a request, in bytes: the client's, and what the proxy adds.
const MAX_HEAD: usize = 128 * 1024;

/// Most connections of an address that may not ask: for `/healthz` and the API's metadata.
const MOST_OF_STRANGERS: usize = 8;

/// Why it cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ForwardAuthError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The certificate.
    #[error("forward_auth.{0}")]
    Certificate(#[from] TlsError),
    /// The port.
    #[error("forward_auth.listen {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

/// Answers that are ready to be given, and no port yet.
pub struct ForwardAuth {
    settings: Settings,
    guard: Arc<ArcSwap<Guard>>,
    certificates: Option<Certificates>,
}

/// Listens and answers until `stop` turns true; then lets requests under way finish. Each request is judged by the guard
/// that is there when it comes, so that another can be put in its place.
pub async fn run(
    settings: Settings,
    guard: Arc<ArcSwap<Guard>>,
    stop: watch::Receiver<bool>,
) -> Result<(), ForwardAuthError> {
    let server = ForwardAuth::prepare(settings, guard)?;
    let listener = server.bind().await?;
    server.serve(listener, stop).await;
    Ok(())
}

impl ForwardAuth {
    /// Checks the settings and reads the certificate.
    pub fn prepare(settings: Settings, guard: Arc<ArcSwap<Guard>>) -> Result<Self, ForwardAuthError> {
        settings.check()?;
        Ok(Self {
            certificates: settings.tls.as_ref().map(Certificates::load).transpose()?,
            settings,
            guard,
        })
    }

    /// Opens the port of the settings.
    pub async fn bind(&self) -> Result<TcpListener, ForwardAuthError> {
        let address = self.settings.listen;
        keyward_listen::bind(address)
            .await
            .map_err(|error| ForwardAuthError::Listen { address, error })
    }

    /// Answers until `stop` turns true, then lets requests under way finish.
    pub async fn serve(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let Self {
            settings,
            guard,
            certificates,
        } = self;
        let options = options(&settings);
        let mut beside = JoinSet::new();
        if let (Some(certificates), Some(tls)) = (certificates.clone(), settings.tls.clone()) {
            beside.spawn(certificates.follow(tls));
        }
        let service = Arc::new(Service::new(settings, guard));
        let answer = move |request, peer| Arc::clone(&service).answer(request, peer);
        keyward_listen::serve(listener, options, certificates, stop, answer).await;
        beside.shutdown().await;
    }
}

fn options(settings: &Settings) -> Options {
    Options {
        max_connections: settings.max_connections,
        per_address: Some(PerAddress {
            most: MOST_OF_STRANGERS,
            except: settings.allow_from.clone(),
        }),
        request_timeout: PATIENCE,
        drain: settings.drain.0,
        max_head: MAX_HEAD,
        half_closed: HalfClosed::Dropped,
        upgrades: Upgrades::Refused,
    }
}
