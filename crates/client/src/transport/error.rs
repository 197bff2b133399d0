//! What can keep an answer from coming.

use std::error::Error;
use std::io;
use std::sync::Arc;

use hyper_util::client::legacy;
use thiserror::Error;

use super::UrlError;

/// Why there is no answer. Never shows what was sent or what came.
#[derive(Debug, Clone, Error)]
pub enum TransportError {
    /// The URL is not one to ask.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// No connection: no such name, nobody listens, or its certificate is not trusted.
    #[error("cannot connect: {}", connection(&**.0))]
    Connect(#[source] Arc<dyn Error + Send + Sync>),
    /// The exchange took longer than it may.
    #[error("no whole answer in time")]
    Timeout,
    /// The body is longer than it may be.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The most bytes of a body.
        limit: usize,
    },
    /// The connection ended before the answer did, or it was no HTTP.
    #[error("the exchange broke off: {}", deepest(&**.0))]
    Broken(#[source] Arc<dyn Error + Send + Sync>),
}

impl TransportError {
    /// A stable word for metrics and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url(_) => "url",
            Self::Connect(_) => "connect",
            Self::Timeout => "timeout",
            Self::TooLarge { .. } => "too_large",
            Self::Broken(_) => "broken",
        }
    }

    pub(super) fn of_request(error: legacy::Error) -> Self {
        if error.is_connect() {
            Self::Connect(Arc::new(error))
        } else {
            Self::Broken(Arc::new(error))
        }
    }
}

/// Why there is no connection. Whoever answers a handshake with anything else than TLS speaks HTTP, as a rule.
fn connection(error: &(dyn Error + 'static)) -> String {
    if is_no_tls(error) {
        "what answers there speaks no TLS: http, not https?".into()
    } else {
        deepest(error).to_string()
    }
}

/// Whether the other end answered a handshake with what is no record of TLS (RFC 8446 §5.1).
fn is_no_tls(mut error: &(dyn Error + 'static)) -> bool {
    loop {
        if let Some(rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)) = error.downcast_ref() {
            return true;
        }
        // What stands in one of these is not its source.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match held
            .map(|held| held as &(dyn Error + 'static))
            .or_else(|| error.source())
        {
            Some(next) => error = next,
            None => return false,
        }
    }
}

/// The innermost cause, which says what happened; the layers above say where.
fn deepest<'e>(mut error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}
