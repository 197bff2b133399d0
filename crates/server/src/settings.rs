//! What an operator sets for the HTTP side: the `[server]` table of the configuration.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
pub use keyward_listen::tls::Tls;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The `[server]` table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The URL under which clients reach this server, without a path and without a trailing slash. It is the
    /// beginning of every issuer and is never taken from a request.
    pub public_url: String,
    /// Address and port to listen on; `127.0.0.1:8080` by default. An address that is not a loopback one needs `tls` or
    /// `trusted_proxies`, and a `public_url` with https.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Addresses or networks of the proxies in front. Only their `X-Forwarded-For` and `X-Forwarded-Proto` count;
    /// by default nobody's do.
    #[serde(default, deserialize_with = "addresses_or_networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Certificate and key, when this server ends TLS itself; without them it speaks plain http.
    #[serde(default)]
    pub tls: Option<Tls>,
    /// Address and port that only redirect to `public_url`; off when absent, as by default.
    #[serde(default)]
    pub redirect_listen: Option<SocketAddr>,
    /// Address and port of `/health` and `/metrics`; off when absent, as by default.
    #[serde(default)]
    pub management_listen: Option<SocketAddr>,
    /// Most connections at a time, 10000 by default; more wait in the system's queue.
    #[serde(default = "default_max_connections")]
    pub max_connections: usize,
    /// Seconds that memory alone may answer while the database is out of reach, 30 by default; then the answer is 503.
    #[serde(default = "default_max_stale_secs")]
    pub max_stale_secs: i64,
    /// Seconds that a request may take to arrive, that an answer may wait for its reader, and that requests under way
    /// get at shutdown; 10 by default.
    #[serde(default = "default_request_timeout_secs")]
    pub request_timeout_secs: u64,
    /// MiB that a realm file may have where it is sent to the admin API, 64 by default.
    #[serde(default = "default_max_realm_file_mib")]
    pub max_realm_file_mib: usize,
}

/// Why settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// `public_url` is not a URL of scheme, host and port.
    #[error("public_url {0:?} must be http:// or https:// with a host and no path, query or trailing slash")]
    PublicUrl(String),
    /// Tokens and secrets would cross a network in clear.
    #[error(
        "listen {listen} is a public address, and neither tls nor trusted_proxies is set: secrets would cross the \
         network in clear. Set tls.cert and tls.key, or name your proxies in trusted_proxies, or listen on 127.0.0.1"
    )]
    PlainOnPublicAddress {
        /// The address.
        listen: SocketAddr,
    },
    /// A limit that lets nothing through.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// Two listeners on one address.
    #[error("listen, management_listen and redirect_listen must differ: {0} is there twice")]
    SameListen(SocketAddr),
    /// TLS is set up, but the world is told to use http.
    #[error("tls is set, but public_url {0:?} is http. Use https://")]
    TlsWithHttp(String),
    /// The world would be told to use http.
    #[error(
        "public_url {public_url:?} is http, but listen {listen} is not a loopback address. Use an https:// address"
    )]
    PublicHttp {
        /// The URL.
        public_url: String,
        /// The address.
        listen: SocketAddr,
    },
}

impl Settings {
    /// Bytes that a realm file may have.
    pub(crate) const fn realm_file_bytes(&self) -> usize {
        self.max_realm_file_mib.saturating_mul(1024 * 1024)
    }

    /// Settings of a server on a loopback address, for development and tests.
    pub fn loopback(listen: SocketAddr) -> Self {
        Self {
            public_url: format!("http://{listen}"),
            listen,
            trusted_proxies: Vec::new(),
            tls: None,
            redirect_listen: None,
            management_listen: None,
            max_connections: default_max_connections(),
            max_stale_secs: default_max_stale_secs(),
            request_timeout_secs: default_request_timeout_secs(),
            max_realm_file_mib: default_max_realm_file_mib(),
        }
    }

