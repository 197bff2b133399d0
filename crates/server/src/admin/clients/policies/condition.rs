//! For which clients a policy counts.

use serde_json::Value;

use super::model::{Condition, Policy};

/// What a client is, in the words of the condition `client-access-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Public,
    Confidential,
    BearerOnly,
}

/// Conditions that a policy may name.
pub(super) const KNOWN: [&str; 13] = [
    "acr-condition",
    "any-client",
    "client-access-type",
    "client-attributes",
    "client-roles",
    "client-scopes",
    "client-type",
    "client-updater-context",
    "client-updater-source-groups",
    "client-updater-source-host",
    "client-updater-source-roles",
    "grant-type",
    "identity-provider-alias",
];

impl Policy {
    /// Whether all its conditions are met, and there is one.
    pub(super) fn counts_for(&self, sort: Sort) -> bool {
        self.enabled == Some(true)
            && !self.conditions.is_empty()
            && self
                .conditions
                .iter()
                .all(|condition| condition.is_met(sort) == Some(true))
    }
}

impl Condition {
    /// `None` for a condition that is not known here: nobody can say.
    fn is_met(&self, sort: Sort) -> Option<bool> {
        let is_met = match self.condition.as_str() {
            "any-client" => true,
            "client-access-type" => self.names("type", sort.name()),
            // Everything here is done by an administrator.
            "client-updater-context" => self.names("update-client-source", "ByAuthenticatedUser"),
            "client-type" => self.names("protocol", "openid-connect"),
            _ => return None,
        };
        Some(is_met != is_true(&self.configuration, "is-negative-logic"))
    }

    /// Whether a text or a list of texts in the configuration has this one.
    fn names(&self, member: &str, name: &str) -> bool {
        match self.configuration.get(member) {
            Some(Value::String(text)) => text == name,
            Some(Value::Array(texts)) => texts.iter().any(|text| text == name),
            _ => false,
        }
    }
}

impl Sort {
    const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Confidential => "confidential",
            Self::BearerOnly => "bearer-only",
        }
    }
}

/// A switch in a configuration, as a text or as what it is.
pub(super) fn is_true(configuration: &Value, member: &str) -> bool {
    match configuration.get(member) {
        Some(Value::Bool(switch)) => *switch,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Policy, Sort};

    fn counts(conditions: &Value, sort: Sort) -> bool {
        let policy = json!({ "name": "p", "enabled": true, "conditions": conditions });
        serde_json::from_value::<Policy>(policy).unwrap().counts_for(sort)
    }

    #[test]
    fn all_conditions_must_be_met_and_known() {
        let any = json!({ "condition": "any-client" });
        let public = json!({ "condition": "client-access-type", "configuration": { "type": ["public"] } });
        let not_public = json!({
            "condition": "client-access-type",
            "configuration": { "type": ["public"], "is-negative-logic": "true" },
        });
        let unknown = json!({ "condition": "grant-type", "configuration": {} });
        assert!(counts(&json!([any]), Sort::Public));
        assert!(counts(&json!([any, public]), Sort::Public));
        assert!(!counts(&json!([any, public]), Sort::Confidential));
        assert!(counts(&json!([not_public]), Sort::Confidential));
        assert!(!counts(&json!([any, unknown]), Sort::Public));
        assert!(!counts(&json!([]), Sort::Public));
    }
}
