//! `[gateway]`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use keyward_listen::tls::Tls;
use serde::Deserialize;

use crate::settings::{self, Span};

/// The reverse proxy.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table: [gateway]")]
pub struct Settings {
    /// Address and port to listen on; `127.0.0.1:8090` by default. An address that is not a loopback one needs `tls` or
    /// `server.trusted_proxies`.
    #[serde(deserialize_with = "settings::listen")]
    pub listen: SocketAddr,
    /// Certificate and key, when the gateway ends TLS itself; without them it speaks plain http.
    pub tls: Option<Tls>,
    /// Most connections at a time, 10000 by default; more wait in the system's queue.
    pub max_connections: usize,
    /// Most connections of one address, 256 by default; one more is closed. Trusted proxies have no such limit.
    pub max_connections_per_address: usize,
    /// Most requests under way, 10000 by default; one more is answered 503. HTTP/2 has many on one connection.
    pub max_requests: usize,
    /// Longest head of a request in bytes, 32768 by default and 8192 at least; beyond it the answer is 431.
    pub max_head_bytes: usize,
    /// Longest body of a request in bytes, without limit by default; beyond it the answer is 413.
    pub max_body_bytes: Option<u64>,
    /// How long the head of a request may take to arrive, a TLS handshake to end, and an answer to find no reader; `10s`
    /// by default.
    pub header_timeout: Span,
    /// How long the body of a request may stand still, `30s` by default; then the answer is 408.
    pub body_timeout: Span,
    /// The slowest that a body may come, in bytes per second after `body_timeout`, 256 by default; 0 for no such bound.
    /// It holds until the answer begins: whoever answers before the end of a request wants to talk.
    pub min_body_rate: u32,
    /// How long a WebSocket may be silent, `5m` by default.
    pub tunnel_timeout: Span,
    /// How long requests under way get at shutdown, `10s` by default.
    pub drain: Span,
    /// The other side.
    pub upstream: UpstreamSettings,
}

/// What holds for the servers behind the gateway: `[gateway.upstream]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table: [gateway.upstream]")]
pub struct UpstreamSettings {
    /// How long a connection may take to be made, TLS included; `5s` by default.
    pub connect_timeout: Span,
    /// How long an answer may take to begin, `60s` by default. It counts from the last byte of the request that went.
    pub response_timeout: Span,
    /// How long an answer that has begun may stand still, `60s` by default. Then it is cut off.
    pub body_timeout: Span,
    /// How long a connection without requests is kept, `30s` by default.
    pub idle_timeout: Span,
    /// Most such connections to each server, 256 by default.
    pub max_idle: usize,
    /// PEM file with certificates of authorities that are trusted beside Mozilla's.
    pub ca: Option<PathBuf>,
    /// Which `Host` the servers get; `client` by default.
    pub host: HostHeader,
}

/// Which `Host` a server gets. RFC 9110 §7.2
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostHeader {
    /// The one that the client asked for.
    #[default]
    Client,
    /// The server's own, as its URL has it. The client's is in `X-Forwarded-Host`.
    Upstream,
}

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Tokens would cross a network in clear.
    #[error(
        "gateway.listen {0} is a public address, and neither gateway.tls nor server.trusted_proxies is set: tokens would \
         cross the network in clear. Set gateway.tls.cert and gateway.tls.key, or name your proxies in \
         server.trusted_proxies, or listen on 127.0.0.1"
    )]
    PlainOnPublicAddress(SocketAddr),
    /// A limit that lets nothing through.
    #[error("gateway.{0} must be more than nothing")]
    Zero(&'static str),
}