    /// Checks what no type can say.
    pub fn check(&self) -> Result<(), SettingsError> {
        let (scheme, rest) = self.public_url.split_once("://").unwrap_or(("", ""));
        let host_only = !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ', '\\']);
        if !matches!(scheme, "http" | "https") || !host_only || !self.public_url.is_ascii() {
            return Err(SettingsError::PublicUrl(self.public_url.clone()));
        }
        let limits = [
            ("max_connections", self.max_connections == 0),
            ("max_stale_secs", self.max_stale_secs < 1),
            ("request_timeout_secs", self.request_timeout_secs == 0),
            ("max_realm_file_mib", self.max_realm_file_mib == 0),
        ];
        if let Some((name, _)) = limits.into_iter().find(|(_, zero)| *zero) {
            return Err(SettingsError::Zero(name));
        }
        let listens: Vec<SocketAddr> = [Some(self.listen), self.management_listen, self.redirect_listen]
            .into_iter()
            .flatten()
            .collect();
        let twice = listens
            .iter()
            .enumerate()
            .find(|(at, address)| address.port() != 0 && listens.iter().skip(at + 1).any(|other| other == *address));
        if let Some((_, address)) = twice {
            return Err(SettingsError::SameListen(*address));
        }
        if self.tls.is_some() && scheme == "http" {
            return Err(SettingsError::TlsWithHttp(self.public_url.clone()));
        }
        let loopback = self.listen.ip().is_loopback();
        if !loopback && self.tls.is_none() && self.trusted_proxies.is_empty() {
            return Err(SettingsError::PlainOnPublicAddress { listen: self.listen });
        }
        if !loopback && scheme == "http" {
            return Err(SettingsError::PublicHttp {
                public_url: self.public_url.clone(),
                listen: self.listen,
            });
        }
        Ok(())
    }
}

/// A proxy is an address (`10.0.0.1`) or a network (`10.0.0.0/8`).
fn addresses_or_networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parse = |text: &String| {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        address.or_else(|_| text.parse()).map_err(|_| {
            D::Error::custom(format!(
                "{text:?} is neither an address (10.0.0.1) nor a network (10.0.0.0/8)"
            ))
        })
    };
    texts.iter().map(parse).collect()
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_max_connections() -> usize {
    10_000
}

fn default_max_stale_secs() -> i64 {
    30
}

fn default_max_realm_file_mib() -> usize {
    64
}

fn default_request_timeout_secs() -> u64 {
    10
}

#[cfg(test)]
mod tests {
    use super::{Settings, SettingsError};

    fn settings(public_url: &str, listen: &str) -> Settings {
        Settings {
            public_url: public_url.into(),
            ..Settings::loopback(listen.parse().unwrap())
        }
    }

    #[test]
    fn plain_http_on_a_public_address_is_refused() {
        let open = settings("https://id.example.com", "0.0.0.0:8080");
        assert!(matches!(open.check(), Err(SettingsError::PlainOnPublicAddress { .. })));
        let behind = Settings {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..open
        };
        assert_eq!(behind.check(), Ok(()));
        let http = Settings {
            public_url: "http://id.example.com".into(),
            ..behind
        };
        assert!(matches!(http.check(), Err(SettingsError::PublicHttp { .. })));
    }

    #[test]
    fn what_would_let_nothing_through_is_refused() {
        let fine = settings("http://127.0.0.1:8080", "127.0.0.1:8080");
        let none = Settings {
            max_connections: 0,
            ..fine.clone()
        };
        assert_eq!(none.check(), Err(SettingsError::Zero("max_connections")));
        let twice = Settings {
            management_listen: Some(fine.listen),
            ..fine.clone()
        };
        assert_eq!(twice.check(), Err(SettingsError::SameListen(fine.listen)));
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let read =
            |list: &str| serde_json::from_str::<Settings>(&format!(r#"{{"public_url":"x","trusted_proxies":{list}}}"#));
        let proxies = read(r#"["127.0.0.1", "10.0.0.0/8", "::1"]"#).unwrap().trusted_proxies;
        assert_eq!(
            proxies,
            ["127.0.0.1/32", "10.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap())
        );
        assert!(
            read(r#"["proxy.example.com"]"#)
                .unwrap_err()
                .to_string()
                .contains("neither an address")
        );
    }

    #[test]
    fn the_public_url_is_an_origin() {
        for bad in [
            "id.example.com",
            "https://",
            "https://a/",
            "https://a/b",
            "ftp://a",
            "https://u@a",
            "https://a?b",
        ] {
            assert!(
                matches!(settings(bad, "127.0.0.1:1").check(), Err(SettingsError::PublicUrl(_))),
                "{bad}"
            );
        }
        assert_eq!(settings("http://127.0.0.1:8080", "127.0.0.1:8080").check(), Ok(()));
    }
}
