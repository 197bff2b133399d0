//! Outgoing HTTP, bounded in time and size, over TLS.
//!
//! Redirects are answers like others and never followed, bodies are never decompressed, environment variables choose no
//! proxy.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

pub use self::error::TransportError;
pub use self::tls::TlsError;
#[cfg(feature = "reqwest")]
pub(crate) use self::url::parse as check;
pub(crate) use self::url::without_query;
pub use self::url::{PlainHttp, UrlError};
use crate::form::Form;

mod error;
mod tls;
mod url;

/// The most bytes of an answer's header section that are read.
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// Connections to issuers. A clone shares them.
#[derive(Clone)]
pub struct Transport {
    client: Arc<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
    timeout: Duration,
    max_body: usize,
    plain_http: PlainHttp,
}

/// How far a [`Transport`] trusts the other end.
#[derive(Clone, Debug)]
pub struct TransportOptions {
    /// How long a TCP connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take: name resolution, TLS, and the last byte of the answer.
    pub timeout: Duration,
    /// The longest body of an answer, in bytes.
    pub max_body: usize,
    /// Whether other hosts than this one may be asked without TLS.
    pub plain_http: PlainHttp,
    /// Certificates in PEM of authorities that are trusted beside Mozilla's. RFC 7468 §5
    pub roots_pem: Vec<u8>,
}

impl Default for TransportOptions {
    /// Two seconds to connect, ten for all, 256 KiB, TLS.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            timeout: Duration::from_secs(10),
            max_body: 256 * 1024,
            plain_http: PlainHttp::LoopbackOnly,
            roots_pem: Vec::new(),
        }
    }
}

/// A whole answer. Its body may hold tokens and is never printed.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
}

impl Transport {
    /// Prepares connections; nothing is sent yet.
    ///
    /// # Errors
    /// [`TlsError`] when the certificates cannot be read.
    pub fn new(options: &TransportOptions) -> Result<Self, TlsError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(options.connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(&options.roots_pem)?)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_mins(1))
            .pool_max_idle_per_host(32)
            .http1_max_buf_size(MAX_HEADER_BYTES as usize)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .build(connector);
        Ok(Self {
            client: Arc::new(client),
            timeout: options.timeout,
            max_body: options.max_body,
            plain_http: options.plain_http,
        })
    }

    /// The same connections under another bound on the whole exchange.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same connections under another bound on the body, in bytes.
    #[must_use]
    pub fn with_max_body(mut self, max_body: usize) -> Self {
        self.max_body = max_body;
        self
    }

    /// How long a whole exchange may take.
    pub const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Whether a URL would be asked at all: absolute, `https` (or `http` where that is allowed), without user
    /// information and fragment.
    ///
    /// # Errors
    /// [`UrlError`]
    pub fn check(&self, url: &str) -> Result<Uri, UrlError> {
        url::parse(url, self.plain_http)
    }

    /// Asks for `url` with the media types of `accept`.
    ///
    /// # Errors
    /// [`TransportError`]; every status is an answer.
    pub async fn get(&self, url: &str, accept: &str) -> Result<Answer, TransportError> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = self.check(url)?;
        self.send(request, accept).await
    }

    /// Posts a form, with the value of an `Authorization` header if one is given. RFC 6749 §B
    ///
    /// # Errors
    /// [`TransportError`]; every status is an answer.
    pub async fn post_form(
        &self,
        url: &str,
        form: &Form,
        authorization: Option<&HeaderValue>,
        accept: &str,
    ) -> Result<Answer, TransportError> {
        let mut request = Request::new(Bytes::copy_from_slice(form.as_str().as_bytes()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.check(url)?;
        let headers = request.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        self.send(request, accept).await
    }

    /// Sends any request: to an API, by way of [`crate::call()`].
    ///
    /// # Errors
    /// [`TransportError`]; every status is an answer.
    pub async fn request(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.check(&request.uri().to_string())?;
        if let Some(authorization) = request.headers_mut().get_mut(AUTHORIZATION) {
            authorization.set_sensitive(true);
        }
        let exchange = async {
            let request = request.map(Full::new);
            let response = self.client.request(request).await.map_err(TransportError::of_request)?;
            let (head, body) = response.into_parts();
            Ok(Response::from_parts(head, self.read(body).await?))
        };
        tokio::time::timeout(self.timeout, exchange)
            .await
            .unwrap_or(Err(TransportError::Timeout))
    }

    async fn send(&self, mut request: Request<Bytes>, accept: &str) -> Result<Answer, TransportError> {
        let accept = HeaderValue::from_str(accept).map_err(|_| UrlError::Malformed)?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, accept);
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("keyward/", env!("CARGO_PKG_VERSION"))),
        );
        let (head, body) = self.request(request).await?.into_parts();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, TransportError> {
        let too_large = TransportError::TooLarge { limit: self.max_body };
        if usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX) > self.max_body {
            return Err(too_large);
        }
        match Limited::new(body, self.max_body).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large),
            Err(error) => Err(TransportError::Broken(Arc::from(error))),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("timeout", &self.timeout)
            .field("max_body", &self.max_body)
            .field("plain_http", &self.plain_http)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The media type without its parameters, in lower case; empty when there is none. RFC 9110 §8.3.1
    pub fn media_type(&self) -> String {
        let value = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let (media_type, _) = value.map_or(("", ""), |value| value.split_once(';').unwrap_or((value, "")));
        media_type.trim().to_ascii_lowercase()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
