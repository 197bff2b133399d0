//! Components by their type, and among them the keys with what they sign with.

use std::collections::BTreeMap;

use keyward_domain::Fault;
use keyward_domain::credential::keycloak::key::{self as keycloak, Config, KeyStatus};
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::key::{self, HmacKeyRecord, KeyRecord};
use keyward_domain::ports::Tx;
use serde_json::{Map, Value, json};

use super::documents::Documents;
use super::{Context, Secrets};
use crate::admin::components;
use crate::admin::keycloak::key_component::{KEY_PROVIDER, SECRETS};
use crate::admin::realms::import::{ACTIVE_FROM, PUBLISHED_AT, USER_PROFILE_CONFIG, USER_PROFILE_PROVIDER, derived};

/// All components.
pub(super) async fn components(tx: &mut dyn Tx, context: &Context<'_>, documents: &Documents) -> Result<Value, Fault> {
    let all: Vec<&Document> = documents.of(DocumentKind::Component).collect();
    let realm = context.realm.id.to_string();
    let mut types = below(&all, &realm);
    keys(tx, context, types.entry(KEY_PROVIDER.to_owned()).or_default()).await?;
    if let Some(profile) = documents.of(DocumentKind::UserProfile).next() {
        let config = json!({ USER_PROFILE_CONFIG: [profile.body.to_string()] });
        let component = json!({
            "id": profile.id,
            "providerId": "declarative-user-profile",
            "subComponents": {},
            "config": config,
        });
        types
            .entry(USER_PROFILE_PROVIDER.to_owned())
            .or_default()
            .push(component);
    }
    Ok(json!(types))
}

/// The components below one, or below the realm, by type; each with those below it.
fn below(all: &[&Document], parent: &str) -> BTreeMap<String, Vec<Value>> {
    let mut types: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for document in all {
        let mut body = match &document.body {
            Value::Object(body) => body.clone(),
            _ => continue,
        };
        let text = |body: &mut Map<String, Value>, name| match body.remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        if text(&mut body, "parentId") != parent {
            continue;
        }
        let provider_type = text(&mut body, "providerType");
        let its = below(all, &document.id.to_string());
        body.insert("subComponents".into(), json!(its));
        types.entry(provider_type).or_default().push(Value::Object(body));
    }
    types
}

/// Adds the keys to their components, and components for keys that have none.
async fn keys(tx: &mut dyn Tx, context: &Context<'_>, components: &mut Vec<Value>) -> Result<(), Fault> {
    let realm = context.realm;
    let records = tx.keys(realm.id).await?;
    let now = context.source.now;
    for record in &records {
        let fitting = records.iter().filter(|other| other.algorithm == record.algorithm);
        let signing = key::signing(fitting.map(|other| (other, other.active_from)), now);
        let status = match signing {
            Some(signing) if signing.kid == record.kid => KeyStatus::Active,
            _ => KeyStatus::Passive,
        };
        let mut made = signing_key(context, record, status)?;
        if let Some(kept) = component_of(components, &record.kid) {
            fill(kept, &made);
        } else {
            let name = components::keys::Sort::Signing(record.algorithm).name();
            made.1.entry("priority".into()).or_insert_with(|| vec!["100".into()]);
            components.push(component(context, &name, &record.kid, &made));
        }
    }
    for record in tx.hmac_keys(realm.id).await? {
        // One that nobody touched is made anew.
        if let Some(kept) = component_of(components, &record.kid) {
            let made = hmac_key(context, &record)?;
            fill(kept, &made);
        }
    }
    if context.extent.secrets == Secrets::Masked {
        for component in components.iter_mut() {
            if let Some(Value::Object(config)) = component.get_mut("config") {
                config.retain(|name, _| !SECRETS.contains(&name.as_str()));
            }
        }
    }
    components.sort_by_key(|component| component.get("id").map(Value::to_string));
    Ok(())
}

fn component_of<'c>(components: &'c mut [Value], kid: &str) -> Option<&'c mut Value> {
    components
        .iter_mut()
        .find(|component| component.pointer("/config/kid/0").and_then(Value::as_str) == Some(kid))
}

/// Provider and configuration of a key.
type Made = (&'static str, Config);

fn signing_key(context: &Context<'_>, record: &KeyRecord, status: KeyStatus) -> Result<Made, Fault> {
    let failed = |error: &dyn std::fmt::Display| Fault::Crypto(format!("signing key {}: {error}", record.kid));
    let opened = components::keys::open(record, context.source.sealer)?;
    let place = (context.realm.name.as_str(), record.published_at);
    let made = keycloak::export(&opened, record.algorithm, place, (100, status)).map_err(|error| failed(&error))?;
    let mut config = made.config;
    for (name, instant) in [(PUBLISHED_AT, record.published_at), (ACTIVE_FROM, record.active_from)] {
        config.insert(name.to_owned(), vec![instant.secs().to_string()]);
    }
    Ok((made.provider, config))
}

fn hmac_key(context: &Context<'_>, record: &HmacKeyRecord) -> Result<Made, Fault> {
    let binding = key::hmac_binding(record.realm, &record.kid);
    let opened = context.source.sealer.open(&binding, &record.sealed);
    let bytes = opened.map_err(|error| Fault::Crypto(format!("HMAC key {}: {error}", record.kid)))?;
    let made = keycloak::export_secret(&record.kid, "HS256", &bytes, (100, KeyStatus::Active));
    let mut config = made.config;
    config.insert(PUBLISHED_AT.to_owned(), vec![record.created_at.secs().to_string()]);
    Ok((made.provider, config))
}

/// What a component says of itself stays; the key and its instants come with it.
fn fill(kept: &mut Value, (_, made): &Made) {
    let Some(Value::Object(config)) = kept.get_mut("config") else {
        return;
    };
    for (name, values) in made {
        let replaced = SECRETS.contains(&name.as_str()) || [PUBLISHED_AT, ACTIVE_FROM].contains(&name.as_str());
        if replaced || !config.contains_key(name) {
            config.insert(name.clone(), json!(values));
        }
    }
}

/// The component of a key that nobody made one for: the same as the admin API shows.
fn component(context: &Context<'_>, name: &str, kid: &str, (provider, config): &Made) -> Value {
    json!({
        "id": derived("key component", &format!("{}|{kid}", context.realm.id)),
        "name": name,
        "providerId": provider,
        "subComponents": {},
        "config": config,
    })
}
