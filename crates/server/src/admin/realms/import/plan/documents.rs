//! What is kept as data only: flows, required actions, identity providers, components, policies, texts.

use std::collections::BTreeMap;

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::DocumentId;
use serde_json::{Map, Value, json};

use super::keys;
use super::{Draft, NoteKind, Parts};
use crate::admin::clients::policies;
use crate::admin::keycloak::document_secret::{self, Place};
use crate::admin::keycloak::key_component::KEY_PROVIDER;
use crate::admin::names;
use crate::admin::rest::kinds;
use crate::admin::users::profile;

/// The component that holds the configuration of the user profile.
pub(crate) const USER_PROFILE_PROVIDER: &str = "org.keycloak.userprofile.UserProfileProvider";
pub(crate) const USER_PROFILE_CONFIG: &str = "kc.user.profile.config";

/// Lists whose items are documents: their member in the file, what they are, and which member names them.
pub(crate) const LISTS: [(&str, DocumentKind, Named); 6] = [
    (
        "authenticationFlows",
        DocumentKind::AuthenticationFlow,
        Named::By("alias"),
    ),
    (
        "authenticatorConfig",
        DocumentKind::AuthenticatorConfig,
        Named::By("alias"),
    ),
    ("requiredActions", DocumentKind::RequiredAction, Named::By("alias")),
    ("identityProviders", DocumentKind::IdentityProvider, Named::By("alias")),
    (
        "identityProviderMappers",
        DocumentKind::IdentityProviderMapper,
        Named::ById,
    ),
    ("organizations", DocumentKind::Organization, Named::ById),
];

/// What the name of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A member of its body.
    By(&'static str),
    /// Its id as text.
    ById,
}

/// Reads all of them, and the keys among the components.
pub(super) fn read(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    for (member, kind, named) in LISTS {
        let raw = parts.take(member);
        let Some(raw) = raw else {
            continue;
        };
        let items: Vec<Map<String, Value>> = draft.reader().value(raw, member).unwrap_or_default();
        for (place, body) in items.into_iter().enumerate() {
            add(draft, (kind, named), &format!("{member}[{place}]"), body);
        }
    }
    for (member, kind) in [
        ("clientProfiles", DocumentKind::ClientProfiles),
        ("clientPolicies", DocumentKind::ClientPolicies),
    ] {
        let raw = parts.take(member);
        let body: Option<Map<String, Value>> = raw.and_then(|raw| draft.reader().value(raw, member));
        match body.map(Value::Object) {
            Some(body) if policies::is_readable(kind, &body) => push(draft, kind, kind.as_str().to_owned(), body),
            Some(_) => draft.problem(member, "cannot be read"),
            None => {}
        }
    }
    localization(parts, draft);
    components(parts, draft);
}

/// Reads one.
pub(super) fn add(draft: &mut Draft<'_>, (kind, named): (DocumentKind, Named), path: &str, body: Map<String, Value>) {
    let Some(mut body) = kinds::settle(representation(kind), body) else {
        return draft.problem(path, "a member is of a wrong type");
    };
    let id_member = if kind == DocumentKind::IdentityProvider {
        "internalId"
    } else {
        "id"
    };
    let sent = body.get(id_member).and_then(Value::as_str).map(str::to_owned);
    let id = DocumentId(draft.id((kind.as_str(), path), sent.as_deref()));
    let name = match named {
        Named::ById => id.to_string(),
        Named::By(member) => match body.get(member).and_then(Value::as_str) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => return draft.problem(format!("{path}.{member}"), "must be there"),
        },
    };
    if !names::fits(&name) {
        return draft.problem(path, names::too_long("Name"));
    }
    // Keycloak's realms may have two of an alias: whatever names it means the first.
    let taken = |draft: &Draft<'_>, name: &str| {
        let mut documents = draft.rows.documents.iter();
        documents.any(|other| other.kind == kind && other.name == name)
    };
    let name = if kind == DocumentKind::AuthenticatorConfig && taken(draft, &name) {
        id.to_string()
    } else {
        name
    };
    if kind != DocumentKind::RequiredAction {
        body.insert(id_member.to_owned(), id.to_string().into());
    }
    if taken(draft, &name) {
        return draft.problem(path, format!("there are two of the name {name:?}"));
    }
    if kind == DocumentKind::IdentityProvider {
        draft.note(
            NoteKind::DataOnly,
            path,
            "an identity provider: nobody can log in through it yet",
        );
    }
    insert(draft, id, kind, name, Value::Object(body));
}

/// What Keycloak calls it; empty where it has no name for it.
fn representation(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::AuthenticationFlow => "AuthenticationFlowRepresentation",
        DocumentKind::AuthenticatorConfig => "AuthenticatorConfigRepresentation",
        DocumentKind::RequiredAction => "RequiredActionProviderRepresentation",
        DocumentKind::IdentityProvider => "IdentityProviderRepresentation",
        DocumentKind::IdentityProviderMapper => "IdentityProviderMapperRepresentation",
        DocumentKind::Organization => "OrganizationRepresentation",
        DocumentKind::Component
        | DocumentKind::Localization
        | DocumentKind::InitialAccess
        | DocumentKind::ClientProfiles
        | DocumentKind::ClientPolicies
        | DocumentKind::UserProfile => "",
    }
}

