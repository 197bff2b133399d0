//! Speaking HTTP on one connection.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Buf;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use crate::Peer;
use crate::options::{HalfClosed, Options, Upgrades};
use crate::stream::Stream;

/// Least that hyper reads at a time.
const LEAST_HEAD: usize = 8192;

/// Speaks TLS and HTTP as the options have it.
#[derive(Clone)]
pub(crate) struct Speaker {
    builder: auto::Builder<TokioExecutor>,
    request_timeout: Duration,
    upgrades: Upgrades,
}

impl Speaker {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            builder: builder(options),
            request_timeout: options.request_timeout,
            upgrades: options.upgrades,
        }
    }

    /// Serves a connection until it ends, or until it is upgraded.
    pub(crate) async fn speak<S, F, B>(
        self,
        stream: Stream,
        address: IpAddr,
        tls: Option<TlsAcceptor>,
        service: S,
        watcher: Watcher,
    ) where
        S: Fn(Request<Incoming>, Peer) -> F + Send + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data: Buf + Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let peer = |tls| Peer { address, tls };
        let Some(acceptor) = tls else {
            return self.http(stream, peer(false), service, watcher).await;
        };
        match tokio::time::timeout(self.request_timeout, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => self.http(stream, peer(true), service, watcher).await,
            Ok(Err(error)) => tracing::debug!("TLS handshake failed: {error}"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        }
    }

    async fn http<S, F, B>(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: Peer,
        service: S,
        watcher: Watcher,
    ) where
        S: Fn(Request<Incoming>, Peer) -> F + Send + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data: Buf + Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let asked = Arc::new(AtomicBool::new(false));
        let first = Arc::clone(&asked);
        let service = service_fn(move |request| {
            first.store(true, Ordering::Relaxed);
            let answer = service(request, peer);
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let io = TokioIo::new(stream);
        match self.upgrades {
            Upgrades::Refused => {
                let connection = watcher.watch(self.builder.serve_connection(io, service).into_owned());
                until_end(connection, &asked, self.request_timeout).await;
            }
            Upgrades::Served => {
                let connection = self.builder.serve_connection_with_upgrades(io, service).into_owned();
                until_end(watcher.watch(connection), &asked, self.request_timeout).await;
            }
        }
    }
}

/// hyper's own limit begins with the head of a request; the bytes by which it tells HTTP/1 from HTTP/2 come before
/// that, and whoever withholds them would hold the connection for ever.
async fn until_end<E: std::fmt::Display>(
    connection: impl Future<Output = Result<(), E>>,
    asked: &AtomicBool,
    limit: Duration,
) {
    let mut connection = pin!(connection);
    let ended = match tokio::time::timeout(limit, connection.as_mut()).await {
        Ok(ended) => ended,
        Err(_) if asked.load(Ordering::Relaxed) => connection.await,
        Err(_) => return tracing::debug!("no request came within {} s", limit.as_secs()),
    };
    if let Err(error) = ended {
        tracing::debug!("connection ended: {error}");
    }
}

fn builder(options: &Options) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(options.request_timeout)
        .max_buf_size(options.max_head.max(LEAST_HEAD))
        // No `max_headers`: hyper takes 100 by itself, and takes them faster when it is not told.
        // No `pipeline_flush`: with it hyper keeps back the 400 or 431 to a head that it could not read.
        .half_close(options.half_closed == HalfClosed::Answered);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(options.max_head).unwrap_or(u32::MAX))
        .max_concurrent_streams(100)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}
