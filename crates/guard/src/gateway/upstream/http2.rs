//! A connection of HTTP/2 carries all requests at once; there is one at a time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use super::connect::Socket;
use super::http1::Unanswered;
use crate::gateway::body::RequestBody;

/// Longest head of an answer in bytes.
const MAX_HEAD: u32 = 64 * 1024;

/// How much of a body is taken in ahead of its reader, in bytes.
const STREAM_WINDOW: u32 = 128 * 1024;

/// How much of all bodies of a connection: of so many that some readers who have stopped do not hold up the others.
const CONNECTION_WINDOW: u32 = 64 * 1024 * 1024;

/// The connection to an upstream.
#[derive(Default)]
pub(crate) struct Shared {
    current: Mutex<Option<SendRequest<RequestBody>>>,
    /// Held by whoever makes a new connection; the others wait for it.
    pub(crate) making: tokio::sync::Mutex<()>,
}

impl Shared {
    /// The connection, if there is one that works.
    pub(crate) fn current(&self) -> Option<SendRequest<RequestBody>> {
        self.slot().clone().filter(|sender| !sender.is_closed())
    }

    /// Speaks HTTP/2 on a new connection, which takes the place of the last.
    pub(crate) async fn open(&self, socket: Socket) -> Result<SendRequest<RequestBody>, hyper::Error> {
        let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_header_list_size(MAX_HEAD)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10))
            .handshake(TokioIo::new(socket))
            .await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!("connection to an upstream ended: {error}");
            }
        });
        sender.ready().await?;
        *self.slot() = Some(sender.clone());
        Ok(sender)
    }

    fn slot(&self) -> MutexGuard<'_, Option<SendRequest<RequestBody>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a request and waits for the head of its answer.
pub(crate) async fn send(
    sender: &mut SendRequest<RequestBody>,
    request: Request<RequestBody>,
) -> Result<Response<Incoming>, Unanswered> {
    sender.try_send_request(request).await.map_err(|mut error| Unanswered {
        unsent: error.take_message(),
        error: error.into_error(),
    })
}
