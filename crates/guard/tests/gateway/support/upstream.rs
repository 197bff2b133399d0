//! A server behind the gateway, that answers as a test has it and remembers what it was asked.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinHandle};

/// An answer of an upstream.
pub(crate) type Reply = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// A server that stops when dropped.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    connections: Vec<AbortHandle>,
    heads: Vec<Parts>,
}

impl Upstream {
    /// Starts one. HTTP/1.1 and HTTP/2 in clear.
    pub(crate) async fn start<H, F>(answer: H) -> Self
    where
        H: Fn(Request<Incoming>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Reply> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Seen>>::default();
        let noted = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let connections = Arc::clone(&noted);
                let (noted, answer) = (Arc::clone(&noted), answer.clone());
                let service = service_fn(move |request: Request<Incoming>| {
                    let (head, body) = request.into_parts();
                    noted.lock().unwrap().heads.push(copy(&head));
                    let reply = answer(Request::from_parts(head, body));
                    async move { Ok::<_, Infallible>(reply.await) }
                });
                let task = tokio::spawn(async move {
                    let builder = auto::Builder::new(TokioExecutor::new());
                    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
                    let _ended = connection.await;
                });
                connections.lock().unwrap().connections.push(task.abort_handle());
            }
        });
        Self { address, seen, task }
    }

    /// One that answers everything with a word.
    pub(crate) async fn plain() -> Self {
        Self::start(|_| async { text(200, "fine") }).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often it was asked.
    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().heads.len()
    }

    /// How many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections.len()
    }

    /// Ends every connection, without a word.
    pub(crate) fn hang_up(&self) {
        for connection in &self.seen.lock().unwrap().connections {
            connection.abort();
        }
    }

    /// The head of the last request.
    pub(crate) fn last(&self) -> Parts {
        copy(self.seen.lock().unwrap().heads.last().expect("the upstream was asked"))
    }

    /// The values of a header of the last request.
    pub(crate) fn header(&self, name: &str) -> Vec<String> {
        let head = self.last();
        let values = head.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The head without what cannot be copied.
fn copy(head: &Parts) -> Parts {
    let (mut copy, ()) = Request::new(()).into_parts();
    copy.method = head.method.clone();
    copy.uri = head.uri.clone();
    copy.version = head.version;
    copy.headers = head.headers.clone();
    copy
}

pub(crate) fn text(status: u16, text: &'static str) -> Reply {
    full(status, Bytes::from_static(text.as_bytes()))
}

pub(crate) fn full(status: u16, body: Bytes) -> Reply {
    let body = Full::new(body)
        .map_err(|never: Infallible| match never {})
        .boxed_unsync();
    Response::builder().status(status).body(body).unwrap()
}