impl Settings {
    /// Checks what no type can say.
    pub(crate) fn check(&self, trusted_proxies: &[ipnet::IpNet]) -> Result<(), SettingsError> {
        if !self.listen.ip().is_loopback() && self.tls.is_none() && trusted_proxies.is_empty() {
            return Err(SettingsError::PlainOnPublicAddress(self.listen));
        }
        let limits = [
            ("max_connections", self.max_connections == 0),
            ("max_connections_per_address", self.max_connections_per_address == 0),
            ("max_requests", self.max_requests == 0),
            ("max_head_bytes", self.max_head_bytes == 0),
            ("header_timeout", self.header_timeout.0.is_zero()),
            ("body_timeout", self.body_timeout.0.is_zero()),
            ("tunnel_timeout", self.tunnel_timeout.0.is_zero()),
            ("upstream.connect_timeout", self.upstream.connect_timeout.0.is_zero()),
            ("upstream.response_timeout", self.upstream.response_timeout.0.is_zero()),
            ("upstream.body_timeout", self.upstream.body_timeout.0.is_zero()),
        ];
        match limits.into_iter().find(|(_, nothing)| *nothing) {
            Some((name, _)) => Err(SettingsError::Zero(name)),
            None => Ok(()),
        }
    }

    /// The keys that differ of those that are settled when the port is opened, and need a restart to change.
    pub(crate) fn changed_at_the_port(&self, other: &Self) -> Vec<&'static str> {
        let keys = [
            ("gateway.listen", self.listen != other.listen),
            ("gateway.tls", self.tls != other.tls),
            ("gateway.max_connections", self.max_connections != other.max_connections),
            (
                "gateway.max_connections_per_address",
                self.max_connections_per_address != other.max_connections_per_address,
            ),
            ("gateway.max_requests", self.max_requests != other.max_requests),
            ("gateway.max_head_bytes", self.max_head_bytes != other.max_head_bytes),
            ("gateway.header_timeout", self.header_timeout != other.header_timeout),
            ("gateway.drain", self.drain != other.drain),
        ];
        keys.into_iter()
            .filter_map(|(key, differs)| differs.then_some(key))
            .collect()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8090)),
            tls: None,
            max_connections: 10_000,
            max_connections_per_address: 256,
            max_requests: 10_000,
            max_head_bytes: 32 * 1024,
            max_body_bytes: None,
            header_timeout: Span::secs(10),
            body_timeout: Span::secs(30),
            min_body_rate: 256,
            tunnel_timeout: Span(Duration::from_mins(5)),
            drain: Span::secs(10),
            upstream: UpstreamSettings::default(),
        }
    }
}

impl Default for UpstreamSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Span::secs(5),
            response_timeout: Span::secs(60),
            body_timeout: Span::secs(60),
            idle_timeout: Span::secs(30),
            max_idle: 256,
            ca: None,
            host: HostHeader::Client,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_default() {
        let empty: Settings = toml::from_str("").unwrap();
        assert_eq!(empty, Settings::default());
        assert_eq!(empty.check(&[]), Ok(()));
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(toml::from_str::<Settings>("lisen = \"127.0.0.1:1\"").is_err());
        assert!(toml::from_str::<Settings>("[upstream]\ntimeout = \"1s\"").is_err());
    }

    #[test]
    fn tokens_in_clear_on_a_network_are_refused() {
        let open = Settings {
            listen: "0.0.0.0:8090".parse().unwrap(),
            ..Settings::default()
        };
        assert_eq!(open.check(&[]), Err(SettingsError::PlainOnPublicAddress(open.listen)));
        assert_eq!(open.check(&["10.0.0.0/8".parse().unwrap()]), Ok(()));
    }

    #[test]
    fn what_needs_a_restart_is_named_if_it_changed() {
        let changed = |text: &str| {
            let settings: Settings = toml::from_str(text).unwrap();
            settings.changed_at_the_port(&Settings::default())
        };
        assert!(changed("listen = \"127.0.0.1:8090\"\nbody_timeout = \"1s\"").is_empty());
        assert_eq!(
            changed("listen = \"127.0.0.1:1\"\ndrain = \"1s\""),
            ["gateway.listen", "gateway.drain"]
        );
    }

    #[test]
    fn what_would_let_nothing_through_is_refused() {
        for (text, name) in [
            ("max_requests = 0", "max_requests"),
            ("body_timeout = \"0s\"", "body_timeout"),
            ("[upstream]\nresponse_timeout = \"0ms\"", "upstream.response_timeout"),
        ] {
            let settings: Settings = toml::from_str(text).unwrap();
            assert_eq!(settings.check(&[]), Err(SettingsError::Zero(name)));
        }
    }
}
