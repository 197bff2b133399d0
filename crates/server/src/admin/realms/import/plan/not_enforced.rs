//! Settings that the old server acted on and this one does not, where that makes something less safe or stops somebody.

use keyward_domain::realm::RealmSettings;
use serde_json::Value;

use super::{Draft, NoteKind};
use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::keycloak::not_enforced::{CLIENT, NotEnforced, REALM};
use crate::admin::keycloak::realm::is_unusual;

/// What the effect of such a setting begins with.
const TOLD: [&str; 2] = ["weaker", "stricter"];

/// Members of clients that nearly every client has, or that are told of elsewhere.
const EVERYWHERE: [&str; 4] = [
    "clientAuthenticatorType",
    "attributes.access.token.lifespan",
    "attributes.post.logout.redirect.uris",
    "redirectUris",
];

/// Tells of those of the realm that are not what every realm has.
pub(super) fn of_realm(settings: &RealmSettings, draft: &mut Draft<'_>) {
    tell(REALM, "", draft, |member| is_unusual(settings, member));
}

/// Tells of those of a client that are set.
pub(super) fn of_client(client: &ClientRepresentation, path: &str, draft: &mut Draft<'_>) {
    let whole = serde_json::to_value(client).unwrap_or_default();
    tell(CLIENT, &format!("{path}."), draft, |member| {
        let value = match member.strip_prefix("attributes.") {
            Some(name) => whole.get("attributes").and_then(|attributes| attributes.get(name)),
            None => whole.get(member),
        };
        !EVERYWHERE.contains(&member) && value.is_some_and(|value| says_something(member, value))
    });
}

fn tell(list: &[NotEnforced], path: &str, draft: &mut Draft<'_>, is_set: impl Fn(&str) -> bool) {
    for setting in list
        .iter()
        .filter(|setting| TOLD.iter().any(|word| setting.effect.starts_with(word)))
    {
        let members = setting.member.split(", ").map(str::trim);
        if let Some(member) = members.into_iter().find(|member| is_set(member)) {
            let message = format!("{}; {}", setting.keycloak, setting.effect);
            draft.note(NoteKind::DataOnly, format!("{path}{member}"), message);
        }
    }
}

/// Whether a value is more than what every client has.
fn says_something(member: &str, value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::String(text) => {
            // Clients have it without an address to be told at.
            let alone = member.ends_with("logout.session.required");
            !alone && !matches!(text.as_str(), "" | "false" | "0" | "-1" | "{}" | "[]" | "not required")
        }
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Number(_) | Value::Null => false,
    }
}
