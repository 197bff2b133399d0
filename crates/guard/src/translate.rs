//! What the API gets to see: who calls, said by the guard alone. Whatever a client says about itself in the same words
//! is taken away first, in every spelling.

use std::fmt::Write as _;

use http::header::{AUTHORIZATION, FORWARDED};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::caller::{Caller, Credential};
use crate::guard::Decision;
use crate::request_id::REQUEST_ID;

/// What all identity headers begin with.
const IDENTITY: &str = "x-guard-";

/// Headers that make some servers take a request for one of another method than the one that was judged.
const OF_METHODS: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];

/// What headers begin with that a proxy sets. From whom nobody trusts they are taken away.
const OF_PROXIES_PREFIXES: [&str; 5] = [
    "x-forwarded-",
    "x-original-",
    "x-ssl-client-",
    "ssl-client-",
    "x-amzn-mtls-",
];

/// Others that a proxy sets.
const OF_PROXIES: [&str; 15] = [
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-rewrite-url",
    "x-forwarded",
    "forwarded-for",
    "fastly-client-ip",
    "x-arr-clientcert",
    "client-cert",
    "client-cert-chain",
    "x-client-cert",
    "x-envoy-external-address",
    "x-envoy-original-path",
];

const SUBJECT: HeaderName = HeaderName::from_static("x-guard-subject");
const CLIENT_ID: HeaderName = HeaderName::from_static("x-guard-client-id");
const SCOPE: HeaderName = HeaderName::from_static("x-guard-scope");
const ROLES: HeaderName = HeaderName::from_static("x-guard-roles");
const ISSUER: HeaderName = HeaderName::from_static("x-guard-issuer");
const KIND: HeaderName = HeaderName::from_static("x-guard-kind");
const ACR: HeaderName = HeaderName::from_static("x-guard-acr");

/// Every header that tells the API about its caller; proxies that ask before they forward copy these.
pub const IDENTITY_HEADERS: [HeaderName; 7] = [SUBJECT, CLIENT_ID, SCOPE, ROLES, ISSUER, KIND, ACR];

impl Decision {
    /// Makes a request's headers those that the API gets.
    pub fn translate(&self, headers: &mut HeaderMap) {
        strip(headers, self.by_trusted_proxy);
        if !self.route.as_ref().is_some_and(|route| route.forward_credential) {
            headers.remove(AUTHORIZATION);
        }
        headers.insert(REQUEST_ID, self.request_id.clone());
        for (name, value) in self.identity() {
            headers.insert(name, value.clone());
        }
    }

    /// What the API is told of its caller.
    pub fn identity(&self) -> &[(HeaderName, HeaderValue)] {
        self.caller()
            .map(|caller| caller.identity.get_or_init(|| identity(caller)).as_slice())
            .unwrap_or_default()
    }
}

/// Takes away what only the guard, or a trusted proxy, may say.
fn strip(headers: &mut HeaderMap, by_trusted_proxy: bool) {
    let foreign: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_foreign(name.as_str(), by_trusted_proxy))
        .cloned()
        .collect();
    for name in foreign {
        headers.remove(name);
    }
}

/// A trusted proxy is believed in the spelling in which it speaks. In another one, which some servers take for the same,
/// a header is the client's, passed on by a proxy that did not know it.
fn is_foreign(name: &str, by_trusted_proxy: bool) -> bool {
    let spelled_otherwise = || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_identity(name)
        || OF_METHODS.iter().any(|known| is(name, known))
        || (is_of_proxy(name) && (!by_trusted_proxy || spelled_otherwise()))
        || (is(name, REQUEST_ID.as_str()) && spelled_otherwise())
}

/// Whether some server would take this name for one of the guard's: programs turn `-`, and whatever else is neither a
/// letter nor a digit, into `_`.
pub(crate) fn is_identity(name: &str) -> bool {
    begins_with(name, IDENTITY)
}

/// Whether a header is one that a proxy says of the caller, in whatever spelling.
pub(crate) fn is_of_proxy(name: &str) -> bool {
    if !name.starts_with(['x', 'f', 'c', 's', 't', 'X', 'F', 'C', 'S', 'T']) {
        return false;
    }
    OF_PROXIES_PREFIXES.iter().any(|prefix| begins_with(name, prefix))
        || is(name, FORWARDED.as_str())
        || OF_PROXIES.iter().any(|known| is(name, known))
}

fn begins_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| is(start, prefix))
}

/// Whether some server would take `name` for `known`.
pub(crate) fn is(name: &str, known: &str) -> bool {
    name.len() == known.len()
        && name
            .bytes()
            .zip(known.bytes())
            .all(|(byte, known)| byte.eq_ignore_ascii_case(&known) || (known == b'-' && !byte.is_ascii_alphanumeric()))
}

fn identity(caller: &Caller) -> Vec<(HeaderName, HeaderValue)> {
    let kind = match caller.kind {
        Credential::User => "user",
        Credential::Client => "client",
    };
    let mut told = vec![(KIND, HeaderValue::from_static(kind))];
    let mut tell = |name: HeaderName, text: &str| {
        if !text.is_empty() {
            told.push((name, encoded(text)));
        }
    };
    tell(ISSUER, caller.issuer());
    tell(SUBJECT, caller.subject().unwrap_or_default());
    tell(CLIENT_ID, caller.client_id().unwrap_or_default());
    tell(SCOPE, &caller.scope().to_string());
    tell(ACR, caller.acr().unwrap_or_default());
    tell(ROLES, &roles(caller));
    told
}

/// `realm:NAME` and `client:CLIENT:NAME`, with commas between.
fn roles(caller: &Caller) -> String {
    let mut text = String::new();
    let mut add = |parts: &[&str]| {
        if !text.is_empty() {
            text.push(',');
        }
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                text.push(':');
            }
            // A name with a comma or a colon cannot look like two.
            for character in part.chars() {
                match character {
                    ',' | ':' | '%' => {
                        let _ = write!(text, "%{:02X}", u32::from(character));
                    }
                    _ => text.push(character),
                }
            }
        }
    };
    for role in &caller.realm_roles {
        add(&["realm", role]);
    }
    for (client, roles) in &caller.client_roles {
        for role in roles {
            add(&["client", client, role]);
        }
    }
    text
}

/// A value of a header: what is not printable ASCII is percent-encoded, so that no claim can begin a new header.
fn encoded(text: &str) -> HeaderValue {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && let Ok(value) = HeaderValue::from_str(text)
    {
        return value;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    HeaderValue::try_from(out).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests;
