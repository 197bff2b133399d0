//! Web origins: whose scripts may read an answer (Keycloak's `webOrigins`).

use std::net::Ipv4Addr;

/// Whether `origin` (the header, RFC 6454 §7) is one of a client's web origins. `+` in the list stands for the
/// origins of the redirect URIs. A registered loopback origin without a port matches any port, as the loopback
/// redirect does (RFC 8252 §7.3). `*`, which only Keycloak's administrators can write, is every page of the web, but
/// not `null`.
pub fn allowed(origin: &str, web_origins: &[String], redirect_uris: &[String]) -> bool {
    web_origins.iter().any(|registered| match registered.as_str() {
        "*" => matches!(origin.split_once("://"), Some(("http" | "https", host)) if !host.is_empty()),
        "+" => redirect_uris
            .iter()
            .filter_map(|uri| of(uri))
            .any(|registered| matches(origin, registered)),
        registered => matches(origin, registered),
    })
}

/// A client's web origins by name, for the `allowed-origins` of its tokens: `+` is the origins of its redirect URIs.
pub fn named(web_origins: &[String], redirect_uris: &[String]) -> Vec<String> {
    let mut origins: Vec<String> = Vec::new();
    let mut add = |origin: &str| {
        if !origins.iter().any(|known| known == origin) {
            origins.push(origin.to_owned());
        }
    };
    for registered in web_origins {
        match registered.as_str() {
            "+" => redirect_uris.iter().filter_map(|uri| of(uri)).for_each(&mut add),
            origin => add(origin),
        }
    }
    origins
}

/// The origin of a URI: scheme, host and port.
pub fn of(uri: &str) -> Option<&str> {
    let after = uri.find("://")? + 3;
    let end = uri
        .get(after..)?
        .find(['/', '?', '#'])
        .map_or(uri.len(), |at| after + at);
    let origin = uri.get(..end)?;
    (origin.len() > after && !origin.contains('@')).then_some(origin)
}

fn matches(origin: &str, registered: &str) -> bool {
    if origin == registered {
        return true;
    }
    let Some(port) = origin.strip_prefix(registered).and_then(|rest| rest.strip_prefix(':')) else {
        return false;
    };
    // As a browser writes a port: a number without leading zeros, and not the default one.
    let is_port = port.parse::<u16>().is_ok_and(|number| number.to_string() == port);
    is_loopback(registered) && is_port
}

fn is_loopback(origin: &str) -> bool {
    match origin.strip_prefix("http://") {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{allowed, named, of};

    fn is_allowed(origin: &str, list: &[&str]) -> bool {
        let list: Vec<String> = list.iter().map(|&text| text.to_owned()).collect();
        allowed(origin, &list, &["https://app.example.com/cb?x".into()])
    }

    #[test]
    fn exact_or_any_port_on_loopback() {
        assert!(is_allowed("https://shop.example.com", &["https://shop.example.com"]));
        assert!(is_allowed("http://127.0.0.1:5173", &["http://127.0.0.1"]));
        assert!(is_allowed("http://localhost", &["http://localhost"]));
        assert!(is_allowed("https://app.example.com", &["+"]));
    }

    #[test]
    fn a_star_is_every_page_of_the_web() {
        for fine in ["https://anything.example", "http://localhost:5173"] {
            assert!(is_allowed(fine, &["*"]), "{fine}");
        }
        for other in ["null", "", "file://", "chrome-extension://abc", "https://"] {
            assert!(!is_allowed(other, &["*"]), "{other}");
        }
    }

    #[test]
    fn plus_is_named_by_what_it_stands_for() {
        let list = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            named(
                &list(&["https://a.example", "+"]),
                &list(&[
                    "https://b.example:8443/cb",
                    "https://a.example/x",
                    "com.example.app:/cb"
                ])
            ),
            ["https://a.example", "https://b.example:8443"]
        );
        assert!(named(&[], &list(&["https://b.example/cb"])).is_empty());
    }

    #[test]
    fn look_alikes_are_refused() {
        for evil in [
            "https://shop.example.com.evil.com",
            "https://shop.example.com:444",
            "http://shop.example.com",
            "null",
            "",
            "http://127.0.0.1:80@evil.com",
            "http://127.0.0.1:",
            "http://127.0.0.1:99999",
            "http://127.0.0.1:080",
            "http://localhost.evil.com",
        ] {
            assert!(
                !is_allowed(
                    evil,
                    &["https://shop.example.com", "http://127.0.0.1", "http://localhost"]
                ),
                "{evil}"
            );
        }
    }

    #[test]
    fn origins_of_uris() {
        assert_eq!(of("https://a.b:8443/x/y"), Some("https://a.b:8443"));
        assert_eq!(of("https://u@a.b/x"), None);
        assert_eq!(of("com.example.app:/cb"), None);
    }
}
