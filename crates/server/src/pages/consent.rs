//! What an application may do, asked of the person whose it is.

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::Pair;
use super::logout::WebAddress;

/// The consent page: buttons `accept` (`kc-login`) and `cancel` (`kc-cancel`), as Keycloak's. OIDC Core §3.1.2.4
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Consent<'a> {
    /// Where the form is posted.
    pub action: &'a str,
    /// Hidden fields of the form.
    pub hidden: &'a [Pair<'a>],
    /// What the application calls itself.
    pub client_name: &'a str,
    /// Its home page, shown as a link if it is a web address.
    #[serde(skip)]
    pub client_url: Option<&'a str>,
    /// Who is logged in.
    pub username: Option<&'a str>,
    /// What it asks for.
    pub scopes: &'a [Scope<'a>],
    /// Whether the answer goes to a loopback address, where any program of the device could be listening.
    /// RFC 8252 §8.3
    pub loopback: bool,
}

impl Consent<'_> {
    pub(super) fn context(&self) -> Value {
        context! { client_url => Serde(self.client_url.and_then(WebAddress::of)), ..Serde(self) }
    }
}

/// A scope as a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "Permission<'a>")]
pub(crate) struct Scope<'a> {
    /// The scope value.
    pub name: &'a str,
    /// What the realm says about it. Keycloak's `${…}` names of its own catalogue count as nothing.
    pub description: Option<&'a str>,
}

/// A scope made ready for a template: the catalogue's sentence, else the realm's, else one around the bare name.
#[derive(Debug, Serialize)]
struct Permission<'a> {
    name: &'a str,
    key: &'static str,
    sentence: &'a str,
}

impl<'a> From<Scope<'a>> for Permission<'a> {
    fn from(scope: Scope<'a>) -> Self {
        let known = match scope.name {
            "openid" => Some("scope_openid"),
            "profile" => Some("scope_profile"),
            "email" => Some("scope_email"),
            "address" => Some("scope_address"),
            "phone" => Some("scope_phone"),
            "offline_access" => Some("scope_offline_access"),
            "roles" => Some("scope_roles"),
            _ => None,
        };
        let own = scope
            .description
            .map(str::trim)
            .filter(|text| !text.is_empty() && !text.starts_with("${"));
        Self {
            name: scope.name,
            key: known.unwrap_or("scope_other"),
            sentence: if known.is_none() { own.unwrap_or_default() } else { "" },
        }
    }
}
