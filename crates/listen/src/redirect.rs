//! A port that only sends browsers to https.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::accept;
use crate::options::{HalfClosed, Options, Upgrades};
use crate::stream::Stream;

/// How long a browser may take for anything.
const PATIENCE: Duration = Duration::from_secs(10);

/// Each connection is for one small answer, so that few do for many browsers.
const OPTIONS: Options = Options {
    max_connections: 1000,
    per_address: None,
    request_timeout: PATIENCE,
    drain: PATIENCE,
    max_head: 64 * 1024,
    half_closed: HalfClosed::Dropped,
    upgrades: Upgrades::Refused,
};

/// Answers every request with 308 to the same path under `public_url`, which never comes from the request, until
/// `stop` turns true; then lets requests under way finish.
pub async fn serve(public_url: String, listener: TcpListener, stop: watch::Receiver<bool>) {
    let public_url = Arc::<str>::from(public_url);
    let serve = |stream, _peer, watcher| connection(Arc::clone(&public_url), stream, watcher);
    accept::run(listener, &OPTIONS, stop, serve).await;
}

async fn connection(public_url: Arc<str>, stream: Stream, watcher: Watcher) {
    let service = service_fn(move |request| {
        let response = redirect(&public_url, &request);
        async move { Ok::<_, Infallible>(response) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(OPTIONS.request_timeout)
        .keep_alive(false);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!("connection ended: {error}");
    }
}

fn redirect(public_url: &str, request: &Request<Incoming>) -> Response<Empty<Bytes>> {
    // `*` (RFC 9112 §3.2.4) is no path: behind the host it would become a part of it.
    let path = request.uri().path_and_query().map(PathAndQuery::as_str);
    let path = path.filter(|path| path.starts_with('/')).unwrap_or("/");
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    if let Ok(location) = HeaderValue::from_str(&format!("{public_url}{path}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
