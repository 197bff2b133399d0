//! The request about which a proxy asks, put together from what the proxy says of it.

use std::net::IpAddr;

use http::{HeaderMap, Method};

use crate::normalise::RequestView;

/// The list of addresses through which a request came; the proxy that asks wrote the last.
pub(super) const FORWARDED_FOR: &str = "x-forwarded-for";

/// A request about which a proxy asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked<'r> {
    pub(super) method: Method,
    /// Path and query, as the client sent them.
    pub(super) target: &'r str,
    pub(super) host: &'r str,
    /// Who is connected to the proxy that asks. If that is a proxy too, the guard's settings say whether it is believed.
    pub(super) client: IpAddr,
}

/// A header of the proxy that is missing, comes twice, or cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) &'static str);

impl<'r> Asked<'r> {
    /// As the guard looks at it. `headers` are the client's; the proxy passed them on with its question.
    pub(super) fn view(&'r self, headers: &'r HeaderMap) -> RequestView<'r> {
        RequestView {
            method: &self.method,
            target: self.target,
            host: Some(self.host),
            headers,
            peer: self.client,
        }
    }
}

/// A header that must come once. Names are compared as they are: `X_Forwarded_Uri` is another header, which proxies do
/// not set and clients may.
pub(super) fn only<'r>(headers: &'r HeaderMap, name: &'static str) -> Result<&'r str, Unreadable> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|value| !value.is_empty());
    let value = value.and_then(|value| value.to_str().ok()).ok_or(Unreadable(name))?;
    if values.next().is_some() {
        return Err(Unreadable(name));
    }
    Ok(value)
}

/// A method in a header.
pub(super) fn method(headers: &HeaderMap, name: &'static str) -> Result<Method, Unreadable> {
    Method::from_bytes(only(headers, name)?.as_bytes()).map_err(|_| Unreadable(name))
}

/// The address that the proxy itself saw.
pub(super) fn client(headers: &HeaderMap) -> Result<IpAddr, Unreadable> {
    nearest(only(headers, FORWARDED_FOR)?).ok_or(Unreadable(FORWARDED_FOR))
}

/// The last of a list of addresses.
pub(super) fn nearest(list: &str) -> Option<IpAddr> {
    let last = list.rsplit(',').next()?.trim();
    last.parse::<IpAddr>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_wrote_into_the_list_does_not_count() {
        for (list, address) in [
            ("203.0.113.9", Some("203.0.113.9")),
            ("127.0.0.1, 203.0.113.9", Some("203.0.113.9")),
            ("nonsense,2001:db8::1", Some("2001:db8::1")),
            ("203.0.113.9, unknown", None),
            ("203.0.113.9,", None),
        ] {
            assert_eq!(nearest(list), address.map(|text| text.parse().unwrap()), "{list}");
        }
    }

    #[test]
    fn a_header_comes_once() {
        let headers = |values: &[&str]| -> HeaderMap {
            let name = |_: &&str| "x-original-uri".parse().unwrap();
            values
                .iter()
                .map(|value| (name(value), value.parse().unwrap()))
                .collect()
        };
        let read = |values: &[&str]| only(&headers(values), "x-original-uri").map(str::to_owned);
        assert_eq!(read(&["/orders"]).as_deref(), Ok("/orders"));
        for values in [&[][..], &[""], &["/orders", "/orders"], &["/public", "/orders"]] {
            assert_eq!(read(values), Err(Unreadable("x-original-uri")), "{values:?}");
        }
    }
}
