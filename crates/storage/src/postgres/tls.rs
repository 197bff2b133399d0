//! TLS to PostgreSQL.
//!
//! | `sslmode` | encrypted | server verified |
//! |---|---|---|
//! | `disable` | no | no |
//! | `prefer` (default) | where the server offers it | with `sslrootcert` only |
//! | `require`, `verify-full` | always | always: chain and name |
//!
//! `require` is stricter here than in libpq, where it verifies the chain only when it has roots, and never the name:
//! what is encrypted for whoever answers keeps no secret. `prefer` is libpq's: it keeps out who listens, not who
//! stands in between. A Unix socket has no TLS and needs none.

use std::path::Path;
use std::sync::Arc;

use keyward_domain::Fault;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Error;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::anyone::Anyone;
use crate::database::OpenError;

/// What PostgreSQL calls itself in the handshake; needed for `sslnegotiation=direct`.
const ALPN: &[u8] = b"postgresql";

/// How connections are encrypted; absent when they are not. Settles the mode of the address.
pub(super) fn connector(address: &mut Address) -> Result<Option<MakeRustlsConnect>, OpenError> {
    if address.is_local() {
        address.config.ssl_mode(SslMode::Disable);
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::<CryptoProvider>::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::Crypto(format!("TLS: {error}")))?;
    let config = match (address.config.get_ssl_mode(), &address.roots) {
        (SslMode::Disable, _) => return Ok(None),
        (SslMode::Prefer, None) => config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anyone::new(provider))),
        (_, Some(path)) => config.with_root_certificates(read_roots(path)?),
        (_, None) => config.with_root_certificates(public_roots()),
    };
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(Some(MakeRustlsConnect::new(config)))
}

/// Why there is no connection, when TLS is the reason.
pub(super) fn refusal(error: &Error) -> Option<String> {
    // The driver tells its kinds of error apart by their text alone.
    if !error.to_string().contains("TLS handshake") {
        return None;
    }
    let source = std::error::Error::source(error)?;
    let cause = source
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    Some(match cause {
        Some(rustls::Error::InvalidCertificate(reason)) => {
            format!("PostgreSQL: its certificate is refused: {reason} (sslrootcert names the roots to trust)")
        }
        _ => format!("PostgreSQL: no TLS: {source}"),
    })
}

fn read_roots(path: &Path) -> Result<RootCertStore, OpenError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|_| OpenError::Tls)? {
        let certificate = certificate.map_err(|_| OpenError::Tls)?;
        roots.add(certificate).map_err(|_| OpenError::Tls)?;
    }
    if roots.is_empty() {
        return Err(OpenError::Tls);
    }
    Ok(roots)
}

fn public_roots() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_encrypted(url: &str) -> Result<bool, OpenError> {
        connector(&mut Address::parse(url)?).map(|connector| connector.is_some())
    }

    #[test]
    fn the_mode_decides() {
        for (url, encrypted) in [
            ("postgres://h/db", true),
            ("postgres://h/db?sslmode=require", true),
            ("postgres://h/db?sslmode=verify-full", true),
            ("postgres://h/db?sslmode=disable", false),
            ("postgres:///db?host=/run/postgresql&sslmode=require", false),
        ] {
            assert_eq!(is_encrypted(url).unwrap(), encrypted, "{url}");
        }
    }

    #[test]
    fn roots_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roots.pem");
        for text in [
            None,
            Some(""),
            Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        ] {
            if let Some(text) = text {
                std::fs::write(&file, text).unwrap();
            }
            for mode in ["prefer", "require"] {
                let url = format!("postgres://h/db?sslmode={mode}&sslrootcert={}", file.display());
                assert!(matches!(is_encrypted(&url), Err(OpenError::Tls)), "{text:?}");
            }
        }
    }
}
