//! Which URLs may be asked.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;
use http::uri::Scheme;
use thiserror::Error;

/// The longest URL, in bytes.
const MAX_URL_BYTES: usize = 2048;

/// Where `http` is good enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// On this machine alone: `localhost`, 127.0.0.0/8, `[::1]`.
    #[default]
    LoopbackOnly,
    /// Everywhere, because something else protects the network. Whoever can read it can read the tokens.
    Allowed,
}

/// Why a URL is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlError {
    /// Not an absolute `https` or `http` URL, or one with user information or a fragment.
    #[error("not a URL that can be asked")]
    Malformed,
    /// `http` to another machine.
    #[error("http is refused outside this machine: the URL must begin with https")]
    PlainHttp,
}

/// The URL, if it may be asked.
pub(crate) fn parse(url: &str, plain_http: PlainHttp) -> Result<Uri, UrlError> {
    if url.len() > MAX_URL_BYTES || url.contains('#') {
        return Err(UrlError::Malformed);
    }
    let uri: Uri = url.parse().map_err(|_| UrlError::Malformed)?;
    let authority = uri.authority().ok_or(UrlError::Malformed)?;
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return Err(UrlError::Malformed);
    }
    match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => Ok(uri),
        Some(scheme) if *scheme == Scheme::HTTP => {
            if plain_http == PlainHttp::Allowed || is_loopback(authority.host()) {
                Ok(uri)
            } else {
                Err(UrlError::PlainHttp)
            }
        }
        _ => Err(UrlError::Malformed),
    }
}

/// A URL as it may be told: a query can hold what nobody else should read.
pub(crate) fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

fn is_loopback(host: &str) -> bool {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    v6.map_or_else(
        || {
            host.eq_ignore_ascii_case("localhost")
                || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        },
        |host| host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Result<String, UrlError> {
        parse(url, PlainHttp::LoopbackOnly).map(|uri| uri.to_string())
    }

    #[test]
    fn tls_everywhere_and_plain_http_at_home() {
        for url in [
            "https://id.example.com/realms/a?b=c",
            "http://localhost:8080/",
            "http://LOCALHOST/",
            "http://127.0.0.1:8080/realms/a",
            "http://127.9.9.9/",
            "http://[::1]:8080/",
        ] {
            assert!(parsed(url).is_ok(), "{url}");
        }
        assert!(parse("http://issuer:8080/", PlainHttp::Allowed).is_ok());
    }

    #[test]
    fn plain_http_to_others_is_refused() {
        for url in [
            "http://id.example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "http://169.254.169.254/latest/meta-data",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
            "http://2130706433/",
        ] {
            assert_eq!(parsed(url), Err(UrlError::PlainHttp), "{url}");
        }
    }

    #[test]
    fn odd_urls_are_refused() {
        for url in [
            "",
            "/realms/a",
            "id.example.com",
            "ftp://id.example.com/",
            "file:///etc/passwd",
            "https://",
            "https://user:pw@id.example.com/",
            "http://localhost@id.example.com/",
            "https://id.example.com/#fragment",
            "https://id.example.com/a b",
        ] {
            assert_eq!(parsed(url), Err(UrlError::Malformed), "{url}");
        }
        assert_eq!(
            parsed(&format!("https://h/{}", "a".repeat(MAX_URL_BYTES))),
            Err(UrlError::Malformed)
        );
    }
}
