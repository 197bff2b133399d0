//! A component as its row holds it, and as it is shown.

use std::collections::BTreeMap;

use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::id::{DocumentId, RealmId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::types;
use crate::admin::keycloak::document_secret::{self, Place};
use crate::admin::keycloak::key_component::KEY_PROVIDER;
use crate::admin::keycloak::shown_secret::MASK;
use crate::admin::rest::body::Representation;

/// What a component is configured with: several values each.
pub(super) type Config = BTreeMap<String, Vec<String>>;

/// `ComponentRepresentation`, as it comes in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) provider_id: Option<String>,
    pub(super) provider_type: Option<String>,
    pub(super) parent_id: Option<String>,
    pub(super) sub_type: Option<String>,
    /// Scripts write null for what they leave open.
    pub(super) config: Option<BTreeMap<String, Option<Vec<Option<String>>>>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for Sent {
    const NAME: &'static str = "ComponentRepresentation";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

impl Sent {
    /// The configuration without what is empty.
    pub(super) fn config(&self) -> Option<Config> {
        let config = self.config.as_ref()?;
        let filled = config.iter().filter_map(|(name, values)| {
            let values: Vec<String> = values.iter().flatten().flatten().cloned().collect();
            let empty = values.first().is_none_or(|first| first.trim().is_empty());
            (!empty).then(|| (name.clone(), values))
        });
        Some(filled.collect())
    }
}

/// A component.
#[derive(Clone)]
pub(super) struct Component {
    pub(super) id: DocumentId,
    pub(super) name: String,
    pub(super) provider: String,
    pub(super) provider_type: String,
    pub(super) parent: String,
    pub(super) sub_type: Option<String>,
    /// Secrets sealed.
    pub(super) config: Config,
}

impl Component {
    pub(super) fn of(document: &Document) -> Self {
        let text = |member: &str| document.body.get(member).and_then(Value::as_str).map(str::to_owned);
        let config = document.body.get("config").cloned();
        Self {
            id: document.id,
            name: text("name").unwrap_or_default(),
            provider: text("providerId").unwrap_or_default(),
            provider_type: text("providerType").unwrap_or_default(),
            parent: text("parentId").unwrap_or_else(|| document.realm.to_string()),
            sub_type: text("subType"),
            config: config
                .and_then(|config| serde_json::from_value(config).ok())
                .unwrap_or_default(),
        }
    }

    pub(super) fn is_key(&self) -> bool {
        self.provider_type == KEY_PROVIDER
    }

    /// The first value of a member of its configuration.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.config.get(name)?.first().map(String::as_str)
    }

    /// The priority of a key; 0 when it has none.
    pub(super) fn priority(&self) -> i64 {
        self.value("priority").and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    pub(super) fn set(&mut self, name: &str, value: &dyn ToString) {
        self.config.insert(name.to_owned(), vec![value.to_string()]);
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "id": self.id,
            "name": self.name,
            "providerId": self.provider,
            "providerType": self.provider_type,
            "parentId": self.parent,
            "config": self.config,
        });
        if let Some(sub_type) = &self.sub_type {
            crate::admin::documents::set(&mut body, "subType", sub_type.as_str());
        }
        body
    }

    /// Its row; secrets that are in the clear are not sealed yet.
    pub(super) fn document(&self, realm: RealmId) -> Document {
        Document {
            id: self.id,
            realm,
            kind: DocumentKind::Component,
            name: self.id.to_string(),
            body: self.body(),
        }
    }

    /// As it is shown: secrets masked, and of keys only what their provider can be configured with.
    pub(super) fn view(&self) -> Value {
        let mut shown = self.clone();
        if self.is_key() {
            let provider = types::provider(KEY_PROVIDER, &self.provider);
            shown
                .config
                .retain(|name, _| provider.is_some_and(|provider| provider.knows(name)));
            if self.provider == "rsa" {
                // It is not in the component, or sealed: Keycloak shows that there is one.
                shown.set("privateKey", &MASK);
            }
        }
        let mut body = shown.body();
        document_secret::mask(DocumentKind::Component, &mut body);
        body
    }

    pub(super) fn place(&self, realm: RealmId) -> Place {
        Place {
            realm,
            kind: DocumentKind::Component,
            id: self.id,
        }
    }
}
