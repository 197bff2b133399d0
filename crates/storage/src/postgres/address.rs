//! What the URL of a database says, in libpq's words.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::database::OpenError;

/// A URL, read.
pub(super) struct Address {
    /// Server, user, database and `sslmode`; `verify-full` has become `require`.
    pub(super) config: Config,
    /// `sslrootcert`: a file of PEM certificates.
    pub(super) roots: Option<PathBuf>,
}

impl Address {
    /// Reads a URL, or libpq's `key=value` form, in which `sslrootcert` and `verify-full` are not known.
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (url, roots) = split_roots(url)?;
        let mut config: Config = url.parse().map_err(|_| OpenError::Url)?;
        if config.get_hosts().is_empty() {
            // A certificate is compared with the address where there is no name, as libpq does.
            for address in config.get_hostaddrs().to_vec() {
                config.host(address.to_string());
            }
        }
        Ok(Self { config, roots })
    }

    /// Whether nothing leaves this machine: PostgreSQL has no TLS on a Unix socket.
    pub(super) fn is_local(&self) -> bool {
        self.config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)))
    }
}

/// The URL without what tokio-postgres has no word for, and the file of roots.
fn split_roots(url: &str) -> Result<(String, Option<PathBuf>), OpenError> {
    let Some((place, query)) = split_query(url) else {
        return Ok((url.to_owned(), None));
    };
    let mut roots = None;
    let mut kept = Vec::new();
    for parameter in query.split('&') {
        match parameter.split_once('=') {
            Some(("sslrootcert", path)) => {
                let path = percent_decode_str(path).decode_utf8().map_err(|_| OpenError::Url)?;
                roots = Some(PathBuf::from(path.as_ref()));
            }
            Some(("sslmode", "verify-full")) => kept.push("sslmode=require"),
            _ => kept.push(parameter),
        }
    }
    Ok((format!("{place}?{}", kept.join("&")), roots))
}

/// A `?` may stand in the password as it is; whatever comes before the first `@` belongs to the user.
fn split_query(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let place = rest.split_once('@').map_or(rest, |(_, place)| place);
    let (_, query) = place.split_once('?')?;
    Some((url.strip_suffix(query)?.strip_suffix('?')?, query))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_postgres::config::SslMode;

    use super::*;

    fn address(url: &str) -> Address {
        Address::parse(url).unwrap()
    }

    #[test]
    fn libpqs_words_for_tls_are_read() {
        let read = address("postgres://u:p?w@h/db?sslmode=verify-full&sslrootcert=/etc/my%20ca.pem&connect_timeout=3");
        assert_eq!(read.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(read.roots, Some(PathBuf::from("/etc/my ca.pem")));
        assert_eq!(read.config.get_password(), Some(&b"p?w"[..]));
        assert_eq!(read.config.get_connect_timeout().map(Duration::as_secs), Some(3));

        let read = address("postgres://h/db?sslrootcert=ca.pem");
        assert_eq!(read.config.get_ssl_mode(), SslMode::Prefer);
        assert_eq!(read.config.get_dbname(), Some("db"));
        assert_eq!(read.roots, Some(PathBuf::from("ca.pem")));

        for (word, mode) in [
            ("disable", SslMode::Disable),
            ("prefer", SslMode::Prefer),
            ("require", SslMode::Require),
        ] {
            let read = address(&format!("postgresql://h/db?sslmode={word}"));
            assert_eq!((read.config.get_ssl_mode(), read.roots), (mode, None));
            let read = address(&format!("host=h sslmode={word}"));
            assert_eq!((read.config.get_ssl_mode(), read.roots), (mode, None));
        }
    }

    #[test]
    fn other_words_are_refused() {
        for url in [
            "postgres://h/db?sslmode=verify-ca",
            "postgres://h/db?sslmode=allow",
            "postgres://h/db?sslmode=",
            "postgres://h/db?sslrootcert=%ff",
            "postgres://h/db?sslcert=client.pem",
            "host=h sslrootcert=ca.pem",
        ] {
            assert!(matches!(Address::parse(url), Err(OpenError::Url)), "{url}");
        }
    }

    #[test]
    fn a_certificate_has_a_name_to_match() {
        let read = address("postgres:///db?hostaddr=10.0.0.1");
        assert_eq!(read.config.get_hosts(), [Host::Tcp("10.0.0.1".into())]);
        assert!(!read.is_local());
        assert!(address("postgres:///db?host=/run/postgresql").is_local());
        assert!(!address("postgres:///db?host=/run/postgresql&host=h").is_local());
    }
}
