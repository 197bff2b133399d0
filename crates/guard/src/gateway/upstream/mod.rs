//! A server behind the gateway: connections to it, and whether it answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hyper::body::Incoming;
use hyper::{Method, Request, Response};

use self::connect::ConnectError;
use self::http1::{Lease, Pool, Unanswered};
use self::http2::Shared;
use self::origin::{Origin, Protocol};
use self::tls::ClientTls;
use super::body::RequestBody;
use super::settings::UpstreamSettings;

mod connect;
pub(crate) mod http1;
mod http2;
pub(crate) mod origin;
pub(crate) mod tls;

/// A server behind the gateway.
pub(crate) struct Upstream {
    pub(crate) origin: Origin,
    settings: UpstreamSettings,
    tls: ClientTls,
    connections: Connections,
    /// Whether the last request found no connection, so that the log says once that it is down and once that it is up.
    is_down: AtomicBool,
}

enum Connections {
    Http1(Arc<Pool>),
    Http2(Shared),
}

/// Why an upstream gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    /// No connection.
    #[error("cannot connect: {0}")]
    Connect(#[from] ConnectError),
    /// The connection ended before the answer began, or what came was no HTTP.
    #[error("no answer: {0}")]
    Broken(#[from] hyper::Error),
}

impl UpstreamError {
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self, Self::Connect(ConnectError::Slow(_)))
    }
}

impl Upstream {
    pub(crate) fn new(origin: Origin, settings: &UpstreamSettings, tls: ClientTls) -> Self {
        let connections = match origin.protocol {
            Protocol::Http1 => Connections::Http1(Pool::new(settings.idle_timeout.0, settings.max_idle)),
            Protocol::Http2 => Connections::Http2(Shared::default()),
        };
        Self {
            origin,
            settings: settings.clone(),
            tls,
            connections,
            is_down: AtomicBool::new(false),
        }
    }

    pub(crate) fn settings(&self) -> &UpstreamSettings {
        &self.settings
    }

    /// Sends a request and waits for the head of its answer. With HTTP/1.1 the connection comes with it.
    ///
    /// A connection that waited may end just when a request is sent on it. Nothing of the request has gone then, or it
    /// is one that may be sent twice (RFC 9110 §9.2.2), and it is sent once more.
    pub(crate) async fn send(
        &self,
        request: Request<RequestBody>,
    ) -> Result<(Response<Incoming>, Option<Lease>), UpstreamError> {
        let answer = match &self.connections {
            Connections::Http1(pool) => self.over_http1(pool, request).await,
            Connections::Http2(shared) => self.over_http2(shared, request).await.map(|response| (response, None)),
        };
        self.note(answer.as_ref().err());
        answer
    }

    /// Closes connections that have waited for too long.
    pub(crate) fn sweep(&self) {
        if let Connections::Http1(pool) = &self.connections {
            pool.sweep();
        }
    }

    async fn over_http1(
        &self,
        pool: &Arc<Pool>,
        mut request: Request<RequestBody>,
    ) -> Result<(Response<Incoming>, Option<Lease>), UpstreamError> {
        while let Some(mut lease) = pool.take() {
            let copy = copy_if_repeatable(&request);
            let Unanswered { error, unsent } = match lease.send(request).await {
                Ok(response) => return Ok((response, Some(lease))),
                Err(unanswered) => unanswered,
            };
            let repeatable = copy.filter(|_| error.is_incomplete_message() || error.is_closed() || is_reset(&error));
            request = unsent.or(repeatable).ok_or(error)?;
        }
        // Boxed, like all that is rare: every request carries room for what is not.
        let mut lease = Box::pin(self.http1(pool)).await?;
        match lease.send(request).await {
            Ok(response) => Ok((response, Some(lease))),
            Err(unanswered) => Err(unanswered.error.into()),
        }
    }

    async fn over_http2(
        &self,
        shared: &Shared,
        mut request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, UpstreamError> {
        if let Some(mut sender) = shared.current() {
            let copy = copy_if_repeatable(&request);
            let Unanswered { error, unsent } = match http2::send(&mut sender, request).await {
                Ok(response) => return Ok(response),
                Err(unanswered) => unanswered,
            };
            let repeatable = copy.filter(|_| sender.is_closed());
            request = unsent.or(repeatable).ok_or(error)?;
        }
        let mut sender = Box::pin(self.http2(shared)).await?;
        http2::send(&mut sender, request)
            .await
            .map_err(|unanswered| unanswered.error.into())
    }

    async fn http1(&self, pool: &Arc<Pool>) -> Result<Lease, UpstreamError> {
        let socket = connect::connect(&self.origin, &self.tls, self.settings.connect_timeout.0).await?;
        Ok(pool.open(socket).await?)
    }

    async fn http2(
        &self,
        shared: &Shared,
    ) -> Result<hyper::client::conn::http2::SendRequest<RequestBody>, UpstreamError> {
        let _making = shared.making.lock().await;
        // Somebody else may have made one in the meantime.
        if let Some(sender) = shared.current() {
            return Ok(sender);
        }
        let socket = connect::connect(&self.origin, &self.tls, self.settings.connect_timeout.0).await?;
        Ok(shared.open(socket).await?)
    }

    /// Says once that it went down, and once that it came back.
    fn note(&self, error: Option<&UpstreamError>) {
        match error {
            Some(UpstreamError::Connect(error)) => {
                if !self.is_down.swap(true, Ordering::Relaxed) {
                    tracing::warn!("upstream {} cannot be reached: {error}", self.origin);
                }
            }
            Some(UpstreamError::Broken(error)) => tracing::debug!("upstream {} gave no answer: {error}", self.origin),
            None => {
                if self.is_down.load(Ordering::Relaxed) && self.is_down.swap(false, Ordering::Relaxed) {
                    tracing::info!("upstream {} answers again", self.origin);
                }
            }
        }
    }
}

/// A copy of a request without a body whose method promises that twice is as good as once. RFC 9110 §9.2.2
fn copy_if_repeatable(request: &Request<RequestBody>) -> Option<Request<RequestBody>> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe || !matches!(request.body(), RequestBody::Empty) {
        return None;
    }
    let mut copy = Request::new(RequestBody::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}

/// Whether the other side reset the connection, as one does that has closed it already.
fn is_reset(error: &hyper::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return matches!(
                error.kind(),
                std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe
            );
        }
        source = error.source();
    }
    false
}
