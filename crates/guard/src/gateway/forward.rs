//! The head of a request on its way to the upstream, and of the answer on its way back.

use std::net::IpAddr;

use http::header::{
    CONNECTION, CONTENT_LENGTH, COOKIE, FORWARDED, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRANSFER_ENCODING, UPGRADE, VIA,
};
use http::{HeaderMap, HeaderName, HeaderValue, Version};

use super::settings::HostHeader;
use super::upstream::origin::{Origin, Protocol};
use crate::translate;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// The client's side of a request.
pub(crate) struct Hop {
    /// Who is connected.
    pub(crate) peer: IpAddr,
    /// Whether what they say of the hops before is believed.
    pub(crate) trusted: bool,
    pub(crate) tls: bool,
    pub(crate) version: Version,
    /// The host that was asked for.
    pub(crate) host: Option<HeaderValue>,
}

/// What a client asked of the connection itself, beside a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Nothing,
    /// To be told trailers. RFC 9110 §10.1.4
    Trailers,
    /// To speak WebSocket from here on. RFC 9110 §7.8
    WebSocket,
}

/// Fields that are for all who see a message, so that no `Connection` can take them away: what the verdict was given on
/// and how a message is read. RFC 9110 §7.6.1
const END_TO_END: [&str; 16] = [
    "authorization",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "cookie",
    "dpop",
    "expect",
    "host",
    "origin",
    "set-cookie",
    "traceparent",
    "tracestate",
    "via",
    "x-amzn-trace-id",
    "x-request-id",
];

/// Takes away what concerned one connection only: the fields that `Connection` names, and those that everybody knows.
/// It comes before the guard adds what it says of the caller, so that no client can name that here; and after the guard
/// has judged, so that no client can hide a credential. RFC 9110 §7.6.1
pub(crate) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    // Both could be there in an answer: the longer way to say it wins (RFC 9112 §6.3). It is asked before `Connection`
    // can name it away.
    if headers.remove(TRANSFER_ENCODING).is_some() {
        headers.remove(CONTENT_LENGTH);
    }
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(CONNECTION)
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
            .filter(|name| !is_end_to_end(name.as_str()))
            .collect();
        for name in named {
            headers.remove(name);
        }
        headers.remove(CONNECTION);
    }
    for name in [
        KEEP_ALIVE,
        PROXY_CONNECTION,
        TE,
        UPGRADE,
        PROXY_AUTHORIZATION,
        PROXY_AUTHENTICATE,
    ] {
        headers.remove(name);
    }
}

/// In every spelling, as the guard itself reads names. What a trusted proxy, or the guard, says of the caller is among
/// it: a client that could take that away would be somebody else (CVE-2022-31813).
fn is_end_to_end(name: &str) -> bool {
    END_TO_END.iter().any(|known| translate::is(name, known))
        || translate::is_identity(name)
        || translate::is_of_proxy(name)
}

