//! Where an upstream is, as a route writes it.

use std::fmt;

use http::HeaderValue;
use http::uri::{Authority, Scheme, Uri};
use rustls_pki_types::ServerName;

/// Where an upstream is and what it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) authority: Authority,
    pub(crate) protocol: Protocol,
    /// Whose certificate it must show; none over plain connections.
    pub(crate) tls: Option<ServerName<'static>>,
    /// Its authority as a `Host`.
    pub(crate) host: HeaderValue,
}

/// What is spoken with an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.1, and what it may be upgraded to.
    Http1,
    /// HTTP/2 at once. RFC 9113 §3.3
    Http2,
}

/// What is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the upstream {0:?} is none: write scheme, host and port and nothing behind, such as http://orders:8080; the scheme \
     is http, https, h2c (HTTP/2 in clear) or h2 (HTTP/2 over TLS)"
)]
pub struct OriginError(String);

impl Origin {
    /// Reads `http://orders:8080`, `https://orders.internal`, `h2c://grpc:50051` or `h2://grpc.internal`.
    pub(crate) fn parse(text: &str) -> Result<Self, OriginError> {
        let wrong = || OriginError(text.to_owned());
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let (protocol, over_tls) = match scheme {
            "http" => (Protocol::Http1, false),
            "https" => (Protocol::Http1, true),
            "h2c" => (Protocol::Http2, false),
            "h2" => (Protocol::Http2, true),
            _ => return Err(wrong()),
        };
        // The path of a request is forwarded byte by byte as it was judged: there is nothing to put before it.
        let authority: Authority = rest.strip_suffix('/').unwrap_or(rest).parse().map_err(|_| wrong())?;
        // `port()` of the library has nothing to say of one that is too large.
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or(":");
        let bad_port = !port.is_empty() && authority.port_u16().is_none_or(|port| port == 0);
        if authority.as_str().contains('@') || authority.host().is_empty() || bad_port {
            return Err(wrong());
        }
        let name = |host: &str| ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| wrong());
        Ok(Self {
            tls: over_tls.then(|| name(authority.host())).transpose()?,
            host: HeaderValue::from_str(authority.as_str()).map_err(|_| wrong())?,
            authority,
            protocol,
        })
    }

    /// Host and port to connect to.
    pub(crate) fn address(&self) -> (&str, u16) {
        let default = if self.tls.is_some() { 443 } else { 80 };
        let host = self.authority.host().trim_matches(['[', ']']);
        (host, self.authority.port_u16().unwrap_or(default))
    }

    /// Whether its connections can turn into something else. RFC 9113 §8.6
    pub(crate) fn can_switch(&self) -> bool {
        self.protocol == Protocol::Http1
    }

    /// The scheme of requests to it.
    pub(crate) fn scheme(&self) -> Scheme {
        if self.tls.is_some() {
            Scheme::HTTPS
        } else {
            Scheme::HTTP
        }
    }

    /// The target of a request, in the form that its protocol wants: a path for HTTP/1.1 (RFC 9112 §3.2.1), all of it
    /// for HTTP/2, which makes pseudo-header fields of it (RFC 9113 §8.3.1).
    pub(crate) fn target(&self, path: &http::uri::PathAndQuery, host: &HeaderValue) -> Uri {
        if self.protocol == Protocol::Http1 {
            return Uri::from(path.clone());
        }
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme());
        parts.authority = Some(Authority::try_from(host.as_bytes()).unwrap_or_else(|_| self.authority.clone()));
        parts.path_and_query = Some(path.clone());
        Uri::from_parts(parts).unwrap_or_default()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match (self.protocol, self.tls.is_some()) {
            (Protocol::Http1, false) => "http",
            (Protocol::Http1, true) => "https",
            (Protocol::Http2, false) => "h2c",
            (Protocol::Http2, true) => "h2",
        };
        write!(f, "{scheme}://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_say_where_and_how() {
        for (text, protocol, tls, address) in [
            ("http://orders:8080", Protocol::Http1, false, ("orders", 8080)),
            ("http://orders/", Protocol::Http1, false, ("orders", 80)),
            (
                "https://orders.internal",
                Protocol::Http1,
                true,
                ("orders.internal", 443),
            ),
            ("h2c://[::1]:50051", Protocol::Http2, false, ("::1", 50051)),
            ("h2://10.0.0.7:8443", Protocol::Http2, true, ("10.0.0.7", 8443)),
        ] {
            let origin = Origin::parse(text).unwrap();
            assert_eq!((origin.protocol, origin.tls.is_some()), (protocol, tls), "{text}");
            assert_eq!(origin.address(), address, "{text}");
            assert_eq!(origin.to_string(), text.trim_end_matches('/'));
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "orders:8080",
            "ftp://orders",
            "http://",
            "http://orders:8080/v1",
            "http://orders?x",
            "http://orders#x",
            "http://user@orders",
            "http://orders:",
            "http://orders:99999",
            "http://orders:0",
            "http://orders:80x",
            "http://a b",
            "https://-",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn targets_are_what_was_judged() {
        let path = "/%61/b?c=%2F..&d".parse().unwrap();
        let host = HeaderValue::from_static("api.example.com");
        let target = |origin| Origin::parse(origin).unwrap().target(&path, &host).to_string();
        assert_eq!(target("http://orders:8080"), "/%61/b?c=%2F..&d");
        assert_eq!(target("h2c://orders:8080"), "http://api.example.com/%61/b?c=%2F..&d");
    }
}
