//! Which servers are believed.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use thiserror::Error;

/// Why TLS could not be set up.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The text holds something that is no certificate in PEM.
    #[error("the certificates are not PEM")]
    Pem,
    /// There is PEM text, and no certificate in it.
    #[error("there is no certificate in the PEM text")]
    Empty,
    /// A certificate cannot be that of an authority.
    #[error("a certificate is unusable: {0}")]
    Certificate(#[source] rustls::Error),
    /// The TLS library refused its own defaults.
    #[error("the TLS library failed: {0}")]
    Library(#[source] rustls::Error),
}

/// Mozilla's authorities and those of `roots_pem`; TLS 1.2 and 1.3.
pub(super) fn config(roots_pem: &[u8]) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let known = roots.len();
    for certificate in CertificateDer::pem_slice_iter(roots_pem) {
        let certificate = certificate.map_err(|_| TlsError::Pem)?;
        roots.add(certificate).map_err(TlsError::Certificate)?;
    }
    if !roots_pem.trim_ascii().is_empty() && roots.len() == known {
        return Err(TlsError::Empty);
    }
    Ok(
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Library)?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}
