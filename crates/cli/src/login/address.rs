//! The address of a server.

use std::net::IpAddr;

use http::uri::Authority;

use crate::failure::Failure;

/// The address as the login is found by it again.
pub(super) fn server(url: &str) -> Result<String, Failure> {
    let url = url.trim_end_matches('/');
    let has_more = url.contains(['?', '#']) || url.contains("/realms/");
    if has_more || !(url.starts_with("https://") || url.starts_with("http://")) {
        let scheme = if is_loopback(url) { "http" } else { "https" };
        return Err(Failure::new(format!(
            "{url:?} is not the address of a server: expected {scheme}://HOST, and the realm with --realm"
        )));
    }
    Ok(url.to_owned())
}

/// Whether it is on this machine, where `keyward dev` has no certificate.
fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Ok(authority) = authority.parse::<Authority>() else {
        return false;
    };
    let host = authority.host();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::server;

    #[test]
    fn what_is_no_address_is_told_the_scheme_that_it_would_have() {
        for (url, scheme) in [
            ("127.0.0.1:18980", "http"),
            ("localhost:8080", "http"),
            ("localhost", "http"),
            ("[::1]:8080", "http"),
            ("[::1]", "http"),
            ("http://127.0.0.1:8080/realms/shop", "http"),
            ("id.example.com", "https"),
            ("localhost.example.com:8080", "https"),
            ("https://id.example.com/realms/127.0.0.1", "https"),
            ("", "https"),
        ] {
            let line = server(url).unwrap_err().to_string();
            assert!(line.contains(&format!("expected {scheme}://HOST")), "{line}");
        }
        assert_eq!(server("http://127.0.0.1:8080/").unwrap(), "http://127.0.0.1:8080");
    }
}
