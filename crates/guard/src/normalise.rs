//! The request, read in one way only: a path that two programs could read differently is refused, and what was matched
//! is what is forwarded.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use http::header::HOST;
use http::{HeaderMap, Method};

use crate::denial::Reason;

/// The longest path, in bytes.
const MAX_PATH: usize = 8 * 1024;

/// A request, as far as the guard looks at it.
#[derive(Clone, Copy)]
pub struct RequestView<'r> {
    /// The method.
    pub method: &'r Method,
    /// Path and query, byte by byte as they came. RFC 9112 §3.2.1
    pub target: &'r str,
    /// The host that is asked for: the target's, or the `Host` header's. RFC 9110 §7.2
    pub host: Option<&'r str>,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// Who is connected.
    pub peer: IpAddr,
}

/// A request that can be read in one way only.
#[derive(Debug)]
pub(crate) struct Normal<'r> {
    /// The path, decoded.
    pub(crate) path: Cow<'r, str>,
    /// The query as it came.
    pub(crate) query: Option<&'r str>,
    /// The host in lower case, without port.
    pub(crate) host: Option<Cow<'r, str>>,
}

/// Reads target and host.
pub(crate) fn normalise<'r>(view: &RequestView<'r>) -> Result<Normal<'r>, Reason> {
    if view.headers.get_all(HOST).iter().nth(1).is_some() {
        return Err(Reason::AmbiguousHost);
    }
    let (raw, query) = match view.target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (view.target, None),
    };
    Ok(Normal {
        path: path(raw).ok_or(Reason::AmbiguousPath)?,
        query,
        host: view.host.map(host).transpose()?,
    })
}

/// Decodes a path, or finds that it means different things to different programs. RFC 3986 §6.2.2
fn path(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.starts_with('/') || raw.len() > MAX_PATH {
        return None;
    }
    // Parameters of segments (`;x`) are dropped by some servers and kept by others, as a backslash is a slash to some.
    if !raw
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b';' | b'\\'))
    {
        return None;
    }
    let decoded = if raw.contains('%') {
        Cow::Owned(decode(raw)?)
    } else {
        Cow::Borrowed(raw)
    };
    let mut segments = decoded.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if matches!(segment, "." | "..") || (segment.is_empty() && !last) {
            return None;
        }
    }
    Some(decoded)
}

/// Percent-decodes, unless what comes out is a slash, a backslash, a parameter, a control character, or another
/// escape that a second decoding would find.
fn decode(raw: &str) -> Option<String> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let decoded = hex(bytes.next()?)? << 4 | hex(bytes.next()?)?;
        if decoded.is_ascii_control() || matches!(decoded, b'/' | b'\\' | b'%' | b';') {
            return None;
        }
        out.push(decoded);
    }
    String::from_utf8(out).ok()
}

/// A host without its port and without the full stop of a complete name (RFC 1034 §3.1), in lower case. User information
/// and spaces have no place in one, colons only in an address of IPv6.
pub(crate) fn host(raw: &str) -> Result<Cow<'_, str>, Reason> {
    let without_port = match raw.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => raw,
    };
    let without_port = without_port.strip_suffix('.').unwrap_or(without_port);
    let is_sane = match without_port.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => without_port
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')),
    };
    if without_port.is_empty() || without_port.ends_with('.') || !is_sane {
        return Err(Reason::AmbiguousHost);
    }
    Ok(if without_port.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(without_port.to_ascii_lowercase())
    } else {
        Cow::Borrowed(without_port)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_paths_are_decoded() {
        for (raw, decoded) in [
            ("/", "/"),
            ("/v1/orders", "/v1/orders"),
            ("/v1/orders/", "/v1/orders/"),
            ("/%61dmin", "/admin"),
            ("/caf%C3%A9", "/café"),
            ("/a.b/..c/.d", "/a.b/..c/.d"),
            ("/a:b@c!$&'()*+,=~", "/a:b@c!$&'()*+,=~"),
            ("/a%20b", "/a b"),
        ] {
            assert_eq!(path(raw).as_deref(), Some(decoded), "{raw}");
        }
    }

    #[test]
    fn paths_that_could_mean_two_things_are_refused() {
        for raw in [
            "",
            "*",
            "admin",
            "//admin",
            "/a//b",
            "/v1/orders/../admin",
            "/./a",
            "/a/.",
            "/a/..",
            "/%2e%2e/admin",
            "/a/%2E/b",
            "/admin%2f",
            "/admin%2Fx",
            "/admin%5c",
            "/admin\\x",
            "/admin;x",
            "/admin%3Bx",
            "/admin%00",
            "/admin%0a",
            "/admin%7f",
            "/%252e/x",
            "/%25",
            "/%",
            "/%6",
            "/%zz",
            "/%ff",
            "/a#b",
            "/ümlaut",
            "/a b",
        ] {
            assert_eq!(path(raw), None, "{raw}");
        }
        assert_eq!(path(&format!("/{}", "a".repeat(MAX_PATH))), None);
    }

    #[test]
    fn hosts_are_compared_without_case_and_port() {
        for (raw, name) in [
            ("api.example.com", "api.example.com"),
            ("API.example.com:8443", "api.example.com"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("api.example.com.", "api.example.com"),
            ("api.example.com.:443", "api.example.com"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(host(raw).as_deref(), Ok(name), "{raw}");
        }
        for raw in [
            "",
            ".",
            ":80",
            "a b",
            "user@api.example.com",
            "a/b",
            "a,b",
            "a..",
            "a:b",
            "a:80:80",
            "[::1",
            "[a]",
            "::1",
        ] {
            assert_eq!(host(raw), Err(Reason::AmbiguousHost), "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_is_decoded_once_is_decoded_for_good(raw in "/[a-z%0-9./]{0,40}") {
            if let Some(decoded) = path(&raw) {
                prop_assert!(!decoded.contains("//"));
                prop_assert!(!decoded.contains('%'));
                prop_assert!(!decoded.split('/').any(|segment| segment == ".." || segment == "."));
            }
        }
    }
}
