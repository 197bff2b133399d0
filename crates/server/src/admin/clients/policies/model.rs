//! Policies and profiles as they are written.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::admin::rest::body::Representation;

/// `ClientPoliciesRepresentation`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct PolicyList {
    #[serde(deserialize_with = "list")]
    pub(super) policies: Vec<Policy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) global_policies: Option<Vec<Policy>>,
    #[serde(flatten, skip_serializing)]
    rest: Map<String, Value>,
}

impl Representation for PolicyList {
    const NAME: &'static str = "ClientPoliciesRepresentation";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// `ClientPolicyRepresentation`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(deserialize_with = "crate::admin::keycloak::lenient::switch")]
    pub(super) enabled: Option<bool>,
    #[serde(deserialize_with = "list")]
    pub(super) conditions: Vec<Condition>,
    #[serde(deserialize_with = "list")]
    pub(super) profiles: Vec<String>,
}

/// `ClientPolicyConditionRepresentation`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Condition {
    pub(super) condition: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(super) configuration: Value,
}

/// `ClientProfilesRepresentation`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ProfileList {
    #[serde(deserialize_with = "list")]
    pub(super) profiles: Vec<Profile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) global_profiles: Option<Vec<Profile>>,
    #[serde(flatten, skip_serializing)]
    rest: Map<String, Value>,
}

impl Representation for ProfileList {
    const NAME: &'static str = "ClientProfilesRepresentation";
    const KEPT: &'static [&'static str] = &[];

    fn rest(&self) -> &Map<String, Value> {
        &self.rest
    }
}

/// `ClientProfileRepresentation`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(super) executors: Vec<Executor>,
}

/// `ClientPolicyExecutorRepresentation`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Executor {
    pub(super) executor: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(super) configuration: Value,
}

/// The profiles that Keycloak has in every realm.
pub(super) fn global_profiles() -> Vec<Profile> {
    serde_json::from_str(include_str!("global_profiles.json")).unwrap_or_default()
}

/// The name that stands twice, or the empty one.
pub(super) fn unfit_name<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut known = BTreeSet::new();
    names.find(|name| name.is_empty() || !known.insert(*name))
}

/// `null` is an empty list.
fn list<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #[test]
    fn keycloaks_own_profiles_are_all_there() {
        let profiles = super::global_profiles();
        assert_eq!(profiles.len(), 10);
        assert!(profiles.iter().all(|profile| !profile.executors.is_empty()));
    }
}
