//! Certificates that are read again when their files change.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls_pki_types::pem::{self, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The `tls` table of a configuration. Both files are read again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file with the certificate and its chain.
    pub cert: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
}

/// Why certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no PEM of the kind.
    #[error("tls.{field} {path}: {why}")]
    File {
        /// `cert` or `key`.
        field: &'static str,
        /// Its path.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// Certificate and key do not fit.
    #[error("tls.cert and tls.key: {0}")]
    Pair(#[from] rustls::Error),
}

/// The current certificate.
#[derive(Clone)]
pub struct Certificates(Arc<ArcSwap<ServerConfig>>);

impl Certificates {
    /// Reads both files.
    pub fn load(tls: &Tls) -> Result<Self, TlsError> {
        Ok(Self(Arc::new(ArcSwap::from(config(tls)?))))
    }

    /// An acceptor with the current certificate.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.0.load_full())
    }

    /// Reads the files again whenever they change. A bad pair is reported and the old one stays.
    pub async fn follow(self, tls: Tls) {
        let mut seen = modified(&tls);
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            let now = modified(&tls);
            if now == seen {
                continue;
            }
            match config(&tls) {
                Ok(config) => {
                    seen = now;
                    self.0.store(config);
                    tracing::info!("certificate reloaded");
                }
                Err(error) => {
                    seen = now;
                    tracing::error!("the new certificate is not used, the old one stays: {error}");
                }
            }
        }
    }
}

fn modified(tls: &Tls) -> [Option<SystemTime>; 2] {
    [&tls.cert, &tls.key].map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
}

fn config(tls: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
    let failed = |field: &'static str, path: &Path, why: String| TlsError::File {
        field,
        path: path.display().to_string(),
        why,
    };
    let cert = |why| failed("cert", &tls.cert, why);
    let chain = CertificateDer::pem_file_iter(&tls.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| cert(why(&error)))?;
    if chain.is_empty() {
        return Err(cert("there is no certificate in it".into()));
    }
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| failed("key", &tls.key, why(&error)))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// An error of a PEM file in words for an operator.
fn why(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) if error.kind() == ErrorKind::NotFound => "it does not exist".into(),
        pem::Error::Io(error) if error.kind() == ErrorKind::PermissionDenied => "this user may not read it".into(),
        pem::Error::Io(error) => error.kind().to_string(),
        pem::Error::NoItemsFound => "there is nothing of the kind in it".into(),
        _ => "it is not PEM".into(),
    }
}
