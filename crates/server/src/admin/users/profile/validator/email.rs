//! Mail addresses.

use super::{Broken, Options, demand, text};
use serde_json::json;

/// Most characters before the `@` (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Most characters of a domain (RFC 5321 §4.5.3.1.2).
const LONGEST_DOMAIN: usize = 255;

/// Judges an address.
pub(super) fn judge(value: &str, options: &Options) -> Result<(), Broken> {
    let longest = options
        .get("max-local-length")
        .and_then(|option| text(option).parse().ok());
    demand(
        is_address(value, longest.unwrap_or(LONGEST_LOCAL)),
        "error-invalid-email",
        || vec![json!(value)],
    )
}

/// Whether a text is an address: dot-separated atoms, an `@`, a domain (RFC 5322 §3.4.1). Quoted local parts are not
/// taken, nor addresses in numbers.
fn is_address(value: &str, longest_local: usize) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else {
        return false;
    };
    let atom = |part: &str| !part.is_empty() && part.chars().all(is_atom);
    let label = |part: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii();
        !part.is_empty()
            && part.len() <= 63
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(inner)
    };
    local.chars().count() <= longest_local
        && domain.chars().count() <= LONGEST_DOMAIN
        && !value.chars().any(|c| c.is_control() || c.is_whitespace())
        && local.split('.').all(atom)
        && domain.split('.').all(label)
}

/// RFC 5322 §3.2.3, and letters of every alphabet (RFC 6532 §3.2).
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii()
}
