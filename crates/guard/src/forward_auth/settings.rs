//! `[forward_auth]`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use keyward_listen::tls::Tls;
use serde::Deserialize;

use super::service::HEALTH;
use crate::settings::{self, Span};

/// Answers for proxies that ask before they forward.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table: [forward_auth]")]
pub struct Settings {
    /// Address and port to listen on; `127.0.0.1:8091` by default.
    #[serde(deserialize_with = "settings::listen")]
    pub listen: SocketAddr,
    /// Certificate and key, for proxies that ask over TLS; without them it speaks plain http.
    pub tls: Option<Tls>,
    /// Who may ask: the addresses of the proxies, by default this machine's own. Whoever may ask is believed about the
    /// request and about who sent it, so a whole network of clients has no place here. Everybody else gets 403.
    #[serde(deserialize_with = "settings::networks")]
    pub allow_from: Vec<IpNet>,
    /// Where nginx asks, `/nginx` by default.
    pub nginx: String,
    /// Where Traefik and Caddy ask, `/traefik` by default.
    pub traefik: String,
    /// What stands before the path when Envoy asks over HTTP, `/envoy` by default. Over gRPC Envoy's own path is used.
    pub envoy: String,
    /// Most connections at a time, 4096 by default; more wait in the system's queue.
    pub max_connections: usize,
    /// How long requests under way get at shutdown, `10s` by default.
    pub drain: Span,
}

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Nobody could ask, or everybody.
    #[error("forward_auth.allow_from {0}: name the addresses of your proxies, such as 10.0.3.7/32")]
    AllowFrom(&'static str),
    /// Only this machine may ask, and the port is open to a network.
    #[error(
        "forward_auth.listen {0} is a public address, and forward_auth.allow_from names nobody beyond this machine: \
         listen on 127.0.0.1, or name your proxies"
    )]
    NobodyThere(SocketAddr),
    /// A path that cannot be told from others.
    #[error("forward_auth.{0} must be a path like /{0}, not `/healthz`, and no two may be alike")]
    Path(&'static str),
    /// A limit that lets nothing through.
    #[error("forward_auth.max_connections must be more than nothing")]
    NoConnections,
}

impl Settings {
    /// Checks what no type can say.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        if self.allow_from.is_empty() {
            return Err(SettingsError::AllowFrom("is empty"));
        }
        if self.allow_from.iter().any(|net| net.prefix_len() == 0) {
            return Err(SettingsError::AllowFrom("lets everybody ask"));
        }
        let only_here = self.allow_from.iter().all(|net| net.addr().is_loopback());
        if only_here && !self.listen.ip().is_loopback() {
            return Err(SettingsError::NobodyThere(self.listen));
        }
        let paths = [
            ("nginx", &self.nginx),
            ("traefik", &self.traefik),
            ("envoy", &self.envoy),
        ];
        for (index, (name, path)) in paths.iter().enumerate() {
            let alike = paths
                .iter()
                .take(index)
                .any(|(_, other)| begins(path, other) || begins(other, path));
            if !is_path(path) || alike {
                return Err(SettingsError::Path(name));
            }
        }
        if self.max_connections == 0 {
            return Err(SettingsError::NoConnections);
        }
        Ok(())
    }

    /// Whether somebody may ask.
    pub(super) fn allows(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.allow_from.iter().any(|net| net.contains(&peer))
    }
}

/// Whether `path` is `other` or lies under it.
fn begins(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    path.len() > 1 && path.starts_with('/') && !path.ends_with('/') && path.bytes().all(plain) && path != HEALTH
}

impl Default for Settings {
    fn default() -> Self {
        let loopback = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ];
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8091)),
            tls: None,
            allow_from: loopback.map(IpNet::from).into(),
            nginx: "/nginx".into(),
            traefik: "/traefik".into(),
            envoy: "/envoy".into(),
            max_connections: 4096,
            drain: Span::secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<(), SettingsError> {
        toml::from_str::<Settings>(text).unwrap().check()
    }

    #[test]
    fn every_key_has_a_default() {
        assert_eq!(toml::from_str::<Settings>("").unwrap(), Settings::default());
        assert_eq!(checked(""), Ok(()));
        assert!(toml::from_str::<Settings>("alow_from = []").is_err());
    }

    #[test]
    fn nobody_trusts_everybody() {
        for (text, error) in [
            ("allow_from = []", SettingsError::AllowFrom("is empty")),
            (
                r#"allow_from = ["10.0.0.1/32", "0.0.0.0/0"]"#,
                SettingsError::AllowFrom("lets everybody ask"),
            ),
            (
                r#"allow_from = ["::/0"]"#,
                SettingsError::AllowFrom("lets everybody ask"),
            ),
            (
                r#"listen = "0.0.0.0:8091""#,
                SettingsError::NobodyThere("0.0.0.0:8091".parse().unwrap()),
            ),
        ] {
            assert_eq!(checked(text), Err(error), "{text}");
        }
        assert_eq!(
            checked("listen = \"0.0.0.0:8091\"\nallow_from = [\"10.0.3.7/32\"]"),
            Ok(())
        );
    }

    #[test]
    fn only_this_machine_may_ask_at_first() {
        let settings = Settings::default();
        for (peer, may) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(settings.allows(peer.parse().unwrap()), may, "{peer}");
        }
    }

    #[test]
    fn paths_that_cannot_be_told_apart_are_refused() {
        for (text, name) in [
            (r#"nginx = "nginx""#, "nginx"),
            (r#"nginx = "/""#, "nginx"),
            (r#"traefik = "/nginx""#, "traefik"),
            (r#"envoy = "/traefik/envoy""#, "envoy"),
            (r#"nginx = "/envoy/nginx""#, "envoy"),
            (r#"envoy = "/healthz""#, "envoy"),
            (r#"envoy = "/envoy/""#, "envoy"),
            (r#"envoy = "/a?b""#, "envoy"),
        ] {
            assert_eq!(checked(text), Err(SettingsError::Path(name)), "{text}");
        }
        assert_eq!(checked(r#"nginx = "/nginx2""#), Ok(()));
    }
}
