//! Web addresses.

use http::Uri;
use serde_json::json;

use super::{Broken, demand};

/// Judges an address: absolute, http or https, with a host.
pub(super) fn judge(value: &str) -> Result<(), Broken> {
    if let Some((scheme, _)) = value.split_once(':')
        && is_scheme(scheme)
        && !matches!(scheme, "http" | "https")
    {
        return Err(Broken::new(
            "error-invalid-uri-scheme",
            vec![json!(value), json!(scheme)],
        ));
    }
    let without_fragment = value.split('#').next().unwrap_or_default();
    let parsed = without_fragment.parse::<Uri>().ok();
    let absolute = parsed.is_some_and(|uri| uri.scheme().is_some() && uri.host().is_some_and(|host| !host.is_empty()));
    demand(absolute, "error-invalid-uri", || vec![json!(value)])
}

/// RFC 3986 §3.1
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}
