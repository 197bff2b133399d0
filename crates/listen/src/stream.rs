//! A connection that keeps its place, and whose writes do not wait for ever.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutWriter;

use crate::places::Place;

/// A connection. Its place belongs to it and not to the task that serves it, so that a tunnel has one as well.
pub(crate) struct Stream {
    socket: Pin<Box<TimeoutWriter<TcpStream>>>,
    _place: Place,
}

impl Stream {
    /// Writes fail once the other side has taken nothing for `patience`: without that, whoever asks and reads no answer
    /// would hold the connection for ever. It lies below TLS, so that it counts what the network took; a timer runs
    /// only while a write waits.
    pub(crate) fn new(socket: TcpStream, patience: Duration, place: Place) -> Self {
        let mut socket = TimeoutWriter::new(socket);
        socket.set_timeout(Some(patience));
        Self {
            socket: Box::pin(socket),
            _place: place,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.socket.as_mut().poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.socket.as_mut().poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.as_mut().poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.socket.as_mut().poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}
