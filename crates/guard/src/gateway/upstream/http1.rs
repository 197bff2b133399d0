//! Connections of HTTP/1.1: each carries one request at a time, and waits for the next in a pool.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::connect::Socket;
use crate::gateway::body::RequestBody;

/// Longest head of an answer, and most that is read of a body ahead of its reader, in bytes.
const MAX_BUFFER: usize = 64 * 1024;

/// Most header fields of an answer.
const MAX_HEADERS: usize = 200;

/// How many waiting connections are looked at before a new one is made.
const LOOKED_AT: usize = 8;

/// Connections that wait for requests.
pub(crate) struct Pool {
    waiting: Mutex<VecDeque<Waiting>>,
    idle_timeout: Duration,
    max_idle: usize,
}

struct Waiting {
    sender: SendRequest<RequestBody>,
    since: Instant,
}

/// A connection that carries a request. It goes back when the answer has been read to its end, and is closed when it is
/// dropped before.
pub(crate) struct Lease {
    sender: SendRequest<RequestBody>,
    pool: Arc<Pool>,
    /// Whether it has carried a request before.
    pub(crate) reused: bool,
}

/// A request that was not answered.
pub(crate) struct Unanswered {
    pub(crate) error: hyper::Error,
    /// The request, when nothing of it was sent.
    pub(crate) unsent: Option<Request<RequestBody>>,
}

impl Pool {
    pub(crate) fn new(idle_timeout: Duration, max_idle: usize) -> Arc<Self> {
        Arc::new(Self {
            waiting: Mutex::default(),
            idle_timeout,
            max_idle,
        })
    }

    /// The connection that was used last and is ready for another request.
    pub(crate) fn take(self: &Arc<Self>) -> Option<Lease> {
        let mut waiting = self.waiting();
        let now = Instant::now();
        let mut index = waiting.len();
        let lowest = index.saturating_sub(LOOKED_AT);
        while index > lowest {
            index -= 1;
            let entry = waiting.get(index)?;
            let is_old = now.duration_since(entry.since) >= self.idle_timeout;
            if is_old || entry.sender.is_closed() {
                waiting.remove(index);
            } else if entry.sender.is_ready() {
                let entry = waiting.remove(index)?;
                return Some(self.lease(entry.sender, true));
            }
            // Otherwise the end of its last answer, or of the request, is still on its way.
        }
        None
    }

    /// Speaks HTTP/1.1 on a new connection.
    pub(crate) async fn open(self: &Arc<Self>, socket: Socket) -> Result<Lease, hyper::Error> {
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_BUFFER)
            .max_headers(MAX_HEADERS)
            .handshake(TokioIo::new(socket))
            .await?;
        tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!("connection to an upstream ended: {error}");
            }
        });
        sender.ready().await?;
        Ok(self.lease(sender, false))
    }

    /// Closes what waits for too long.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        self.waiting()
            .retain(|entry| !entry.sender.is_closed() && now.duration_since(entry.since) < self.idle_timeout);
    }

    fn lease(self: &Arc<Self>, sender: SendRequest<RequestBody>, reused: bool) -> Lease {
        Lease {
            sender,
            pool: Arc::clone(self),
            reused,
        }
    }

    fn put(&self, sender: SendRequest<RequestBody>) {
        let since = Instant::now();
        let mut waiting = self.waiting();
        if waiting.len() >= self.max_idle {
            waiting.pop_front();
        }
        waiting.push_back(Waiting { sender, since });
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(&mut self, request: Request<RequestBody>) -> Result<Response<Incoming>, Unanswered> {
        self.sender.try_send_request(request).await.map_err(|mut error| Unanswered {
            unsent: error.take_message(),
            error: error.into_error(),
        })
    }

    /// The answer was read to its end.
    pub(crate) fn give_back(self) {
        if !self.sender.is_closed() && self.pool.max_idle > 0 {
            self.pool.put(self.sender);
        }
    }
}
