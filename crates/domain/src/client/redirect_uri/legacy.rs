//! Redirect URIs as administrators of Keycloak write them: relative ones, and ones with a trailing `*`.
//!
//! They are taken as they are, so that every script and every realm file goes on working, and read once into what is
//! compared: an absolute URI, or a path with `*` behind. What could never be asked for safely has no such form.

use super::wildcard::{ANYWHERE, answers_itself};
use super::{LONGEST, authority, host, is_loopback, split_port};

/// Why a URI is not taken at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LegacyUriError {
    /// RFC 3986 §2
    #[error("not a URI")]
    Syntax,
    /// RFC 6749 §3.1.2
    #[error("a fragment")]
    Fragment,
    /// The scheme runs code, or shows what somebody else wrote.
    #[error("an illegal scheme")]
    Scheme,
}

/// Schemes that no browser may be sent to. Keycloak refuses the first two.
const ILLEGAL: [&str; 8] = [
    "javascript",
    "data",
    "vbscript",
    "file",
    "blob",
    "about",
    "filesystem",
    "view-source",
];

/// What a URI that was written for Keycloak is compared as. `root` is where relative ones begin. `None` when no request
/// can match it: a pattern in the host, a name before the host, a parameter of the answer.
pub fn read(written: &str, root: &str) -> Result<Option<String>, LegacyUriError> {
    if written == ANYWHERE {
        return Ok(Some(ANYWHERE.to_owned()));
    }
    check(written)?;
    if written.contains('#') {
        return Err(LegacyUriError::Fragment);
    }
    let absolute = match written.strip_prefix('/') {
        Some(path) => format!("{root}/{path}"),
        None => written.to_owned(),
    };
    Ok(compared(&absolute).filter(|uri| uri.is_ascii() && !answers_itself(uri)))
}

/// Checks the characters of a URI and its scheme, as Keycloak does.
pub fn check(uri: &str) -> Result<(), LegacyUriError> {
    let odd = |char: char| char.is_control() || char.is_whitespace() || "\"<>\\^`{|}".contains(char);
    let mut escapes = uri.split('%').skip(1);
    let escaped = escapes.all(|text| {
        text.get(..2)
            .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    if uri.len() > LONGEST || uri.chars().any(odd) || !escaped || !brackets_hold_an_address(uri) {
        return Err(LegacyUriError::Syntax);
    }
    let Some((scheme, rest)) = split_scheme(uri) else {
        return Ok(());
    };
    let mut letters = scheme.bytes();
    let spelled = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !spelled || rest.is_empty() || rest == "//" {
        Err(LegacyUriError::Syntax)
    } else if ILLEGAL.iter().any(|illegal| scheme.eq_ignore_ascii_case(illegal)) {
        Err(LegacyUriError::Scheme)
    } else {
        Ok(())
    }
}

/// What stands before the first colon, unless the colon belongs to a path, a query or a fragment.
pub fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    (!scheme.contains(['/', '?', '#'])).then_some((scheme, rest))
}

/// RFC 3986 §3.2.2: square brackets stand around an IPv6 address and nowhere else.
fn brackets_hold_an_address(uri: &str) -> bool {
    let Some((_, rest)) = uri.split_once("://") else {
        return !uri.contains(['[', ']']);
    };
    let authority = authority(rest);
    let after = rest.get(authority.len()..).unwrap_or_default();
    let address = authority.strip_prefix('[').is_none_or(|rest| rest.contains(']'));
    address && !after.contains(['[', ']'])
}

fn compared(uri: &str) -> Option<String> {
    let (scheme, rest) = split_scheme(uri)?;
    let (stem, wildcard) = match uri.strip_suffix('*').filter(|stem| !stem.contains('?')) {
        Some(stem) => (stem, true),
        None => (uri, false),
    };
    if !matches!(scheme, "http" | "https") {
        return Some(uri.to_owned());
    }
    let authority = authority(rest.strip_prefix("//")?);
    let whole_host = format!("{scheme}://{authority}").len() == uri.len();
    if !(wildcard && whole_host) {
        let written = !authority.is_empty() && !authority.contains(['@', '*']) && split_port(authority).is_some();
        return written.then(|| uri.to_owned());
    }
    // `https://a.example*` is every path of that host, and never another host that begins so.
    let authority = authority.strip_suffix('*')?;
    let named = match authority.strip_suffix(':') {
        Some(host) => Some(host).filter(|host| scheme == "http" && is_loopback(host)),
        None => Some(authority),
    }?;
    let fine = !host(named).is_empty() && !named.contains(['@', '*']) && stem.starts_with(scheme);
    fine.then(|| format!("{scheme}://{named}/*"))
}

#[cfg(test)]
mod tests {
    use super::{LegacyUriError, read};

    fn compared(written: &str) -> Option<String> {
        read(written, "https://root.example/app").unwrap()
    }

    #[test]
    fn what_keycloak_takes_is_read_into_what_is_compared() {
        for same in [
            "https://a.example/cb",
            "https://a.example/app/*",
            "http://plain.example/cb",
            "http://localhost:3000/*",
            "http://[::1]:8000/cb",
            "myapp:/cb",
            "com.example.app:/*",
            "https://a.example/b?x=*",
            "*",
        ] {
            assert_eq!(compared(same).as_deref(), Some(same));
        }
        for (written, is) in [
            ("/cb", "https://root.example/app/cb"),
            ("/*", "https://root.example/app/*"),
            ("https://a.example*", "https://a.example/*"),
            ("http://localhost*", "http://localhost/*"),
            ("http://localhost:*", "http://localhost/*"),
            ("http://localhost:3000*", "http://localhost:3000/*"),
        ] {
            assert_eq!(compared(written).as_deref(), Some(is), "{written}");
        }
    }

    #[test]
    fn what_nobody_may_be_sent_to_is_kept_and_never_matches() {
        for never in [
            "https://user:password@a.example/cb",
            "https://*.example.com/cb",
            "https://*",
            "https://a.example:*",
            "com.example*",
            "relative",
            "https://\u{e4}.example/cb",
            "https://a.example/cb?state=1",
            "https://a.example/cb?x=1&code=2",
            "http:///x",
        ] {
            assert_eq!(compared(never), None, "{never}");
        }
    }

    #[test]
    fn illegal_ones_are_refused_by_their_reason() {
        let refused = |written: &str| read(written, "").unwrap_err();
        for scheme in [
            "javascript:alert(1)",
            "JavaScript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///x",
            "blob:x",
        ] {
            assert_eq!(refused(scheme), LegacyUriError::Scheme, "{scheme}");
        }
        for syntax in [
            "not a uri",
            "https://a b/c",
            "{x}",
            "https://a/[x]",
            "%2",
            "https://a/%zz",
            ":x",
            "x:",
            "https://",
            "1x:y",
        ] {
            assert_eq!(refused(syntax), LegacyUriError::Syntax, "{syntax}");
        }
        assert_eq!(refused("https://a/cb#x"), LegacyUriError::Fragment);
    }
}
