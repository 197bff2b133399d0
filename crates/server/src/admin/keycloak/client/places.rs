//! The addresses of a client: where relative ones begin, which may stand, and what is said of the others, in Keycloak's
//! words.

use std::collections::{BTreeMap, HashSet};

use keyward_domain::client::redirect_uri::legacy::{self, LegacyUriError};
use keyward_domain::client::{ApplicationType, ClientSettings};

use super::attributes::{Attributes, POST_LOGOUT};
use super::read::Problems;

/// Words of Keycloak's own clients for where the server is.
const SERVER: [&str; 2] = ["${authBaseUrl}", "${authAdminUrl}"];

/// The attribute that is a picture.
const LOGO: &str = "logoUri";

/// Attributes that are addresses, and what Keycloak calls them.
const OF_ATTRIBUTES: [(&str, &str); 6] = [
    (LOGO, "Logo URL"),
    ("policyUri", "Policy URL"),
    ("tosUri", "Terms of service URL"),
    ("jwks.url", "JWKS URL"),
    ("backchannel.logout.url", "Backchannel logout URL"),
    ("frontchannel.logout.url", "Front-channel logout URL"),
];

/// Schemes that an address of a client may have.
const KNOWN: [&str; 3] = ["http", "https", "ftp"];

/// Where relative addresses of a client begin: at its root URL, or at the server.
pub(super) fn root<'a>(root_url: Option<&'a str>, server: &'a str) -> &'a str {
    match root_url {
        None | Some("") => server,
        Some(url) if SERVER.contains(&url) => server,
        Some(url) => url,
    }
}

/// An address in full.
pub(super) fn absolute(address: &str, root: &str) -> String {
    if address.starts_with('/') {
        format!("{root}{address}")
    } else {
        address.to_owned()
    }
}

/// Checks the addresses that are members.
pub(super) fn check_members(root: &str, others: [(&str, Option<&str>); 2], problems: &mut Problems) {
    check("Root URL", root, problems);
    for (name, address) in others {
        if let Some(address) = address.filter(|address| !address.is_empty()) {
            check(name, &absolute(address, root), problems);
        }
    }
}

/// Checks the attributes that have a form: addresses, and the levels of authentication.
pub(super) fn check_attributes(attributes: &Attributes, problems: &mut Problems) {
    for (attribute, name) in OF_ATTRIBUTES {
        match attributes.get(attribute) {
            // A picture may come with its address.
            Some(address) if attribute == LOGO && address.starts_with("data:") => {}
            Some(address) => check(name, address, problems),
            None => {}
        }
    }
    let levels = attributes.get("acr.loa.map");
    let is_map = |text: &String| serde_json::from_str::<BTreeMap<String, i64>>(text).is_ok();
    if !levels.is_none_or(is_map) {
        problems.add("Invalid client configuration (ACR-LOA map) for client".to_owned());
    }
    for uri in list(attributes, "request.uris") {
        match legacy::check(uri) {
            Err(LegacyUriError::Scheme) => {
                problems.add("Valid request URIs has a value with illegal scheme".to_owned());
            }
            Err(LegacyUriError::Syntax | LegacyUriError::Fragment) => {
                problems.add("Valid request URIs has a value that is not a valid URI".to_owned());
            }
            Ok(()) => {}
        }
    }
}

fn check(name: &str, address: &str, problems: &mut Problems) {
    match legacy::check(address) {
        Err(LegacyUriError::Scheme) => problems.add(format!("{name} uses an illegal scheme")),
        Ok(()) if is_known(address) && address.contains('#') => {
            problems.add(format!("{name} must not contain an URL fragment"));
        }
        Ok(()) if is_known(address) => {}
        Ok(()) | Err(_) => problems.add(format!("{name} is not a valid URL")),
    }
}

fn is_known(address: &str) -> bool {
    let scheme = legacy::split_scheme(address).map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| KNOWN.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

/// Reads redirect URIs into what is compared. `called` is what Keycloak calls one.
pub(super) fn redirects<'a>(
    written: impl Iterator<Item = &'a str>,
    root: &str,
    called: &str,
    problems: &mut Problems,
) -> Vec<String> {
    let mut compared: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    for uri in written {
        match legacy::read(uri, root) {
            Ok(Some(uri)) if known.insert(uri.clone()) => compared.push(uri),
            Ok(_) => {}
            Err(LegacyUriError::Scheme) => problems.add(format!("{called} uses an illegal scheme")),
            Err(LegacyUriError::Fragment) => problems.add(format!("{called} must not contain an URL fragment")),
            Err(LegacyUriError::Syntax) => problems.add(format!("{called} is not a valid URI")),
        }
    }
    compared
}

/// Where the browser may go after logout: a list in one attribute. `+` stands for the redirect URIs, `-` for none.
pub(super) fn post_logout(attributes: &Attributes, root: &str, problems: &mut Problems) -> Vec<String> {
    let named = list(attributes, POST_LOGOUT).filter(|uri| !matches!(*uri, "+" | "-"));
    let mut compared = redirects(named, root, "A post-logout redirect URI", problems);
    if list(attributes, POST_LOGOUT).any(|uri| uri == "+") {
        compared.insert(0, "+".to_owned());
    }
    compared
}

/// The other way, where what is set differs from what the attribute means.
pub(super) fn write_post_logout(settings: &ClientSettings, attributes: &mut Attributes, root: &str) {
    let meant = post_logout(attributes, root, &mut Problems::default());
    let is = &settings.post_logout_redirect_uris;
    if *is != meant && is.is_empty() {
        attributes.remove(POST_LOGOUT);
    } else if *is != meant {
        attributes.insert(POST_LOGOUT.to_owned(), is.join("##"));
    }
}

/// The entries of an attribute that is a list.
fn list<'a>(attributes: &'a Attributes, name: &str) -> impl Iterator<Item = &'a str> {
    let text = attributes.get(name).map_or("", String::as_str);
    text.split("##").filter(|entry| !entry.is_empty())
}

/// Keycloak lets every client have any port of `localhost` that registered it without one. Here native applications
/// have that (RFC 8252 §7.3), so such a client is taken for one.
pub(super) fn any_port(redirect_uris: &[String]) -> ApplicationType {
    let is_open = |uri: &String| {
        let rest = uri.strip_prefix("http://localhost");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    if redirect_uris.iter().any(is_open) {
        ApplicationType::Native
    } else {
        ApplicationType::Web
    }
}
