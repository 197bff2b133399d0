//! The `[database]` table.

use std::fmt;
use std::path::PathBuf;

use keyward_storage::Location;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Where everything is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatabaseSettings {
    /// `sqlite:PATH` for one node, `postgres://user:password@host/name` for many. PostgreSQL is asked for TLS with
    /// `?sslmode=`: `disable`, `prefer` (the default: where the server offers it), `require` or `verify-full` (always,
    /// with a certificate that proves the server's name). `&sslrootcert=PATH` names a PEM file of roots; without it
    /// the web's public ones count.
    pub(crate) url: String,
}

impl fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseSettings").field("url", &self.shown()).finish()
    }
}

impl DatabaseSettings {
    /// What the URL means.
    pub(crate) fn location(&self) -> Result<Location, Failure> {
        let url = &self.url;
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Location::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Location::Postgres(url.clone()));
        }
        Err(Failure::new("database.url must begin with sqlite: or postgres://"))
    }

    /// The URL without passwords: neither that of the user nor one among the parameters.
    pub(crate) fn shown(&self) -> String {
        let Some((scheme, rest)) = self.url.split_once("://") else {
            return if self.url.starts_with("sqlite:") {
                self.url.clone()
            } else {
                "[redacted]".into()
            };
        };
        // A password may hold any of `/?@`: whatever stands before the last `@` belongs to it.
        let (user, place) = match rest.rsplit_once('@') {
            None => (String::new(), rest),
            Some((user, place)) => match user.split_once(':') {
                None => (format!("{}@", without_secrets(user)), place),
                Some((user, _)) => (format!("{user}:[redacted]@"), place),
            },
        };
        format!("{scheme}://{user}{}", without_secrets(place))
    }
}

/// The text up to the first parameter that names a secret.
fn without_secrets(text: &str) -> String {
    match text.to_ascii_lowercase().find("password") {
        None => text.to_owned(),
        Some(at) => format!("{}password=[redacted]", text.get(..at).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseSettings;

    #[test]
    fn no_password_is_shown() {
        for (url, shown) in [
            ("sqlite:/var/lib/k.db", "sqlite:/var/lib/k.db"),
            ("postgres://u:geheim@h/db", "postgres://u:[redacted]@h/db"),
            ("postgres://u:ge@he/im?@h:5432/db", "postgres://u:[redacted]@h:5432/db"),
            ("postgres://u@h/db", "postgres://u@h/db"),
            (
                "postgres://u@h/db?connect_timeout=3&password=geheim",
                "postgres://u@h/db?connect_timeout=3&password=[redacted]",
            ),
            (
                "postgres:///db?PASSWORD=geheim&x=a@b",
                "postgres:///db?password=[redacted]@b",
            ),
            ("host=h password=geheim", "[redacted]"),
        ] {
            assert_eq!(DatabaseSettings { url: url.into() }.shown(), shown);
        }
    }
}
