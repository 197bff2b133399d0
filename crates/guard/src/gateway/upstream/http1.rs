//! Connections of HTTP/1.1: each carries one request at a time, and waits for the next in a pool.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::connect::Socket;
use crate::gateway::body::RequestBody;

/// Longest head of an answer, and most that is read of a body ahead of its reader, in bytes.
const MAX_BUFFER: usize = 64 * 1024;

/// How many waiting connections are looked at before a new one is made.
const LOOKED_AT: usize = 8;

/// Connections that wait for requests.
pub(crate) struct Pool {
    waiting: Mutex<VecDeque<Waiting>>,
    idle_timeout: Duration,
    max_idle: usize,
}

struct Waiting {
    wire: Wire,
    since: Instant,
}

/// A connection. It ends at once when it is dropped, whatever is still under way on it: a body that nobody takes would
/// hold it for ever.
struct Wire {
    sender: SendRequest<RequestBody>,
    /// The task that reads and writes; none when it goes on without us.
    task: Option<AbortHandle>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// A connection that carries a request. It goes back when the answer has been read to its end, and is closed when it is
/// dropped before.
pub(crate) struct Lease {
    wire: Wire,
    pool: Arc<Pool>,
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
            if is_old || entry.wire.sender.is_closed() {
                waiting.remove(index);
            } else if entry.wire.sender.is_ready() {
                let entry = waiting.remove(index)?;
                return Some(self.lease(entry.wire));
            }
            // Otherwise the end of its last answer, or of the request, is still on its way.
        }
        None
    }

    /// Speaks HTTP/1.1 on a new connection.
    pub(crate) async fn open(self: &Arc<Self>, socket: Socket) -> Result<Lease, hyper::Error> {
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_BUFFER)
            .max_header_size(MAX_BUFFER)
            .handshake(TokioIo::new(socket))
            .await?;
        let task = tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!("connection to an upstream ended: {error}");
            }
        });
        let mut wire = Wire {
            sender,
            task: Some(task.abort_handle()),
        };
        wire.sender.ready().await?;
        Ok(self.lease(wire))
    }

    /// Closes what waits for too long.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        self.waiting()
            .retain(|entry| !entry.wire.sender.is_closed() && now.duration_since(entry.since) < self.idle_timeout);
    }

    fn lease(self: &Arc<Self>, wire: Wire) -> Lease {
        Lease {
            wire,
            pool: Arc::clone(self),
        }
    }

    fn put(&self, wire: Wire) {
        let since = Instant::now();
        let mut waiting = self.waiting();
        if waiting.len() >= self.max_idle {
            waiting.pop_front();
        }
        waiting.push_back(Waiting { wire, since });
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(&mut self, request: Request<RequestBody>) -> Result<Response<Incoming>, Unanswered> {
        self.wire
            .sender
            .try_send_request(request)
            .await
            .map_err(|mut error| Unanswered {
                unsent: error.take_message(),
                error: error.into_error(),
            })
    }

    /// The answer was read to its end.
    pub(crate) fn give_back(self) {
        if !self.wire.sender.is_closed() && self.pool.max_idle > 0 {
            self.pool.put(self.wire);
        }
    }

    /// The connection carries something else from here on.
    pub(crate) fn let_go(mut self) {
        self.wire.task = None;
    }
}
