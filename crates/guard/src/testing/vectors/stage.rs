//! Where vectors are played.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use keyward_client::UnixMillis;

use super::Kind;
use crate::revocation::Revocation;

/// A way to run guards.
pub trait Stage: Sync {
    /// A guard at work.
    type Shell: Shell;

    /// Which way it is.
    fn kind(&self) -> Kind;

    /// Starts a guard by a configuration, and waits until it is ready.
    fn open(&self, config: String) -> impl Future<Output = Self::Shell> + Send;

    /// From now on a guard of this stage knows this of the token with this `jti`.
    fn revoke(&self, token_id: &str, revocation: Revocation);
}

/// A guard at work.
pub trait Shell: Send + Sync {
    /// What becomes of a request.
    fn send(&self, request: &Request) -> impl Future<Output = Answer> + Send;
}

/// Everything around a guard: its issuers, above all.
pub trait World: Sync {
    /// What a `{{name}}` of a vector or a configuration stands for.
    fn value(&self, name: &str) -> Option<String>;

    /// From now on the issuers say this of a token.
    fn tell(&self, token: &str, said: Said);

    /// How often they have been asked about it.
    fn asked(&self, token: &str) -> usize;
}

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The value of `Host`.
    pub host: Option<String>,
    /// The other header fields.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Who is connected.
    pub peer: IpAddr,
    /// When it is.
    pub now: UnixMillis,
    /// All of it as bytes, in place of the rest.
    pub raw: Option<String>,
}

impl Request {
    /// All header fields, `Host` among them.
    pub fn fields(&self) -> HeaderMap {
        let host = self.host.iter().filter_map(|host| HeaderValue::from_str(host).ok());
        host.map(|host| (http::header::HOST, host))
            .chain(self.headers.iter().cloned())
            .collect()
    }
}

/// What became of a request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status; 200 when the request went on and the API took it.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Whether something before the guard answered, which did not take it for HTTP. A refusal then is a refusal.
    pub early: bool,
    /// Why it was refused, if the guard itself says so.
    pub reason: Option<String>,
    /// What the API got, if it got anything.
    pub upstream: Option<Seen>,
    /// What the guard wrote about it elsewhere: records, what `Debug` shows.
    pub written: Vec<String>,
}

/// What an API got.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Path and query.
    pub target: String,
    /// The header fields.
    pub headers: HeaderMap,
}

/// What an issuer says of a token.
#[derive(Clone, Debug)]
pub struct Said {
    /// The status.
    pub status: StatusCode,
    /// The media type.
    pub media_type: String,
    /// The body.
    pub body: String,
    /// How long it takes.
    pub delay: Duration,
}
