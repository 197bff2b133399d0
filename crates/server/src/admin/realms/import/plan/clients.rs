//! Clients, their secrets, and what should be known of them.

use std::collections::{BTreeMap, HashSet};

use keyward_domain::client::{Client, ClientAuthMethod, ClientSettings, ClientType, Pkce};
use keyward_domain::entropy;
use keyward_domain::id::ClientUuid;
use keyward_domain::secret::Secret;

use super::placeholder::unfilled;
use super::{Draft, NoteKind, Parts, not_enforced};
use crate::admin::clients::{seal, service_account};
use crate::admin::keycloak::client::{self, ClientRepresentation, Described, ROTATED_SECRET, ROTATED_UNTIL};
use crate::admin::keycloak::shown_secret::{MASK, ShownSecret};
use crate::admin::realms::BUILT_IN;
use crate::http::entropy::SystemEntropy;

/// Reads them.
pub(super) fn read(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let raw = parts.take("clients");
    let mut names = HashSet::new();
    for (path, client) in draft.reader().list::<ClientRepresentation>(raw, "clients") {
        for (place, mapper) in client.protocol_mappers.iter().flatten().enumerate() {
            draft
                .reader()
                .known(mapper, &format!("{path}.protocolMappers[{place}]"));
        }
        let client_id = client.client_id.clone().unwrap_or_default();
        if !names.insert(client_id.clone()) {
            draft.problem(
                format!("{path}.clientId"),
                format!("there are two clients {client_id:?}"),
            );
            continue;
        }
        one(draft, &path, &client);
    }
}

/// Reads one.
pub(super) fn one(draft: &mut Draft<'_>, path: &str, client: &ClientRepresentation) {
    let id = ClientUuid(draft.id(("client", path), client.id.as_deref()));
    let (secret, rotated) = (ShownSecret::sent(client.secret.clone()), rotated(client));
    let described = {
        let scopes = draft.rows.scopes.iter();
        let ground = client::Ground {
            server: draft.ground.server,
            scopes: scopes
                .map(|scope| (scope.name.as_str(), scope.settings.protocol.as_str()))
                .collect::<BTreeMap<_, _>>(),
        };
        let whole = if draft.is_complete {
            client.clone()
        } else {
            client.clone().with_defaults(&draft.rows.realm.settings)
        };
        whole
            .read(&ground)
            .map_err(|invalid| where_it_is(client, &ground, invalid.to_string()))
    };
    let described = match described {
        Ok(described) => described,
        Err((below, message)) => return draft.problem(format!("{path}{below}"), message),
    };
    let Described {
        spec,
        enabled,
        not_before,
    } = described;
    let (client_id, mut settings) = spec.into_parts();
    if settings.service_account {
        let known: HashSet<String> = draft.rows.scopes.iter().map(|scope| scope.name.clone()).collect();
        service_account::follow_with_scope(&mut settings, |name| known.contains(name));
    }
    // People know their clients by name; the number alone would have to be counted.
    let named = format!("{path}({client_id})");
    // Nobody has to look after the addresses of clients that every realm has.
    if !BUILT_IN.contains(&client_id.as_str()) {
        note(draft, &named, (client, &settings));
    }
    unknown_scopes(draft, &named, client);
    if !settings.bearer_only {
        not_enforced::of_client(client, &named, draft);
    }
    let row = Client {
        id,
        realm: draft.rows.realm.id,
        client_id,
        enabled,
        not_before,
        settings,
    };
    secrets(draft, (&row, path), secret, rotated);
    draft.clients.insert(row.client_id.clone(), row.id);
    draft.rows.clients.push(row);
}

/// Tells of scopes that the client names and the realm does not have.
fn unknown_scopes(draft: &mut Draft<'_>, named: &str, client: &ClientRepresentation) {
    for (member, names) in [
        ("defaultClientScopes", &client.default_client_scopes),
        ("optionalClientScopes", &client.optional_client_scopes),
    ] {
        for name in names.iter().flatten() {
            if !draft.rows.scopes.iter().any(|scope| scope.name == *name) {
                let message = format!("there is no client scope {name:?}");
                draft.note(NoteKind::NotCarried, format!("{named}.{member}"), message);
            }
        }
    }
}

