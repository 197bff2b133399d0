//! Which proxy asks, by the path at which it asks.

use http::StatusCode;
use http::request::Parts;

use super::asked::{Asked, Unreadable};
use super::settings::Settings;
use super::{envoy, nginx, traefik};

/// How a proxy tells of a request and takes an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Nginx,
    /// Caddy's too.
    Traefik,
    Envoy,
}

impl Dialect {
    /// The dialect that is spoken at a path.
    pub(super) fn at(path: &str, settings: &Settings) -> Option<Self> {
        if path == settings.nginx {
            return Some(Self::Nginx);
        }
        if path == settings.traefik {
            return Some(Self::Traefik);
        }
        let original = path.strip_prefix(&settings.envoy)?;
        (original.starts_with('/')).then_some(Self::Envoy)
    }

    /// For the log.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Traefik => "traefik",
            Self::Envoy => "envoy",
        }
    }

    /// The request about which a proxy asks.
    pub(super) fn asked<'r>(self, question: &'r Parts, settings: &Settings) -> Result<Asked<'r>, Unreadable> {
        match self {
            Self::Nginx => nginx::asked(question),
            Self::Traefik => traefik::asked(question),
            Self::Envoy => envoy::asked(question, &settings.envoy),
        }
    }

    /// Whether a proxy passes a refusal of this status on as it is.
    pub(super) fn passes_on(self, status: StatusCode) -> bool {
        match self {
            Self::Nginx => nginx::passes_on(status),
            Self::Traefik => traefik::passes_on(status),
            Self::Envoy => envoy::passes_on(status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_by_its_path() {
        let settings = Settings::default();
        for (path, dialect) in [
            ("/nginx", Some(Dialect::Nginx)),
            ("/traefik", Some(Dialect::Traefik)),
            ("/envoy/", Some(Dialect::Envoy)),
            ("/envoy/orders/1", Some(Dialect::Envoy)),
            ("/envoy", None),
            ("/envoyorders", None),
            ("/nginx/", None),
            ("/", None),
        ] {
            assert_eq!(Dialect::at(path, &settings), dialect, "{path}");
        }
    }

    /// What a proxy takes for leave, or for a failure that may be leave, is never the status of a refusal.
    #[test]
    fn no_refusal_is_taken_for_leave() {
        for code in 200..=599 {
            let status = StatusCode::from_u16(code).unwrap();
            let leave = status.is_success();
            assert!(!(leave && Dialect::Nginx.passes_on(status)), "nginx {code}");
            assert!(!(leave && Dialect::Traefik.passes_on(status)), "traefik {code}");
            let leave = code == 200 || code >= 500;
            assert!(!(leave && Dialect::Envoy.passes_on(status)), "envoy {code}");
        }
    }
}
