//! Whose request it is behind proxies. RFC 7239 §5.2

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

use crate::denial::Reason;

/// Headers that tell of a caller's address: from a trusted proxy they come once at most, as lists.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Who calls, and whether a trusted proxy says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    pub(crate) by_trusted_proxy: bool,
}

/// The address of whoever asked the first trusted proxy. Strangers cannot choose theirs.
pub(crate) fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Result<Origin, Reason> {
    let peer = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(peer) {
        return Ok(Origin {
            address: peer,
            by_trusted_proxy: false,
        });
    }
    let mut values = headers.get_all(FORWARDED_FOR).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(Reason::AmbiguousProxyHeader);
    }
    let mut address = peer;
    let hops = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    // From the right: each trusted proxy appended the address that it saw; the first untrusted one is the caller.
    for hop in hops.rsplit(',') {
        let Some(hop) = parse(hop.trim()) else { break };
        address = hop.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    Ok(Origin {
        address,
        by_trusted_proxy: true,
    })
}

/// An address as proxies write it: alone, in the brackets of IPv6, or with the port that some add. RFC 7239 §6
fn parse(hop: &str) -> Option<IpAddr> {
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    let alone = hop.parse().ok();
    alone
        .or_else(|| hop.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
        .or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, values: &[&str]) -> Result<String, Reason> {
        let headers = values
            .iter()
            .map(|value| (FORWARDED_FOR.parse().unwrap(), value.parse().unwrap()))
            .collect();
        origin(peer.parse().unwrap(), &headers, &["10.0.0.0/8".parse().unwrap()])
            .map(|origin| origin.address.to_string())
    }

    #[test]
    fn strangers_cannot_choose_their_address() {
        assert_eq!(seen("203.0.113.9", &["127.0.0.1"]).as_deref(), Ok("203.0.113.9"));
        assert_eq!(
            seen("203.0.113.9", &["1.1.1.1", "2.2.2.2"]).as_deref(),
            Ok("203.0.113.9")
        );
    }

    #[test]
    fn behind_a_proxy_the_rightmost_stranger_counts() {
        assert_eq!(
            seen("10.0.0.1", &["1.1.1.1, 203.0.113.9, 10.0.0.7"]).as_deref(),
            Ok("203.0.113.9")
        );
        assert_eq!(seen("::ffff:10.0.0.1", &["203.0.113.9"]).as_deref(), Ok("203.0.113.9"));
        assert_eq!(seen("10.0.0.1", &["unknown"]).as_deref(), Ok("10.0.0.1"));
        assert_eq!(seen("10.0.0.1", &[]).as_deref(), Ok("10.0.0.1"));
    }

    /// Else everybody behind such a proxy would be the proxy.
    #[test]
    fn a_port_hides_nobody() {
        for (value, address) in [
            ("7.7.7.7:1234", "7.7.7.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[::ffff:7.7.7.7]:1234", "7.7.7.7"),
            ("1.1.1.1:1, 7.7.7.7:1234, 10.0.0.7:80", "7.7.7.7"),
        ] {
            assert_eq!(seen("10.0.0.1", &[value]).as_deref(), Ok(address), "{value}");
        }
        for value in [
            "7.7.7.7:",
            "7.7.7.7:x",
            "7.7.7.7:99999",
            "[7.7.7.7]",
            "[7.7.7.7]:1",
            "[2001:db8::1",
            "2001:db8::1]",
            "[[2001:db8::1]]",
        ] {
            assert_eq!(seen("10.0.0.1", &[value]).as_deref(), Ok("10.0.0.1"), "{value}");
        }
    }

    #[test]
    fn twice_from_a_proxy_is_refused() {
        assert_eq!(
            seen("10.0.0.1", &["1.1.1.1", "2.2.2.2"]),
            Err(Reason::AmbiguousProxyHeader)
        );
    }
}