/// Whether a message came in no other coding than chunks, and says so once: any other would be lost on the way, and two
/// programs could see the end of it in different places. RFC 9112 §6.1
pub(crate) fn is_plainly_framed(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let plain = codings
        .next()
        .is_none_or(|coding| coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked"));
    plain && codings.next().is_none()
}

/// Adds what the next server must know of the hop before it, and which host is asked for. Returns that host.
pub(crate) fn tell(headers: &mut HeaderMap, hop: Hop, wish: Wish, origin: &Origin, policy: HostHeader) -> HeaderValue {
    forwarded(headers, &hop);
    headers.append(VIA, via(hop.version));
    if hop.version == Version::HTTP_2 {
        join_cookies(headers);
    }
    match wish {
        Wish::Nothing => {}
        Wish::Trailers => {
            headers.insert(TE, HeaderValue::from_static("trailers"));
            if origin.protocol == Protocol::Http1 {
                headers.insert(CONNECTION, HeaderValue::from_static("te"));
            }
        }
        Wish::WebSocket => tell_switch(headers),
    }
    let host = match policy {
        HostHeader::Client => hop.host.unwrap_or_else(|| origin.host.clone()),
        HostHeader::Upstream => origin.host.clone(),
    };
    match origin.protocol {
        Protocol::Http1 => headers.insert(HOST, host.clone()),
        // It is `:authority` there. RFC 9113 §8.3.1
        Protocol::Http2 => headers.remove(HOST),
    };
    host
}

/// Says that a connection is to switch, or has switched.
pub(crate) fn tell_switch(headers: &mut HeaderMap) {
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
}

/// Trusted proxies have told of the hops before theirs; from others nothing is left by now. `Forwarded` (RFC 7239) goes:
/// it would be wrong without this hop, and two ways to say one thing can differ.
fn forwarded(headers: &mut HeaderMap, hop: &Hop) {
    headers.remove(FORWARDED);
    let peer = hop.peer.to_canonical().to_string();
    let told = headers.get(FORWARDED_FOR).filter(|_| hop.trusted);
    let hops = match told.and_then(|value| value.to_str().ok()) {
        Some(before) => format!("{before}, {peer}"),
        None => peer,
    };
    if let Ok(hops) = HeaderValue::try_from(hops) {
        headers.insert(FORWARDED_FOR, hops);
    }
    if !hop.trusted || !headers.contains_key(FORWARDED_PROTO) {
        let proto = if hop.tls { "https" } else { "http" };
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static(proto));
    }
    if let Some(host) = &hop.host
        && (!hop.trusted || !headers.contains_key(FORWARDED_HOST))
    {
        headers.insert(FORWARDED_HOST, host.clone());
    }
}

/// RFC 9110 §7.6.3
const fn via(version: Version) -> HeaderValue {
    HeaderValue::from_static(match version {
        Version::HTTP_2 => "2.0 keyward",
        Version::HTTP_10 => "1.0 keyward",
        _ => "1.1 keyward",
    })
}

