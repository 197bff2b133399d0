//! Which upstreams are believed to be who they say.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::origin::Protocol;

/// Why TLS to upstreams cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of authorities.
    #[error("gateway.upstream.ca {path}: {why}")]
    Ca {
        /// Its path.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The TLS library refused its own defaults.
    #[error("TLS to upstreams: {0}")]
    Library(#[from] rustls::Error),
}

/// One configuration for each protocol, as ALPN names it. RFC 7301 §3.1
#[derive(Clone)]
pub(crate) struct ClientTls {
    http1: Arc<ClientConfig>,
    http2: Arc<ClientConfig>,
}

impl ClientTls {
    /// Trusts Mozilla's authorities and those in the file.
    pub(crate) fn load(ca: Option<&Path>) -> Result<Self, TlsError> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        if let Some(path) = ca {
            add(&mut roots, path).map_err(|why| TlsError::Ca {
                path: path.display().to_string(),
                why,
            })?;
        }
        let base = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let with = |name: &[u8]| {
            let mut config = base.clone();
            config.alpn_protocols = vec![name.to_vec()];
            Arc::new(config)
        };
        Ok(Self {
            http1: with(b"http/1.1"),
            http2: with(b"h2"),
        })
    }

    pub(crate) fn of(&self, protocol: Protocol) -> Arc<ClientConfig> {
        match protocol {
            Protocol::Http1 => Arc::clone(&self.http1),
            Protocol::Http2 => Arc::clone(&self.http2),
        }
    }
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), String> {
    let pem = std::fs::read(path).map_err(|error| error.kind().to_string())?;
    let known = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| "it is not PEM".to_owned())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.len() == known {
        return Err("there is no certificate in it".into());
    }
    Ok(())
}
