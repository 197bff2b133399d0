//! A public client that nobody can log in through yet.

use serde_json::Value;

use crate::admin_api::text;

/// Where the client was made.
#[derive(Clone, Copy)]
pub(super) enum Made {
    /// Over a login, which what is said needs.
    OverLogin,
    /// On a database.
    InDatabase,
}

/// Says it of one that has no redirect URI, and what gives it one. With a password people come in without.
pub(super) fn note(client: &Value, realm: &str, made: Made) {
    if is_without(client) {
        let client_id = text(client, "clientId");
        let how = match made {
            Made::OverLogin => "",
            Made::InDatabase => "over a login (keyward login URL) ",
        };
        eprintln!(
            "note: nobody can log in through {client_id} until it has a redirect URI: {how}keyward client set {client_id} \
             --realm {realm} --set standardFlowEnabled=true --set 'redirectUris=[\"https://HOST/callback\"]'"
        );
    }
}

fn is_without(client: &Value) -> bool {
    let is = |member: &str| client.get(member) == Some(&Value::Bool(true));
    let uris = client.get("redirectUris").and_then(Value::as_array);
    is("publicClient") && !is("directAccessGrantsEnabled") && uris.is_none_or(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_without;

    #[test]
    fn only_a_public_client_that_people_cannot_come_to_is_without() {
        for (client, expected) in [
            (json!({ "publicClient": true, "redirectUris": [] }), true),
            (json!({ "publicClient": true }), true),
            (json!({ "publicClient": true, "redirectUris": ["https://a/cb"] }), false),
            (
                json!({ "publicClient": true, "directAccessGrantsEnabled": true }),
                false,
            ),
            (json!({ "publicClient": false, "redirectUris": [] }), false),
        ] {
            assert_eq!(is_without(&client), expected, "{client}");
        }
    }
}
