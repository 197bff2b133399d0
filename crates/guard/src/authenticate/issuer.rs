//! An issuer whose tokens are taken.

use std::collections::HashMap;
use std::sync::Arc;

use keyward_client::jwks::JwksCache;
use keyward_jose::Algorithm;

use super::Introspected;
use crate::denial::Reason;
use crate::settings::{self, Preset};

/// An issuer, ready to be asked for its keys and about its tokens.
pub(crate) struct Issuer {
    pub(crate) id: String,
    /// As in `iss`.
    pub(crate) url: Arc<str>,
    pub(crate) preset: Preset,
    /// Values of the header's `typ`, in lower case and without `application/`.
    pub(crate) token_types: Vec<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    /// Seconds.
    pub(crate) clock_skew: u64,
    /// Seconds.
    pub(crate) max_lifetime: u64,
    pub(crate) required: bool,
    pub(crate) keys: JwksCache,
    /// What was written of it, where its keys are fetched by that.
    pub(crate) written: Option<settings::Issuer>,
    pub(crate) introspection: Option<Introspected>,
}

impl Issuer {
    pub(super) fn introspected(&self) -> Result<&Introspected, Reason> {
        self.introspection.as_ref().ok_or(Reason::IntrospectionUnavailable)
    }

    /// Whether `typ` says that it is an access token. RFC 9068 §4, RFC 7515 §4.1.9
    pub(super) fn takes_type(&self, typ: Option<&str>) -> bool {
        let Some(typ) = typ else { return false };
        let short = match typ.split_at_checked("application/".len()) {
            Some((prefix, short)) if prefix.eq_ignore_ascii_case("application/") => short,
            _ => typ,
        };
        self.token_types.iter().any(|taken| taken.eq_ignore_ascii_case(short))
    }
}

/// Some issuers, found by name however many they are.
#[derive(Clone, Default)]
pub(crate) struct Issuers {
    by_name: HashMap<Arc<str>, Arc<Issuer>>,
    in_order: Vec<Arc<Issuer>>,
}

impl Issuers {
    /// Adds one.
    pub(crate) fn add(&mut self, issuer: Arc<Issuer>) {
        self.by_name.insert(Arc::clone(&issuer.url), Arc::clone(&issuer));
        self.in_order.push(issuer);
    }

    /// In the order in which they were named.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Issuer>> {
        self.in_order.iter()
    }

    /// The issuer of that name. Compared byte by byte: no slash at the end, no case. RFC 7519 §4.1.1
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Issuer>> {
        self.by_name.get(name)
    }

    /// Whether this very one is among them.
    pub(super) fn contains(&self, issuer: &Arc<Issuer>) -> bool {
        self.named(&issuer.url).is_some_and(|known| Arc::ptr_eq(known, issuer))
    }
}
