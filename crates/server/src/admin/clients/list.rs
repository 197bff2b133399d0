//! Listing clients.

use keyward_domain::client::Client;

use super::{find, protect, secrets};
use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::keycloak::shown_secret::ShownSecret;
use crate::admin::rest::query::part;
use crate::admin::rest::{AdminCall, AdminError, Answer, Need};
use crate::snapshot::ClientEntry;

/// What a search by attribute calls the clients whose redirect URIs end in `*`.
const LEGACY_WILDCARD: &str = "keyward.legacy_wildcard";

/// `GET …/clients`: `clientId` (exact, or part of it with `search=true`), `q` (attributes), `first`, `max`,
/// `viewableOnly`. Whoever may list and not see gets an empty list.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    if call.require(Need::ViewClients).is_err() {
        return Ok(Answer::json(&Vec::<ClientRepresentation>::new()));
    }
    let realm = call.realm()?;
    let paging = call.query.paging(i64::from(i32::MAX))?;
    let wanted = Wanted::read(call);
    let mut found: Vec<_> = realm
        .clients
        .values()
        .filter(|entry| wanted.fits(&entry.client))
        .collect();
    found.sort_by(|one, other| one.client.client_id.cmp(&other.client.client_id));
    let found = part(found.into_iter(), paging);
    let ground = find::ground(call)?;
    let mut tx = call.read().await?;
    let ids = found.iter().map(|entry| entry.client.id).collect();
    let mut secrets = secrets::of_clients(&mut *tx, &realm.realm, &ids, &call.app.sealer, call.cx.now).await?;
    let shown = |entry: &&ClientEntry| {
        let mut shown = ClientRepresentation::of(&entry.client, &ground).for_caller(protect::access(call, entry));
        let secret = secrets.remove(&entry.client.id).and_then(|secrets| secrets.current);
        shown.secret = secret
            .filter(|_| shown.public_client == Some(false))
            .map(ShownSecret::new);
        if protect::holds_keys(call, entry) {
            shown
        } else {
            shown.masked()
        }
    };
    let shown: Vec<ClientRepresentation> = found.iter().map(shown).collect();
    Ok(Answer::json(&shown))
}

/// Which clients are asked for.
struct Wanted {
    client_id: Option<Named>,
    attributes: Vec<(String, String)>,
}

enum Named {
    Exactly(String),
    /// `%` stands for anything, as in Keycloak's.
    Like(Vec<String>),
}

impl Wanted {
    fn read(call: &AdminCall) -> Self {
        let query = &call.query;
        let search = query.flag("search").unwrap_or(false);
        let name = query.get("clientId").filter(|name| !name.trim().is_empty());
        Self {
            client_id: name.map(|name| {
                if search {
                    Named::Like(name.to_lowercase().split('%').map(str::to_owned).collect())
                } else {
                    Named::Exactly(name.to_owned())
                }
            }),
            attributes: query.get("q").map(pairs).unwrap_or_default(),
        }
    }

    fn fits(&self, client: &Client) -> bool {
        let named = match &self.client_id {
            None => true,
            Some(Named::Exactly(name)) => client.client_id == *name,
            Some(Named::Like(parts)) => holds_in_order(&client.client_id.to_lowercase(), parts),
        };
        named && self.attributes.iter().all(|(name, value)| has(client, name, value))
    }
}

fn has(client: &Client, name: &str, value: &str) -> bool {
    match name {
        LEGACY_WILDCARD => client.settings.legacy_wildcard.to_string() == value,
        name => client.settings.attributes.get(name).is_some_and(|its| its == value),
    }
}

fn holds_in_order(text: &str, parts: &[String]) -> bool {
    let mut rest = text;
    parts.iter().all(|part| match rest.find(part.as_str()) {
        Some(at) => {
            rest = rest.get(at + part.len()..).unwrap_or_default();
            true
        }
        None => false,
    })
}

/// `key:value "key":"a value"`: what has no colon is passed over.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = word(rest, ':');
        rest = match after.strip_prefix(':') {
            Some(after) => {
                let (value, after) = word(after, ' ');
                pairs.push((key, value));
                after
            }
            None => after,
        }
        .trim_start();
    }
    pairs
}

/// A word, in quotation marks or up to `end` or a space; and what follows.
fn word(text: &str, end: char) -> (String, &str) {
    if let Some(quoted) = text.strip_prefix('"')
        && let Some((word, rest)) = quoted.split_once('"')
    {
        return (word.to_owned(), rest);
    }
    let at = text.find([end, ' ']).unwrap_or(text.len());
    let (word, rest) = text.split_at(at);
    (word.to_owned(), rest)
}

#[cfg(test)]
mod tests {
    use super::{holds_in_order, pairs};

    fn read(text: &str) -> Vec<(String, String)> {
        pairs(text)
    }

    #[test]
    fn attributes_are_asked_for_by_pairs() {
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|&(key, value)| (key.into(), value.into())).collect()
        };
        assert_eq!(read("team:x tier:1"), owned(&[("team", "x"), ("tier", "1")]));
        assert_eq!(read(r#""my team":"x y" z:1"#), owned(&[("my team", "x y"), ("z", "1")]));
        assert_eq!(read("team"), owned(&[]));
        assert_eq!(read(""), owned(&[]));
        assert_eq!(read("  a:b  c"), owned(&[("a", "b")]));
        assert_eq!(read("a:"), owned(&[("a", "")]));
        assert_eq!(read("\"open"), owned(&[]));
        assert_eq!(read("u:https://x"), owned(&[("u", "https://x")]));
    }

    #[test]
    fn a_percent_sign_is_anything() {
        let like = |text: &str, pattern: &str| {
            let parts: Vec<String> = pattern.split('%').map(str::to_owned).collect();
            holds_in_order(text, &parts)
        };
        assert!(like("alpha-one", "pha") && like("alpha-one", "a%one") && like("x", ""));
        assert!(!like("alpha-one", "one%alpha") && !like("alpha", "*"));
    }
}
