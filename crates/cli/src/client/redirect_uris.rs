//! Redirect URIs that a command registers: Keycloak's API takes what a command refuses.

use keyward_domain::client::redirect_uri::{self, RedirectUriError};
use serde_json::Value;

use crate::admin_api::text;
use crate::failure::Failure;

/// The attribute of a client with the URIs after logout, and what stands between them.
const POST_LOGOUT: (&str, &str) = ("post.logout.redirect.uris", "##");

/// Refuses those that no client should have. `named` is how they were given.
pub(super) fn check(named: &str, uris: &[String]) -> Result<(), Failure> {
    for uri in uris {
        redirect_uri::check(uri, false).map_err(|error| match error {
            RedirectUriError::Wildcard(uri) => {
                Failure::new(format!("{named}: no wildcards; give each URI in full: {uri:?}"))
            }
            error => Failure::new(format!("{named}: {error}")),
        })?;
    }
    Ok(())
}

/// The same for what a change adds to a representation. What a client moved from Keycloak has may stay.
pub(super) fn check_change(before: &Value, asked: &Value) -> Result<(), Failure> {
    let added = |of: fn(&Value) -> Vec<&str>| {
        let there = of(before);
        let added = of(asked).into_iter().filter(|uri| !there.contains(uri));
        absolute(asked, added)
    };
    check("redirectUris", &added(registered))?;
    check(POST_LOGOUT.0, &added(after_logout))
}

fn registered(client: &Value) -> Vec<&str> {
    let uris = client
        .get("redirectUris")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    uris.filter_map(Value::as_str).collect()
}

fn after_logout(client: &Value) -> Vec<&str> {
    let attributes = client.get("attributes").unwrap_or(&Value::Null);
    let named = text(attributes, POST_LOGOUT.0).split(POST_LOGOUT.1);
    named.filter(|uri| !matches!(*uri, "" | "+" | "-")).collect()
}

/// A path stands below the client's root URL. Without one, and below one that the server fills in, it is the server's to
/// judge.
fn absolute<'u>(client: &Value, uris: impl Iterator<Item = &'u str>) -> Vec<String> {
    let root = text(client, "rootUrl");
    let whole = uris.filter_map(|uri| match uri.strip_prefix('/') {
        None => Some(uri.to_owned()),
        Some(_) if root.is_empty() || root.contains("${") => None,
        Some(path) => Some(format!("{}/{path}", root.trim_end_matches('/'))),
    });
    whole.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_added_is_held_to_what_a_new_client_is() {
        let before = json!({ "redirectUris": ["https://old.example.com/*", "http://old.example.com/cb"] });
        let wildcard = "redirectUris: no wildcards; give each URI in full: \"https://a.example.com/*\"";
        for (asked, told) in [
            (before.clone(), ""),
            (
                json!({ "redirectUris": ["https://a.example.com/cb", "http://127.0.0.1/cb"] }),
                "",
            ),
            (json!({ "redirectUris": ["https://a.example.com/*"] }), wildcard),
            (
                json!({ "redirectUris": ["/*"], "rootUrl": "https://a.example.com/" }),
                wildcard,
            ),
            (json!({ "redirectUris": ["/*"], "rootUrl": "${authBaseUrl}" }), ""),
            (json!({ "attributes": { "post.logout.redirect.uris": "+" } }), ""),
            (
                json!({ "attributes": { "post.logout.redirect.uris": "https://a/##http://a/" } }),
                "post.logout.redirect.uris: http is for loopback addresses only: \"http://a/\"",
            ),
        ] {
            let error = check_change(&before, &asked).err();
            assert_eq!(
                error.map(|error| error.to_string()).unwrap_or_default(),
                told,
                "{asked}"
            );
        }
    }
}
