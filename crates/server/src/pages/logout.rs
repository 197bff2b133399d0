//! The end of a session: asked about, and done.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::Pair;

/// The page that asks whether to log out; the button is `confirmLogout` (`kc-logout`), as Keycloak's.
/// OIDC RP-Initiated Logout §2
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct LogoutConfirm<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form.
    pub hidden: &'a [Pair<'a>],
    /// The application that asked for the logout.
    pub client_name: Option<&'a str>,
}

/// The page after a logout that leads nowhere else.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct LoggedOut<'a> {
    /// The application that asked for the logout; needed for the link.
    pub client_name: Option<&'a str>,
    /// The application's own address, shown as a link if it is a web address.
    #[serde(skip)]
    pub client_url: Option<&'a str>,
}

impl LoggedOut<'_> {
    pub(super) fn context(&self) -> Value {
        context! { client_url => Serde(self.client_url.and_then(WebAddress::of)), ..Serde(self) }
    }
}

/// An address that may stand in a link, with its host for the link's text: `https` or `http`, nothing that a browser
/// would run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct WebAddress<'a> {
    url: &'a str,
    host: &'a str,
}

impl<'a> WebAddress<'a> {
    pub(super) fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        if !["https", "http"].iter().any(|web| scheme.eq_ignore_ascii_case(web)) {
            return None;
        }
        let authority = rest.split(['/', '\\', '?', '#']).next()?;
        // What stands before an @ is no part of the host, however much it looks like one.
        let host = authority.rsplit('@').next()?;
        (!host.is_empty()).then_some(Self { url, host })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        for url in [
            "javascript:alert(1)",
            "javascript://x/%0aalert(1)",
            "data:text/html,x",
            "//evil",
            "",
            "https://",
        ] {
            assert_eq!(WebAddress::of(url), None, "{url}");
        }
    }

    #[test]
    fn the_host_is_the_one_that_the_browser_goes_to() {
        for url in [
            "HTTPS://evil.example:8443/good.example",
            "https://good.example@evil.example:8443/?x",
        ] {
            assert_eq!(
                WebAddress::of(url).map(|address| address.host),
                Some("evil.example:8443"),
                "{url}"
            );
        }
    }
}
