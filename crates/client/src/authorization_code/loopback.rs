//! The port of 127.0.0.1 that the browser brings the answer to. RFC 8252 §7.3

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use super::callback::{Callback, ExpectedCallback};

/// How many connections are served at once. A browser opens two or three, some of them only in advance.
const MAX_CONNECTIONS: usize = 32;
/// How long a browser may take to send its request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a browser may take to receive the last page.
const FAREWELL: Duration = Duration::from_secs(1);

/// A port that is open.
pub(super) struct Loopback {
    listener: TcpListener,
    address: SocketAddr,
    path: String,
}

/// The browser that brought the answer and waits for a page.
pub(super) struct Browser {
    waiting: Waiting,
    /// Dropped, they end.
    _connections: JoinSet<()>,
}

struct Waiting {
    page: oneshot::Sender<Outcome>,
    /// Ends with the connection.
    written: watch::Receiver<()>,
}

/// What the last page says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    SignedIn,
    Failed,
}

/// An answer and where its page goes.
type Arrival = (Callback, Waiting);

struct Desk {
    path: String,
    host: String,
    expected: ExpectedCallback,
    arrivals: mpsc::Sender<Arrival>,
}

impl Loopback {
    /// Opens a free port; `path` begins with a slash.
    pub(super) async fn bind(path: &str) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            path: path.to_owned(),
        })
    }

    pub(super) fn redirect_uri(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    /// Waits until a browser brings an answer to our question, whatever else comes before it; then the port is closed.
    pub(super) async fn wait(self, expected: ExpectedCallback) -> (Callback, Browser) {
        let (arrivals, mut arrived) = mpsc::channel(1);
        let desk = Arc::new(Desk {
            path: self.path,
            host: self.address.to_string(),
            expected,
            arrivals,
        });
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Some((callback, waiting)) = arrived.recv() => {
                    return (callback, Browser { waiting, _connections: connections });
                }
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                    match accepted {
                        Ok((stream, _)) => drop(connections.spawn(serve(stream, desk.clone()))),
                        // A connection that broke at once, or no descriptor left: there may be one in a moment.
                        Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                    }
                }
            }
        }
    }
}

impl Browser {
    /// Shows the last page, as far as the browser still listens.
    pub(super) async fn show(mut self, outcome: Outcome) {
        if self.waiting.page.send(outcome).is_ok() {
            let _ = tokio::time::timeout(FAREWELL, self.waiting.written.changed()).await;
        }
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    let (connection, written) = watch::channel(());
    let service = service_fn(move |request| {
        let (desk, written) = (desk.clone(), written.clone());
        async move { Ok::<_, Infallible>(desk.answer(&request, written).await) }
    });
    // What goes wrong here is the browser's to show.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(32 * 1024)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    drop(connection);
}

impl Desk {
    async fn answer<B>(&self, request: &Request<B>, written: watch::Receiver<()>) -> Response<Full<Bytes>> {
        // A page elsewhere that has its own name lead here (DNS rebinding) would send that name.
        if request.headers().get(HOST).map(HeaderValue::as_bytes) != Some(self.host.as_bytes()) {
            return page(StatusCode::MISDIRECTED_REQUEST, "This is not the address.");
        }
        if request.uri().path() != self.path {
            return page(StatusCode::NOT_FOUND, "There is nothing here.");
        }
        if request.method() != Method::GET {
            return page(StatusCode::METHOD_NOT_ALLOWED, "This page can only be read.");
        }
        let query = request.uri().query().unwrap_or_default();
        let Some(callback) = Callback::parse(query, &self.expected) else {
            return page(StatusCode::BAD_REQUEST, "This is not the answer to a sign-in.");
        };
        let (page_of, shown) = oneshot::channel();
        let waiting = Waiting { page: page_of, written };
        if self.arrivals.try_send((callback, waiting)).is_err() {
            return page(StatusCode::BAD_REQUEST, "This sign-in is already over.");
        }
        match shown.await {
            Ok(Outcome::SignedIn) => page(StatusCode::OK, "You are signed in. You can close this page."),
            Ok(Outcome::Failed) | Err(_) => page(
                StatusCode::OK,
                "You are not signed in. You can close this page; the program says what happened.",
            ),
        }
    }
}

/// A page without scripts, styles and anything that came with the request.
fn page(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign-in</title></head>\
         <body><p>{text}</p></body></html>\n"
    );
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
