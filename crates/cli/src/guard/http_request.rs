//! A request in a file: as HTTP/1.1 has it on the wire, or as `curl -v` prints it. It is read as the gateway reads one,
//! so that what is explained is what would happen.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use http::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Uri};
use keyward_guard::RequestView;

use crate::failure::Failure;

/// The longest file, in bytes: more than any head that a server takes.
const MOST_BYTES: u64 = 1024 * 1024;

/// The most header fields.
const MOST_FIELDS: usize = 256;

/// What `curl -v` puts before what it sends.
const SENT: &str = "> ";

/// What is said of anything else.
const NO_REQUEST: &str = "this is no HTTP request. Take it from curl: curl -sv http://127.0.0.1:8090/orders 2>&1 | \
                          keyward guard explain --request -, or write it down, with a first line like GET /orders HTTP/1.1";

/// A request, as far as a guard looks at it.
#[derive(Debug)]
pub(super) struct HttpRequest {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    /// Empty when the request names two, or must name one and does not: a guard refuses it.
    pub(super) host: Option<String>,
    pub(super) headers: HeaderMap,
}

impl HttpRequest {
    /// Reads a file, or stdin for `-`.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = if path.as_os_str() == "-" {
            bounded(std::io::stdin().lock())
                .map_err(|error| Failure::new(format!("cannot read the request on stdin: {error}")))?
        } else {
            let failed = |error| Failure::path("read the request", path, &error);
            bounded(std::fs::File::open(path).map_err(failed)?).map_err(failed)?
        };
        let parsed = Self::parse(&bytes).or_else(|why| match sent_by_curl(&bytes) {
            Some(head) => Self::parse(&head),
            None => Err(why),
        });
        parsed.map_err(|why| Failure::new(format!("{}: {why}", path.display())))
    }

    /// Reads a head; a body may follow and is not looked at. RFC 9112 §3
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.trim_ascii_start();
        let mut head = bytes.to_vec();
        // A file that ends with its last header field has no empty line.
        head.extend_from_slice(b"\r\n\r\n");
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut request = httparse::Request::new(&mut fields);
        let unreadable = || NO_REQUEST.to_owned();
        request.parse(&head).map_err(|_| unreadable())?;
        let (Some(method), Some(target)) = (request.method, request.path) else {
            return Err(unreadable());
        };
        let mut headers = HeaderMap::new();
        for field in request.headers.iter() {
            let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| unreadable())?;
            let value = HeaderValue::from_bytes(field.value).map_err(|_| unreadable())?;
            headers.append(name, value);
        }
        let has_host = headers.contains_key(HOST);
        let is_old = request.version == Some(0);
        let mut read = Request::new(());
        *read.method_mut() = Method::from_bytes(method.as_bytes()).map_err(|_| unreadable())?;
        *read.uri_mut() = target
            .parse::<Uri>()
            .map_err(|_| format!("{target:?} is no request target"))?;
        *read.headers_mut() = headers;
        // Who is connected is said elsewhere, and changes nothing here.
        let view = RequestView::of(&read, IpAddr::V4(Ipv4Addr::LOCALHOST));
        let (host, target) = (view.host.map(str::to_owned), view.target.to_owned());
        let (head, ()) = read.into_parts();
        Ok(Self {
            method: head.method,
            target,
            // Since HTTP/1.1 a request must have the header. RFC 9112 §3.2
            host: match (has_host, is_old) {
                (true, _) => host,
                (false, true) => None,
                (false, false) => Some(String::new()),
            },
            headers: head.headers,
        })
    }
}

fn bounded(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The head of the last request in what `curl -v` printed. Its HTTP/2 has the same lines.
fn sent_by_curl(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(SENT)).collect();
    let first = lines.iter().rposition(|line| line.contains(" HTTP/"))?;
    let (request_line, fields) = lines.get(first..)?.split_first()?;
    let (method_and_target, _version) = request_line.rsplit_once(" HTTP/")?;
    let mut head = format!("{method_and_target} HTTP/1.1\r\n");
    for field in fields {
        head.push_str(field);
        head.push_str("\r\n");
    }
    Some(head.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{HttpRequest, sent_by_curl};

    #[test]
    fn a_head_is_read_with_either_line_break_and_without_an_end() {
        for text in [
            "GET /orders?x=1 HTTP/1.1\r\nHost: api:1\r\nAuthorization: Bearer t\r\n\r\n",
            "GET /orders?x=1 HTTP/1.1\nHost: api:1\nAuthorization: Bearer t\n\nbody",
            "\nGET /orders?x=1 HTTP/1.1\nhost: api:1\nauthorization: Bearer t",
        ] {
            let request = HttpRequest::parse(text.as_bytes()).unwrap();
            assert_eq!(
                (request.method.as_str(), &*request.target),
                ("GET", "/orders?x=1"),
                "{text:?}"
            );
            assert_eq!(request.host.as_deref(), Some("api:1"));
            assert_eq!(request.headers["authorization"], "Bearer t");
        }
    }

    #[test]
    fn two_hosts_are_none_as_at_the_gateway() {
        for (text, host, target) in [
            ("GET http://b.test/x?y HTTP/1.1\nHost: a.test\n", Some(""), "/x?y"),
            ("GET http://b.test/x HTTP/1.1\n", Some(""), "/x"),
            ("GET /x HTTP/1.1\n", Some(""), "/x"),
            ("GET /x HTTP/1.1\nHost: a\u{e4}\n", Some(""), "/x"),
            ("GET http://A.test/x HTTP/1.1\nHost: a.test\n", Some("A.test"), "/x"),
            ("GET http://a.test HTTP/1.1\nHost: a.test\n", Some("a.test"), "/"),
            ("GET /x HTTP/1.0\n", None, "/x"),
            ("GET http://a.test/x HTTP/1.0\n", None, "/x"),
            ("OPTIONS * HTTP/1.1\nHost: a.test\n", Some("a.test"), "*"),
            (
                "CONNECT a.test:443 HTTP/1.1\nHost: a.test:443\n",
                Some("a.test:443"),
                "",
            ),
        ] {
            let request = HttpRequest::parse(text.as_bytes()).unwrap();
            assert_eq!((request.host.as_deref(), &*request.target), (host, target), "{text:?}");
        }
        let twice = HttpRequest::parse(b"GET /x HTTP/1.1\nHost: a\nHost: a\n").unwrap();
        assert_eq!(twice.headers.get_all("host").iter().count(), 2);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for text in [
            "",
            "GET",
            "GET /",
            "GET / HTTP/1.1\nno colon\n",
            "GET / HTTP/1.1\nHost: a\u{0}b\n",
        ] {
            let why = HttpRequest::parse(text.as_bytes()).unwrap_err();
            assert!(why.starts_with("this is no HTTP request"), "{why}");
        }
    }

    #[test]
    fn what_curl_prints_is_a_request() {
        let printed = "* Connected\n> GET /old HTTP/2\n> Host: api\n> \n< HTTP/2 302\n> POST /orders HTTP/2\n> Host: api\n\
                       > Accept: */*\n> \n< HTTP/2 401\n";
        let request = HttpRequest::parse(&sent_by_curl(printed.as_bytes()).unwrap()).unwrap();
        assert_eq!((request.method.as_str(), &*request.target), ("POST", "/orders"));
        assert_eq!(request.headers.len(), 2);
        assert!(sent_by_curl(b"GET / HTTP/1.1").is_none());
    }
}