/// HTTP/2 may send a cookie in pieces, other protocols may not. RFC 9113 §8.2.3
fn join_cookies(headers: &mut HeaderMap) {
    let pieces: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if pieces.len() < 2 {
        return;
    }
    if let Ok(mut whole) = HeaderValue::from_bytes(&pieces.join(&b"; "[..])) {
        whole.set_sensitive(true);
        headers.insert(COOKIE, whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn hop(trusted: bool) -> Hop {
        Hop {
            peer: "::ffff:203.0.113.9".parse().unwrap(),
            trusted,
            tls: true,
            version: Version::HTTP_11,
            host: Some(HeaderValue::from_static("api.example.com")),
        }
    }

    fn told(mut headers: HeaderMap, hop: Hop, wish: Wish, upstream: &str) -> HeaderMap {
        tell(
            &mut headers,
            hop,
            wish,
            &Origin::parse(upstream).unwrap(),
            HostHeader::Client,
        );
        headers
    }

    fn value<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
        headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect()
    }

    #[test]
    fn what_concerned_one_connection_goes() {
        let mut headers = headers(&[
            ("connection", "close, X-Own"),
            ("connection", "x-other , ,"),
            ("x-own", "1"),
            ("x-other", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic eDp5"),
            ("te", "trailers, deflate"),
            ("transfer-encoding", "chunked"),
            ("content-length", "5"),
            ("upgrade", "h2c"),
            ("accept", "*/*"),
            ("trailer", "x-sum"),
        ]);
        strip_hop_by_hop(&mut headers);
        let mut left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["accept", "trailer"]);
    }

    /// CVE-2022-31813
    #[test]
    fn connection_cannot_erase_who_called_or_with_what() {
        for name in [
            "host",
            "authorization",
            "cookie",
            "content-length",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x_forwarded_for",
            "forwarded",
            "x-real-ip",
            "x-request-id",
            "x-guard-subject",
            "x_guard_subject",
            "traceparent",
            "client-cert",
        ] {
            let mut headers = headers(&[(name, "1"), ("x-own", "1")]);
            let named = format!("close, X-Own,{}", name.to_ascii_uppercase());
            headers.insert(CONNECTION, named.parse().unwrap());
            strip_hop_by_hop(&mut headers);
            let left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(left, [name]);
        }
    }

    #[test]
    fn connection_cannot_leave_a_length_beside_chunks() {
        let mut headers = headers(&[
            ("connection", "transfer-encoding"),
            ("transfer-encoding", "chunked"),
            ("content-length", "5"),
        ]);
        strip_hop_by_hop(&mut headers);
        assert!(headers.is_empty(), "{headers:?}");
    }

    #[test]
    fn chunks_are_the_only_coding_and_said_once() {
        for (codings, plain) in [
            (&[][..], true),
            (&["chunked"], true),
            (&["Chunked "], true),
            (&["chunked", "chunked"], false),
            (&["chunked, chunked"], false),
            (&["gzip", "chunked"], false),
            (&["gzip, chunked"], false),
            (&[", chunked"], false),
            (&["identity"], false),
            (&[""], false),
        ] {
            let codings: Vec<_> = codings.iter().map(|coding| ("transfer-encoding", *coding)).collect();
            assert_eq!(is_plainly_framed(&headers(&codings)), plain, "{codings:?}");
        }
    }

    #[test]
    fn strangers_tell_nothing_of_hops_before() {
        // The guard has taken theirs away by now; this is what it adds.
        let told = told(HeaderMap::new(), hop(false), Wish::Nothing, "http://orders:8080");
        assert_eq!(value(&told, "x-forwarded-for"), ["203.0.113.9"]);
        assert_eq!(value(&told, "x-forwarded-proto"), ["https"]);
        assert_eq!(value(&told, "x-forwarded-host"), ["api.example.com"]);
        assert_eq!(value(&told, "host"), ["api.example.com"]);
        assert_eq!(value(&told, "via"), ["1.1 keyward"]);
    }

    #[test]
    fn a_trusted_proxy_tells_of_the_hops_before() {
        let before = headers(&[
            ("x-forwarded-for", "198.51.100.7"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", "www.example.com"),
            ("forwarded", "for=198.51.100.7"),
            ("via", "2.0 edge"),
        ]);
        let told = told(before, hop(true), Wish::Nothing, "http://orders:8080");
        assert_eq!(value(&told, "x-forwarded-for"), ["198.51.100.7, 203.0.113.9"]);
        assert_eq!(value(&told, "x-forwarded-proto"), ["http"]);
        assert_eq!(value(&told, "x-forwarded-host"), ["www.example.com"]);
        assert!(value(&told, "forwarded").is_empty());
        assert_eq!(value(&told, "via"), ["2.0 edge", "1.1 keyward"]);
    }

    #[test]
    fn each_protocol_gets_host_and_wishes_in_its_own_way() {
        let first = told(HeaderMap::new(), hop(false), Wish::Trailers, "http://grpc:1");
        assert_eq!(
            (value(&first, "te"), value(&first, "connection")),
            (vec!["trailers"], vec!["te"])
        );
        let second = told(headers(&[("host", "x")]), hop(false), Wish::Trailers, "h2c://grpc:1");
        assert_eq!(value(&second, "te"), ["trailers"]);
        assert!(value(&second, "connection").is_empty() && value(&second, "host").is_empty());
        let socket = told(HeaderMap::new(), hop(false), Wish::WebSocket, "http://chat:1");
        assert_eq!(value(&socket, "connection"), ["upgrade"]);
        assert_eq!(value(&socket, "upgrade"), ["websocket"]);
    }

    #[test]
    fn a_cookie_in_pieces_becomes_one() {
        let mut pieces = headers(&[("cookie", "a=1"), ("cookie", "b=2"), ("accept", "x")]);
        join_cookies(&mut pieces);
        assert_eq!(value(&pieces, "cookie"), ["a=1; b=2"]);
    }
}
