//! What is kept as data only.

use std::collections::{BTreeMap, BTreeSet};

use keyward_domain::Fault;
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::ports::Tx;
use serde_json::{Map, Value, json};

use super::{Context, Secrets};
use crate::admin::documents::text;
use crate::admin::keycloak::document_secret::{self, Place};
use crate::admin::realms::import::LISTS;

/// The steps of a flow, and what names the configuration of one.
const EXECUTIONS: &str = "authenticationExecutions";
const CONFIG: &str = "authenticatorConfig";

/// All of a realm, by kind and name.
pub(super) struct Documents(Vec<Document>);

/// Reads them, secrets opened or masked.
pub(super) async fn read(tx: &mut dyn Tx, context: &Context<'_>) -> Result<Documents, Fault> {
    let mut all = Vec::new();
    for kind in DocumentKind::ALL {
        for mut document in tx.documents(context.realm.id, kind).await? {
            match context.extent.secrets {
                Secrets::Masked => document_secret::mask(kind, &mut document.body),
                Secrets::Open => {
                    let place = Place {
                        realm: document.realm,
                        kind,
                        id: document.id,
                    };
                    document_secret::open(place, &mut document.body, context.source.sealer)?;
                }
            }
            all.push(document);
        }
    }
    // Whoever reads the file takes the first of an alias for the one that has the name.
    all.sort_by_cached_key(|document| {
        let alias = text(&document.body, "alias").to_owned();
        let is_other = document.name != alias;
        let alias = (document.kind == DocumentKind::AuthenticatorConfig).then_some((alias, is_other));
        (document.kind, alias)
    });
    Ok(Documents(all))
}

impl Documents {
    pub(super) fn of(&self, kind: DocumentKind) -> impl Iterator<Item = &Document> {
        self.0.iter().filter(move |document| document.kind == kind)
    }

    pub(super) fn profiles(&self) -> Option<Value> {
        self.one(DocumentKind::ClientProfiles)
    }

    pub(super) fn policies(&self) -> Option<Value> {
        self.one(DocumentKind::ClientPolicies)
    }

    fn one(&self, kind: DocumentKind) -> Option<Value> {
        self.of(kind).next().map(|document| document.body.clone())
    }

    /// A step names its configuration by the alias that this has in the file; where an earlier one of the list has the
    /// same, by its id.
    fn name_configs(&self, flows: &mut [Value]) {
        let mut aliases = BTreeSet::new();
        let configs = self.of(DocumentKind::AuthenticatorConfig);
        let shown: BTreeMap<&str, String> = configs
            .map(|config| {
                let alias = text(&config.body, "alias");
                let is_first = !alias.is_empty() && aliases.insert(alias);
                let shown = if is_first {
                    alias.to_owned()
                } else {
                    config.id.to_string()
                };
                (config.name.as_str(), shown)
            })
            .collect();
        let steps = flows
            .iter_mut()
            .filter_map(|flow| flow.get_mut(EXECUTIONS)?.as_array_mut())
            .flatten();
        for named in steps.filter_map(|step| step.get_mut(CONFIG)) {
            if let Some(shown) = named.as_str().and_then(|name| shown.get(name)) {
                *named = shown.as_str().into();
            }
        }
    }

    /// Those that are members of the file themselves: lists, and texts by locale.
    pub(super) fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        for (member, kind, _) in LISTS {
            let mut bodies: Vec<Value> = self.of(kind).map(|document| document.body.clone()).collect();
            if kind == DocumentKind::AuthenticationFlow {
                self.name_configs(&mut bodies);
            }
            if kind != DocumentKind::Organization || !bodies.is_empty() {
                members.insert(member.into(), json!(bodies));
            }
        }
        let texts = self.of(DocumentKind::Localization);
        let texts: Map<String, Value> = texts
            .map(|document| (document.name.clone(), document.body.clone()))
            .collect();
        members.insert("localizationTexts".into(), Value::Object(texts));
        members
    }
}
