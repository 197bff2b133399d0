//! Making connections to an upstream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::origin::{Origin, Protocol};
use super::tls::ClientTls;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// No such name, nobody listens, or the certificate is not trusted.
    #[error("{0}")]
    Refused(#[from] io::Error),
    /// It took too long.
    #[error("no connection within {} ms", .0.as_millis())]
    Slow(Duration),
    /// It does not speak HTTP/2 over TLS.
    #[error("the server does not offer HTTP/2")]
    NoHttp2,
}

/// Connects to where `origin` is now: names are looked up each time.
pub(crate) async fn connect(origin: &Origin, tls: &ClientTls, limit: Duration) -> Result<Socket, ConnectError> {
    timeout(limit, open(origin, tls))
        .await
        .unwrap_or(Err(ConnectError::Slow(limit)))
}

async fn open(origin: &Origin, tls: &ClientTls) -> Result<Socket, ConnectError> {
    let stream = TcpStream::connect(origin.address()).await?;
    stream.set_nodelay(true)?;
    let Some(name) = &origin.tls else {
        return Ok(Socket::Plain(stream));
    };
    let connector = TlsConnector::from(tls.of(origin.protocol));
    let stream = connector.connect(name.clone(), stream).await?;
    if origin.protocol == Protocol::Http2 && stream.get_ref().1.alpn_protocol() != Some(b"h2") {
        return Err(ConnectError::NoHttp2);
    }
    Ok(Socket::Tls(Box::new(stream)))
}

/// A connection to an upstream.
pub(crate) enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

macro_rules! with {
    ($socket:expr, $stream:ident => $call:expr) => {
        match $socket.get_mut() {
            Self::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Self::Tls($stream) => {
                let $stream = Pin::new($stream.as_mut());
                $call
            }
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        with!(self, stream => stream.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        with!(self, stream => stream.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        with!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        with!(self, stream => stream.poll_shutdown(cx))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        with!(self, stream => stream.poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
