//! Claims whose names look like slips: a case with one would pass, or fail, for another reason than it seems.

use std::collections::BTreeSet;

use keyward_guard::settings::{Settings, nearest};

/// Names that guards look at, and others that tokens usually have. RFC 7519 §4.1, RFC 9068 §2.2, OIDC Core §2
const KNOWN: [&str; 34] = [
    "acr",
    "act",
    "allowed-origins",
    "amr",
    "aud",
    "auth_time",
    "azp",
    "client_id",
    "cnf",
    "email",
    "email_verified",
    "entitlements",
    "exp",
    "family_name",
    "given_name",
    "groups",
    "iat",
    "iss",
    "jti",
    "locale",
    "may_act",
    "name",
    "nbf",
    "nonce",
    "preferred_username",
    "realm_access",
    "resource_access",
    "roles",
    "scope",
    "scp",
    "session_state",
    "sid",
    "sub",
    "typ",
];

/// Keys of a token's table that are no claims.
const KEYS: [&str; 5] = ["issuer", "kind", "opaque", "active", "without"];

/// Whole words that people write for the short ones.
const WORDS: [(&str, &str); 8] = [
    ("audience", "aud"),
    ("audiences", "aud"),
    ("expires", "exp"),
    ("expires_at", "exp"),
    ("issued_at", "iat"),
    ("not_before", "nbf"),
    ("subject", "sub"),
    ("type", "typ"),
];

/// What a claim of this name is probably meant to be; nothing for one that is known, that a policy asks for, or that
/// looks like no other.
pub(super) fn meant(name: &str, asked_for: &BTreeSet<String>) -> Option<&'static str> {
    if KNOWN.contains(&name) || asked_for.contains(name) {
        return None;
    }
    let word = WORDS.into_iter().find(|(word, _)| *word == name);
    word.map(|(_, short)| short)
        .or_else(|| nearest(name, KNOWN.into_iter().chain(KEYS)))
}

/// The claims that policies ask for.
pub(super) fn asked_for(settings: &Settings) -> BTreeSet<String> {
    let claims = settings.policies.values().filter_map(|policy| policy.claims.as_ref());
    claims.flat_map(|claims| claims.keys().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::meant;

    #[test]
    fn a_slip_is_noticed_and_a_name_of_ones_own_is_not() {
        let asked_for = BTreeSet::from(["rolse".to_owned()]);
        for (name, known) in [
            ("scpe", Some("scope")),
            ("audience", Some("aud")),
            ("exp_", Some("exp")),
            ("isuer", Some("issuer")),
            ("scope", None),
            ("tenant", None),
            ("rolse", None),
        ] {
            assert_eq!(meant(name, &asked_for), known, "{name}");
        }
    }
}