/// The place of what is wrong: the one redirect URI that cannot be, when it is one.
fn where_it_is(client: &ClientRepresentation, ground: &client::Ground<'_>, message: String) -> (String, String) {
    for (place, uri) in client.redirect_uris.iter().flatten().enumerate() {
        let mut alone = client.clone();
        (alone.client_id, alone.redirect_uris) = (Some("one".into()), Some(vec![uri.clone()]));
        (alone.attributes, alone.admin_url, alone.base_url) = (None, None, None);
        if let Err(invalid) = alone.read(ground) {
            return (format!(".redirectUris[{place}]"), invalid.to_string());
        }
    }
    (String::new(), message)
}

/// A secret that ends, and when, in seconds.
fn rotated(client: &ClientRepresentation) -> Option<(Secret, i64)> {
    let attributes = client.attributes.as_ref()?;
    let text = |name: &str| attributes.get(name)?.clone();
    let until = text(ROTATED_UNTIL)?.parse().ok()?;
    let secret = text(ROTATED_SECRET).filter(|text| text != MASK && !text.is_empty())?;
    Some((Secret::new(secret), until))
}

fn secrets(
    draft: &mut Draft<'_>,
    (client, path): (&Client, &str),
    secret: Option<Secret>,
    rotated: Option<(Secret, i64)>,
) {
    if client.settings.client_type == ClientType::Public {
        return;
    }
    let (sealer, now) = (draft.ground.sealer, draft.ground.now);
    let is_new = secret.is_none();
    // One that never asks for a token needs none.
    if is_new && client.settings.bearer_only {
        return;
    }
    if let Some(wrong) = secret.as_ref().and_then(|secret| unfilled(secret.expose())) {
        return draft.problem(format!("{path}.secret"), wrong);
    }
    let secret = secret.unwrap_or_else(|| entropy::secret(&mut SystemEntropy));
    let live = rotated.filter(|(_, until)| *until > now.secs());
    let older = live.map(|(secret, until)| (secret, now.minus_secs(1), Some(until)));
    for (secret, made, until) in older.into_iter().chain([(secret, now, None)]) {
        match seal(sealer, &draft.rows.realm, client.id, &secret, made) {
            Ok(mut row) => {
                row.expires_at = until.map(keyward_domain::Timestamp::from_secs);
                draft.rows.secrets.push(row);
            }
            Err(_) => draft.problem(format!("{path}.secret"), "cannot be sealed"),
        }
    }
    if is_new {
        draft.note(
            NoteKind::Changed,
            format!("{path}({}).secret", client.client_id),
            "was not in the file: a new one was made",
        );
    }
}

/// What should be known.
fn note(draft: &mut Draft<'_>, path: &str, (client, settings): (&ClientRepresentation, &ClientSettings)) {
    let is_public = settings.client_type == ClientType::Public;
    if client.protocol.as_deref() == Some("saml") {
        let message = "SAML is not offered: it gets no token and no page";
        draft.note(NoteKind::DataOnly, format!("{path}.protocol"), message);
        return;
    }
    // One that checks tokens asks for none and logs nobody in: the rest is not about it.
    if settings.bearer_only {
        return;
    }
    if settings.auth_method == ClientAuthMethod::NotOffered {
        let method = client.client_authenticator_type.as_deref().unwrap_or_default();
        let message = format!("{method} is not offered yet: it gets no token before it is set to client-secret");
        draft.note(NoteKind::DataOnly, format!("{path}.clientAuthenticatorType"), message);
    }
    if settings.legacy_wildcard {
        let message = "a redirect URI ends in *: whatever page is there may get a code";
        draft.note(NoteKind::Risk, format!("{path}.redirectUris"), message);
    }
    if is_public && settings.standard_flow && settings.pkce == Pkce::Optional {
        let message = "a public client that may do without PKCE";
        draft.note(NoteKind::Risk, path, message);
    }
    // An export of ours says what it means; in Keycloak's the tokens stay unless the realm says otherwise.
    let realm = &draft.rows.realm.settings;
    let is_changed = settings.rotates(realm) && !realm.revoke_refresh_token && !draft.is_complete;
    if is_public && is_changed && (settings.standard_flow || settings.direct_access_grants) {
        let message = "a public client: its refresh tokens are replaced when they are used";
        draft.note(NoteKind::Changed, path, message);
    }
}
