//! Accepting connections, with or without TLS, and letting go of them at shutdown.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use self::accept::{Limits, Stream};
use crate::app::App;
use crate::http::edge;

mod accept;
pub mod redirect;
pub mod tls;

/// Longest request head in bytes; beyond it hyper answers 431.
const MAX_HEAD: usize = 64 * 1024;

/// Most header fields of a request.
const MAX_HEADERS: usize = 100;

/// Binds a port, with an error that says what to do.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves until `stop` turns true, then lets requests under way finish.
pub async fn serve(
    app: Arc<App>,
    router: Router,
    listener: TcpListener,
    tls: Option<tls::Certificates>,
    stop: watch::Receiver<bool>,
) {
    let limits = Limits {
        connections: app.settings.max_connections,
        patience: Duration::from_secs(app.settings.request_timeout_secs),
    };
    let builder = builder(&app);
    let server = Server { app, router, builder };
    let serve = |stream, peer, watcher| {
        let acceptor = tls.as_ref().map(tls::Certificates::acceptor);
        server.clone().serve(stream, peer, acceptor, watcher)
    };
    accept::run(listener, limits, stop, serve).await;
}

fn builder(app: &App) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(app.settings.request_timeout_secs))
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        // A client that has said everything and closed its side still gets its answer.
        // No `pipeline_flush`: with it hyper keeps back the 400 or 431 to a head that it could not read.
        .half_close(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .max_concurrent_streams(100)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}

#[derive(Clone)]
struct Server {
    app: Arc<App>,
    router: Router,
    builder: auto::Builder<TokioExecutor>,
}

impl Server {
    async fn serve(self, stream: Stream, peer: IpAddr, tls: Option<TlsAcceptor>, watcher: Watcher) {
        let Some(acceptor) = tls else {
            return self.connection(stream, peer, false, watcher).await;
        };
        let limit = Duration::from_secs(self.app.settings.request_timeout_secs);
        match tokio::time::timeout(limit, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => self.connection(stream, peer, true, watcher).await,
            Ok(Err(error)) => tracing::debug!("TLS handshake failed: {error}"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        }
    }

    async fn connection(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: IpAddr,
        tls: bool,
        watcher: Watcher,
    ) {
        let Self { app, router, builder } = self;
        let limit = Duration::from_secs(app.settings.request_timeout_secs);
        let asked = Arc::new(AtomicBool::new(false));
        let first = Arc::clone(&asked);
        let service = service_fn(move |request| {
            first.store(true, Ordering::Relaxed);
            edge::serve(Arc::clone(&app), router.clone(), peer, tls, request)
        });
        let connection = watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned());
        let mut connection = pin!(connection);
        // hyper's own limit begins with the head of a request; the bytes by which it tells HTTP/1 from HTTP/2 come
        // before that, and whoever withholds them would hold the connection for ever.
        let ended = match tokio::time::timeout(limit, connection.as_mut()).await {
            Ok(ended) => ended,
            Err(_) if asked.load(Ordering::Relaxed) => connection.await,
            Err(_) => return tracing::debug!("no request came within {} s", limit.as_secs()),
        };
        if let Err(error) = ended {
            tracing::debug!("connection ended: {error}");
        }
    }
}
