//! How redirect URIs are compared (RFC 9700 §4.1.3, RFC 8252 §7.3).
//!
//! The whole URI, character by character: no case folding, no default port, no trailing slash, no decoding. Two
//! exceptions: a loopback address may have any port, and a client moved from Keycloak may end in `*`.

use super::{ApplicationType, ClientSettings};

pub mod legacy;
mod wildcard;

pub use wildcard::is_pattern;

/// Longest redirect URI.
pub const LONGEST: usize = 2_000;

/// Why a redirect URI cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// No absolute URI of visible ASCII characters, or too long.
    #[error("a redirect URI is an absolute URI of at most {LONGEST} visible ASCII characters: {0:?}")]
    Syntax(String),
    /// RFC 6749 §3.1.2
    #[error("a redirect URI has no fragment: {0:?}")]
    Fragment(String),
    /// A name before the host shows one host and goes to another.
    #[error("a redirect URI has no user name in it: {0:?}")]
    UserInfo(String),
    /// A code would cross the network in clear (OAuth 2.1 §2.3.1).
    #[error("http is for loopback addresses only: {0:?}")]
    PlainHttp(String),
    /// The scheme runs code, or anybody can claim it (RFC 8252 §7.1).
    #[error("a private-use scheme must contain a dot, as in com.example.app: {0:?}")]
    Scheme(String),
    /// `*` is honoured for clients moved from Keycloak only.
    #[error("a wildcard needs the client's legacy_wildcard: {0:?}")]
    Wildcard(String),
}

/// Checks a redirect URI before it is registered.
pub fn check(uri: &str, legacy_wildcard: bool) -> Result<(), RedirectUriError> {
    let owned = || uri.to_owned();
    let (stem, wildcard) = uri.strip_suffix('*').map_or((uri, false), |stem| (stem, true));
    if wildcard && !legacy_wildcard {
        return Err(RedirectUriError::Wildcard(owned()));
    }
    let visible = stem
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}*".contains(&byte));
    let Some((scheme, rest)) = stem.split_once(':') else {
        return Err(RedirectUriError::Syntax(owned()));
    };
    if stem.len() > LONGEST || !visible || scheme.is_empty() || rest.is_empty() {
        return Err(RedirectUriError::Syntax(owned()));
    }
    if stem.contains('#') {
        return Err(RedirectUriError::Fragment(owned()));
    }
    match scheme {
        "https" | "http" => {
            let Some(authority) = rest.strip_prefix("//").map(authority).filter(|text| !text.is_empty()) else {
                return Err(RedirectUriError::Syntax(owned()));
            };
            if authority.contains('@') {
                return Err(RedirectUriError::UserInfo(owned()));
            }
            if scheme == "http" && !is_loopback(host(authority)) {
                return Err(RedirectUriError::PlainHttp(owned()));
            }
            // `https://good.example.com*` would match every host that begins so.
            if wildcard
                && !rest
                    .get(2 + authority.len()..)
                    .is_some_and(|path| path.starts_with('/'))
            {
                return Err(RedirectUriError::Wildcard(owned()));
            }
            Ok(())
        }
        _ if scheme.contains('.')
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) =>
        {
            Ok(())
        }
        _ => Err(RedirectUriError::Scheme(owned())),
    }
}

/// Whether `asked` is one of a client's redirect URIs.
pub fn matches(asked: &str, client: &ClientSettings) -> bool {
    any_matches(asked, &client.redirect_uris, client)
}

/// Whether `asked` is one of the URIs that a client may send the browser to after logout.
pub fn matches_post_logout(asked: &str, client: &ClientSettings) -> bool {
    let (plus, named): (Vec<_>, Vec<_>) = client
        .post_logout_redirect_uris
        .iter()
        .cloned()
        .partition(|uri| uri == "+");
    any_matches(asked, &named, client) || (!plus.is_empty() && matches(asked, client))
}

fn any_matches(asked: &str, registered: &[String], client: &ClientSettings) -> bool {
    asked.len() <= LONGEST
        && registered.iter().any(|registered| {
            (asked == registered && !is_pattern(registered))
                || loopback_matches(asked, registered, client.application_type)
                || (client.legacy_wildcard && wildcard::matches(asked, registered))
        })
}

/// RFC 8252 §7.3: the port of a loopback address is chosen when the application starts. The literal of the host is
/// compared; `localhost` is one only for native applications, since its meaning depends on the device.
fn loopback_matches(asked: &str, registered: &str, application_type: ApplicationType) -> bool {
    let fits = |host: &str| host != "localhost" || application_type == ApplicationType::Native;
    match (Loopback::parse(asked), Loopback::parse(registered)) {
        (Some(asked), Some(registered)) => {
            fits(asked.host) && asked.host == registered.host && asked.rest == registered.rest
        }
        _ => false,
    }
}

/// An `http` URI on a loopback address, port aside.
struct Loopback<'a> {
    host: &'a str,
    port: Option<&'a str>,
    /// Path and query.
    rest: &'a str,
}

impl<'a> Loopback<'a> {
    fn parse(uri: &'a str) -> Option<Self> {
        let rest = uri.strip_prefix("http://")?;
        let authority = authority(rest);
        let (host, port) = split_port(authority)?;
        // As a browser writes a port: a number without leading zeros.
        let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number.to_string() == port));
        (is_loopback(host) && is_port).then(|| Self {
            host,
            port,
            rest: rest.get(authority.len()..).unwrap_or_default(),
        })
    }
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#', '\\']).next().unwrap_or_default()
}

fn host(authority: &str) -> &str {
    split_port(authority).map_or(authority, |(host, _)| host)
}

fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(end) = authority.strip_prefix('[').and_then(|rest| rest.find(']')) {
        let (host, rest) = authority.split_at(end + 2);
        return match rest {
            "" => Some((host, None)),
            rest => Some((host, Some(rest.strip_prefix(':')?))),
        };
    }
    Some(match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

#[cfg(test)]
mod tests;