/// Adds a document whose id nobody knows.
fn push(draft: &mut Draft<'_>, kind: DocumentKind, name: String, body: Value) {
    let id = DocumentId(draft.id((kind.as_str(), &name), None));
    insert(draft, id, kind, name, body);
}

fn insert(draft: &mut Draft<'_>, id: DocumentId, kind: DocumentKind, name: String, mut body: Value) {
    let realm = draft.rows.realm.id;
    let place = Place { realm, kind, id };
    if document_secret::seal(place, &mut body, None, draft.ground.sealer).is_err() {
        return draft.problem(name, "its secret cannot be sealed");
    }
    draft.rows.documents.push(Document {
        id,
        realm,
        kind,
        name,
        body,
    });
}

fn localization(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let raw = parts.take("localizationTexts");
    let locales: BTreeMap<String, BTreeMap<String, String>> = raw
        .and_then(|raw| draft.reader().value(raw, "localizationTexts"))
        .unwrap_or_default();
    for (locale, texts) in locales {
        if !names::fits(&locale) {
            draft.problem("localizationTexts", names::too_long("Locale"));
            continue;
        }
        push(draft, DocumentKind::Localization, locale, json!(texts));
    }
}

/// Components by their type, those below others too.
fn components(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let raw = parts.take("components");
    let mut keys = Vec::new();
    let types = draft.reader().members(raw, "components");
    for (provider_type, raw) in types {
        let path = format!("components.{provider_type}");
        let items: Vec<Map<String, Value>> = draft.reader().value(raw, &path).unwrap_or_default();
        for (place, body) in items.into_iter().enumerate() {
            let path = format!("{path}[{place}]");
            match provider_type.as_str() {
                KEY_PROVIDER => keys.push((path, body)),
                USER_PROFILE_PROVIDER => user_profile(draft, &path, &body),
                _ => {
                    let parent = draft.rows.realm.id.to_string();
                    component(draft, (&provider_type, &parent), &path, body);
                }
            }
        }
    }
    old_user_profile(parts, draft);
    keys::read(keys, draft);
}

/// Before version 24 users could have any attribute. Keycloak lets them keep that, and so does this.
fn old_user_profile(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let version: Option<String> = parts
        .take("keycloakVersion")
        .and_then(|raw| serde_json::from_str(raw.get()).ok());
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    let kind = DocumentKind::UserProfile;
    if major.is_some_and(|major| major < 24) && !draft.has(kind) {
        push(draft, kind, kind.as_str().to_owned(), profile::with_any_attribute());
    }
}

/// Adds a component with its parent, and those below it.
pub(super) fn component(
    draft: &mut Draft<'_>,
    (provider_type, parent): (&str, &str),
    path: &str,
    mut body: Map<String, Value>,
) {
    let below = body.remove("subComponents");
    let sent = body.get("id").and_then(Value::as_str).map(str::to_owned);
    let id = DocumentId(draft.id((DocumentKind::Component.as_str(), path), sent.as_deref()));
    body.insert("id".into(), id.to_string().into());
    body.insert("providerType".into(), provider_type.into());
    body.insert("parentId".into(), parent.into());
    if provider_type.ends_with("UserStorageProvider") {
        draft.note(NoteKind::DataOnly, path, "a user storage: nothing reads users from it");
    }
    insert(draft, id, DocumentKind::Component, id.to_string(), Value::Object(body));
    let below: BTreeMap<String, Vec<Map<String, Value>>> = match below.map(serde_json::from_value) {
        None => return,
        Some(Ok(below)) => below,
        Some(Err(_)) => return draft.problem(format!("{path}.subComponents"), "must hold lists of components"),
    };
    for (provider_type, items) in below {
        for (place, body) in items.into_iter().enumerate() {
            let path = format!("{path}.subComponents.{provider_type}[{place}]");
            component(draft, (&provider_type, &id.to_string()), &path, body);
        }
    }
}

/// The configuration of the user profile is a JSON text inside a component.
fn user_profile(draft: &mut Draft<'_>, path: &str, body: &Map<String, Value>) {
    let config = body
        .get("config")
        .and_then(|config| config.get(USER_PROFILE_CONFIG)?.get(0)?.as_str());
    let Some(text) = config else {
        return;
    };
    let kind = DocumentKind::UserProfile;
    match serde_json::from_str::<Value>(text) {
        Ok(profile) if profile::is_readable(&profile) && !draft.has(kind) => {
            let sent = body.get("id").and_then(Value::as_str);
            let id = DocumentId(draft.id((kind.as_str(), path), sent));
            insert(draft, id, kind, kind.as_str().to_owned(), profile);
        }
        Ok(_) if draft.has(kind) => draft.problem(path, "is a second user profile"),
        _ => draft.problem(
            format!("{path}.config.{USER_PROFILE_CONFIG}"),
            "is no JSON of a user profile",
        ),
    }
}

impl Draft<'_> {
    fn has(&self, kind: DocumentKind) -> bool {
        self.rows.documents.iter().any(|document| document.kind == kind)
    }
}
