//! `RoleRepresentation`: what comes in, and what goes out.

use std::collections::BTreeMap;

use keyward_domain::role::{Role, RoleBook};
use keyward_domain::user::Attributes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient;
use crate::admin::rest::body::Representation;

/// A role as it comes in. Absent members are left alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RoleRepresentation {
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) description: Option<String>,
    #[serde(deserialize_with = "lenient::lists")]
    pub(crate) attributes: Option<Attributes>,
    pub(crate) composites: Option<Composites>,
    #[serde(flatten)]
    pub(crate) rest: Map<String, Value>,
}

/// The roles that a role contains, by name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Composites {
    /// Of the realm.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) realm: Vec<String>,
    /// Of clients, by `client_id`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) client: BTreeMap<String, Vec<String>>,
}

impl Representation for RoleRepresentation {
    const NAME: &'static str = "RoleRepresentation";
    const KEPT: &'static [&'static str] = &[
        "clientRole",
        "client",
        "composite",
        "containerId",
        "containerName",
        "scopeParamRequired",
    ];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// A role as it goes out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleView {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) composite: bool,
    /// In a realm file only: the admin API has endpoints for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) composites: Option<Composites>,
    pub(crate) client_role: bool,
    pub(crate) container_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attributes: Option<Attributes>,
}

impl RoleView {
    /// A role as lists show it.
    pub(crate) fn brief(role: &Role, book: &RoleBook) -> Self {
        Self {
            id: role.id.to_string(),
            name: role.name.clone(),
            description: Some(role.description.clone()).filter(|text| !text.is_empty()),
            composite: book.is_composite(role.id),
            composites: None,
            client_role: role.client.is_some(),
            container_id: role
                .client
                .map_or_else(|| role.realm.to_string(), |client| client.to_string()),
            attributes: None,
        }
    }

    /// A role with everything that is known of it.
    pub(crate) fn full(role: &Role, book: &RoleBook) -> Self {
        Self {
            attributes: Some(role.attributes.clone()),
            ..Self::brief(role, book)
        }
    }

    /// A role as a realm file has it: with the names of what it contains.
    pub(crate) fn exported(role: &Role, book: &RoleBook) -> Self {
        let mut composites = Composites::default();
        for contained in book.composites_of(role.id) {
            match contained.client.and_then(|client| book.client_id(client)) {
                None => composites.realm.push(contained.name.clone()),
                Some(client_id) => {
                    let names = composites.client.entry(client_id.to_owned()).or_default();
                    names.push(contained.name.clone());
                }
            }
        }
        let view = Self::full(role, book);
        Self {
            composites: Some(composites).filter(|_| view.composite),
            ..view
        }
    }
}

/// Roles in the order of their names, brief.
pub(crate) fn brief_list<'a>(roles: impl Iterator<Item = &'a Role>, book: &RoleBook) -> Vec<RoleView> {
    let mut roles: Vec<&Role> = roles.collect();
    roles.sort_by(|one, other| one.name.cmp(&other.name));
    roles.into_iter().map(|role| RoleView::brief(role, book)).collect()
}
