//! A port that only sends browsers to https.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::LOCATION;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Answers every request with 308 to the same path under `public_url`, which never comes from the request.
pub async fn serve(public_url: String, listener: TcpListener, mut stop: watch::Receiver<bool>) {
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted { Ok((stream, _)) => stream, Err(_) => continue },
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let public_url = public_url.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let response = redirect(&public_url, &request);
                async move { Ok::<_, Infallible>(response) }
            });
            let mut builder = hyper::server::conn::http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                .header_read_timeout(Duration::from_secs(10))
                .keep_alive(false);
            let _ended = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn redirect(public_url: &str, request: &Request<Incoming>) -> Response<Body> {
    // `*` (RFC 9112 §3.2.4) is no path: behind the host it would become a part of it.
    let path = request.uri().path_and_query().map(PathAndQuery::as_str);
    let path = path.filter(|path| path.starts_with('/')).unwrap_or("/");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    if let Ok(location) = HeaderValue::from_str(&format!("{public_url}{path}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
