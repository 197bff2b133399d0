//! `GroupRepresentation`: what comes in, and what goes out.

use std::collections::BTreeMap;

use keyward_domain::group::{self, Group};
use keyward_domain::role::RoleBook;
use keyward_domain::user::Attributes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lenient;
use crate::admin::rest::body::Representation;

/// A group as it comes in. Absent members are left alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct GroupRepresentation {
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub(crate) description: Option<String>,
    #[serde(deserialize_with = "lenient::lists")]
    pub(crate) attributes: Option<Attributes>,
    pub(crate) sub_groups: Option<Vec<Self>>,
    pub(crate) realm_roles: Option<Vec<String>>,
    pub(crate) client_roles: Option<BTreeMap<String, Vec<String>>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Representation for GroupRepresentation {
    const NAME: &'static str = "GroupRepresentation";
    const KEPT: &'static [&'static str] = &["access", "organization", "parentId", "path", "subGroupCount"];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// A group as it goes out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupView {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_group_count: Option<usize>,
    pub(crate) sub_groups: Vec<Self>,
    #[serde(flatten)]
    pub(crate) more: Option<More>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access: Option<Access>,
}

/// What a brief representation leaves out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct More {
    pub(crate) attributes: Attributes,
    pub(crate) realm_roles: Vec<String>,
    pub(crate) client_roles: BTreeMap<String, Vec<String>>,
}

/// What the caller may do with a group.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "Keycloak's members, each by itself")]
pub(crate) struct Access {
    view: bool,
    view_members: bool,
    manage_members: bool,
    manage: bool,
    manage_membership: bool,
}

impl Access {
    /// Of a caller who may see groups, and manage them or not.
    pub(crate) const fn of(view: bool, manage: bool) -> Self {
        Self {
            view,
            view_members: view,
            manage_members: manage,
            manage,
            manage_membership: manage,
        }
    }
}

impl GroupView {
    /// A group as lists show it, without what is below.
    pub(crate) fn brief(group: &Group, book: &RoleBook) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.clone(),
            description: Some(group.description.clone()).filter(|text| !text.is_empty()),
            path: group::path(group.id, book.groups()),
            parent_id: group.parent.map(|parent| parent.to_string()),
            sub_group_count: None,
            sub_groups: Vec::new(),
            more: None,
            access: None,
        }
    }

    /// A group with attributes and roles, without what is below.
    pub(crate) fn full(group: &Group, book: &RoleBook) -> Self {
        let names = book.names(book.of_group(group.id).iter().copied());
        Self {
            more: Some(More {
                attributes: group.attributes.clone(),
                realm_roles: names.realm,
                client_roles: names.clients,
            }),
            ..Self::brief(group, book)
        }
    }

    /// A group as a realm file has it: with all that is below.
    pub(crate) fn exported(group: &Group, book: &RoleBook) -> Self {
        Self {
            sub_groups: book
                .groups_below(Some(group.id))
                .into_iter()
                .map(|below| Self::exported(below, book))
                .collect(),
            ..Self::full(group, book)
        }
    }
}
