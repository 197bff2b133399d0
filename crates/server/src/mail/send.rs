//! Delivering a mail.

use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::sync::Semaphore;

use super::server::Security;
use super::{Letter, MailError, MailServer};

/// Mails that are on their way at the same time; more are refused rather than kept waiting.
const AT_ONCE: usize = 16;

/// How long a mail server may take.
const PATIENCE: Duration = Duration::from_secs(10);

static ON_THEIR_WAY: Semaphore = Semaphore::const_new(AT_ONCE);

/// Hands a letter to the mail server of its realm.
pub(crate) async fn send(server: &MailServer, letter: &Letter, request_id: &str) -> Result<(), MailError> {
    let _place = ON_THEIR_WAY.try_acquire().map_err(|_| MailError::Busy)?;
    let message = letter.message(server)?;
    let transport = transport(server)?;
    match tokio::time::timeout(PATIENCE, transport.send(message)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            // Of what the server answered only the code: its words may hold an address or worse.
            let code = error.status().map(|code| code.to_string());
            let kind = kind(&error);
            tracing::warn!(
                request_id,
                host = server.host,
                port = server.port,
                code,
                kind,
                "a mail was not sent"
            );
            Err(MailError::Failed)
        }
        Err(_) => {
            tracing::warn!(
                request_id,
                host = server.host,
                port = server.port,
                "the mail server took too long"
            );
            Err(MailError::Failed)
        }
    }
}

fn transport(server: &MailServer) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let tls = || {
        TlsParameters::builder(server.host.clone())
            .certificate_store(CertificateStore::WebpkiRoots)
            .build_rustls()
            .map_err(|_| MailError::Setting("host"))
    };
    let tls = match server.security {
        Security::Plain => Tls::None,
        Security::StartTls => Tls::Required(tls()?),
        Security::Tls => Tls::Wrapper(tls()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
        .port(server.port)
        .tls(tls)
        .timeout(Some(PATIENCE));
    if let Some((user, password)) = &server.login {
        builder = builder
            .credentials(Credentials::new(user.clone(), password.expose().to_owned()))
            .authentication(vec![Mechanism::Plain, Mechanism::Login]);
    }
    Ok(builder.build())
}

/// What went wrong, in words of ours.
fn kind(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_tls() {
        "tls"
    } else if error.is_timeout() {
        "timeout"
    } else if error.is_permanent() {
        "refused"
    } else if error.is_transient() {
        "refused for now"
    } else if error.is_response() {
        "not understood"
    } else if error.is_client() {
        "not offered by the server"
    } else {
        "no connection"
    }
}
