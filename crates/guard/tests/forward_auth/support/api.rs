//! An API that tells what it got.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Answer;

/// A request as the API got it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Seen {
    /// What an API got that gave this answer; nothing when the answer is another's.
    pub(crate) fn in_answer(answer: &Answer) -> Option<Self> {
        answer.header("x-api")?;
        Some(serde_json::from_str(&answer.body).unwrap())
    }

    /// Every value of a header, in any spelling that a server might take for it.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let alike = |known: &str| known.to_ascii_lowercase().replace('_', "-") == name;
        let found = self.headers.iter().filter(|(known, _)| alike(known));
        found.map(|(_, value)| value.as_str()).collect()
    }
}

/// An API on a port of its own.
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Api {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection = hyper::server::conn::http1::Builder::new().serve_connection(
                    TokioIo::new(stream),
                    service_fn(|request| async move { Ok::<_, Infallible>(tell(&request)) }),
                );
                tokio::spawn(connection);
            }
        });
        Self { address, task }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn tell(request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let seen = Seen {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        headers: request.headers().iter().map(header).collect(),
    };
    let mut response = Response::new(Full::from(serde_json::to_vec(&seen).unwrap()));
    response
        .headers_mut()
        .insert("x-api", http::HeaderValue::from_static("yes"));
    if seen.target == "/orders/forbidden" {
        *response.status_mut() = http::StatusCode::FORBIDDEN;
    }
    response
}
