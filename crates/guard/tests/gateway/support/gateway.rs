//! A gateway over a real socket, with a configuration file of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use keyward_guard::gateway::{Configuration, Figures, Gateway};
use keyward_guard::{Guard, Settings};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::tokens::{AUDIENCE, ISSUER, keys};
use super::{STUCK, Upstream};

/// A gateway that stops when dropped.
pub(crate) struct TestGateway {
    pub(crate) address: SocketAddr,
    pub(crate) figures: Arc<Figures>,
    file: PathBuf,
    _folder: TempDir,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
}

impl TestGateway {
    /// In front of an upstream: `/orders` needs a token with `orders:read`, everything else is public.
    pub(crate) async fn before(upstream: &Upstream) -> Self {
        Self::start(&routes(&upstream.url(), "")).await
    }

    /// The same with keys of `[gateway]`, or tables behind it.
    pub(crate) async fn with(upstream: &Upstream, gateway: &str) -> Self {
        Self::start(&routes(&upstream.url(), gateway)).await
    }

    /// By a whole configuration.
    pub(crate) async fn start(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guard.toml");
        std::fs::write(&file, text).unwrap();
        let path = file.clone();
        let load = move |before| {
            let loaded = load(&path, before);
            async move {
                let loaded = loaded?;
                let _ready = loaded.guard.start().await;
                Ok(loaded)
            }
        };
        let gateway = Gateway::prepare(load).await.unwrap();
        let figures = gateway.figures();
        let listener = gateway.bind().await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let ended = tokio::spawn(gateway.serve(listener, stopped));
        Self {
            address,
            figures,
            file,
            _folder: folder,
            stop,
            ended,
        }
    }

    /// Writes another configuration into the file.
    pub(crate) fn rewrite(&self, text: &str) {
        std::fs::write(&self.file, text).unwrap();
    }

    pub(crate) fn figure(&self, name: &str) -> u64 {
        let counts = self.figures.counts();
        counts.iter().find(|(known, _)| *known == name).expect("a figure").1
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stop(self) -> Duration {
        let began = std::time::Instant::now();
        self.stop.send_replace(true);
        tokio::time::timeout(STUCK, self.ended).await.unwrap().unwrap();
        began.elapsed()
    }

    /// Tells it to stop.
    pub(crate) fn begin_to_stop(&self) {
        self.stop.send_replace(true);
    }
}

/// A configuration with the routes of the tests.
pub(crate) fn routes(upstream: &str, gateway: &str) -> String {
    format!(
        r#"
        [gateway]
        listen = "127.0.0.1:0"
        {gateway}
        [[issuer]]
        id = "main"
        url = "{ISSUER}"
        [policy.read]
        audience = ["{AUDIENCE}"]
        scopes.all = ["orders:read"]
        [[route]]
        path = "/orders"
        policy = "read"
        upstream = "{upstream}"
        [[route]]
        path = "/{{*rest}}"
        public = true
        upstream = "{upstream}"
        "#
    )
}

fn load(path: &Path, before: Option<Arc<Guard>>) -> Result<Configuration, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let settings = Settings::from_toml(&text).map_err(|error| error.to_string())?;
    let mut builder = Guard::builder(settings.clone());
    for issuer in settings.issuers.iter().filter(|issuer| issuer.url == ISSUER) {
        builder = builder.keys(issuer.id.clone(), keys());
    }
    if let Some(before) = before {
        builder = builder.replacing(before);
    }
    Ok(Configuration {
        settings,
        guard: Arc::new(builder.build().map_err(|error| error.to_string())?),
        files: vec![path.to_owned()],
    })
}

/// A certificate for `localhost` in files, and a connector that trusts it.
pub(crate) struct Certificate {
    folder: TempDir,
    roots: RootCertStore,
}

impl Certificate {
    pub(crate) fn new() -> Self {
        let mut certificate = Self {
            folder: tempfile::tempdir().unwrap(),
            roots: RootCertStore::empty(),
        };
        certificate.renew();
        certificate
    }

    /// Another one in the same files.
    pub(crate) fn renew(&mut self) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(self.cert(), cert.pem()).unwrap();
        std::fs::write(self.key(), signing_key.serialize_pem()).unwrap();
        self.roots = RootCertStore::empty();
        self.roots.add(cert.der().clone()).unwrap();
    }

    pub(crate) fn cert(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// The `tls` table.
    pub(crate) fn table(&self) -> String {
        format!(
            "tls = {{ cert = '{}', key = '{}' }}",
            self.cert().display(),
            self.key().display()
        )
    }

    /// A connector that offers these protocols.
    pub(crate) fn connector(&self, protocols: &[&str]) -> TlsConnector {
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config).into()
    }
}
