//! Who the caller is behind proxies, and whether TLS carried the request.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Where a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The caller's address, as far as trusted proxies tell.
    pub(crate) address: IpAddr,
    /// Whether the last hop that we can judge was TLS, or never left this machine.
    pub(crate) secure: bool,
}

/// Reads the forwarded headers of trusted proxies only. There is no switch that trusts everybody: whoever reaches
/// the server directly is taken at their own address, whatever they write.
pub(crate) fn origin(peer: IpAddr, tls: bool, headers: &HeaderMap, trusted: &[IpNet]) -> Origin {
    let peer = peer.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(peer) {
        return Origin {
            address: peer,
            secure: tls || peer.is_loopback(),
        };
    }
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let secure = tls || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
    // From the right: each trusted proxy appended the address that it saw; the first untrusted one is the caller.
    let hops = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut address = peer;
    for hop in hops
        .flat_map(|value| value.split(','))
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
    {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
        address = hop.to_canonical();
        if !is_trusted(address) {
            break;
        }
    }
    Origin { address, secure }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, IpAddr, Origin, origin};

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn seen(peer: &str, list: &[(&'static str, &str)]) -> Origin {
        origin(
            peer.parse().unwrap(),
            false,
            &headers(list),
            &["10.0.0.0/8".parse().unwrap()],
        )
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn strangers_cannot_choose_their_address() {
        let forged = seen(
            "203.0.113.9",
            &[("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")],
        );
        assert_eq!(
            forged,
            Origin {
                address: address("203.0.113.9"),
                secure: false
            }
        );
    }

    #[test]
    fn behind_a_proxy_the_rightmost_stranger_counts() {
        let behind = seen(
            "10.0.0.1",
            &[
                ("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.7"),
                ("x-forwarded-proto", "https"),
            ],
        );
        assert_eq!(
            behind,
            Origin {
                address: address("203.0.113.9"),
                secure: true
            }
        );
        let mapped = seen("::ffff:10.0.0.1", &[("x-forwarded-for", "203.0.113.9")]);
        assert_eq!(
            mapped,
            Origin {
                address: address("203.0.113.9"),
                secure: false
            }
        );
        assert_eq!(
            seen("10.0.0.1", &[("x-forwarded-for", "unknown")]).address,
            address("10.0.0.1")
        );
    }
}
