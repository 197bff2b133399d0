//! What is kept as data only.

use keyward_domain::Fault;
use keyward_domain::document::{Document, DocumentKind};
use keyward_domain::ports::Tx;
use serde_json::{Map, Value, json};

use super::{Context, Secrets};
use crate::admin::keycloak::document_secret::{self, Place};
use crate::admin::realms::import::LISTS;

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

    /// Those that are members of the file themselves: lists, and texts by locale.
    pub(super) fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        for (member, kind, _) in LISTS {
            let bodies: Vec<&Value> = self.of(kind).map(|document| &document.body).collect();
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
