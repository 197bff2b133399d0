//! What a realm says of events.

use std::collections::HashSet;

use keyward_domain::realm::RealmSettings;
use serde_json::Value;

use super::types::SAVED;

/// The switches and lists of a realm, as they stand among what is kept of it.
pub(crate) struct EventPolicy<'r>(pub(crate) &'r RealmSettings);

impl EventPolicy<'_> {
    /// A switch: `eventsEnabled`, `adminEventsEnabled`, `adminEventsDetailsEnabled`.
    pub(crate) fn is_on(&self, switch: &str) -> bool {
        self.0.kept.get(switch).and_then(Value::as_bool) == Some(true)
    }

    /// The types that are recorded.
    pub(crate) fn types(&self) -> Vec<&str> {
        match self.list("enabledEventTypes") {
            named if named.is_empty() => SAVED.to_vec(),
            named => named,
        }
    }

    /// Who else is told of events.
    pub(crate) fn listeners(&self) -> Vec<&str> {
        match self.0.kept.get("eventsListeners") {
            Some(_) => self.list("eventsListeners"),
            None => vec!["jboss-logging"],
        }
    }

    /// Seconds after which an event is not shown any more.
    pub(crate) fn expiration(&self) -> Option<i64> {
        let secs = self.0.kept.get("eventsExpiration").and_then(Value::as_i64);
        secs.filter(|secs| *secs > 0)
    }

    fn list(&self, name: &str) -> Vec<&str> {
        let list = self.0.kept.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

/// The types that a realm records, parsed once. None while events are off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded(HashSet<String>);

impl Recorded {
    /// As a realm's settings say.
    pub(crate) fn of(settings: &RealmSettings) -> Self {
        let policy = EventPolicy(settings);
        if !policy.is_on("eventsEnabled") {
            return Self::default();
        }
        Self(policy.types().into_iter().map(str::to_owned).collect())
    }

    /// Whether a type is one of them.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::realm::RealmSettings;
    use serde_json::{Value, json};

    use super::Recorded;

    fn recorded(members: &Value) -> Recorded {
        Recorded::of(&RealmSettings {
            kept: members.as_object().unwrap().clone(),
            ..RealmSettings::default()
        })
    }

    #[test]
    fn nothing_is_recorded_until_a_realm_wants_it() {
        assert!(!recorded(&json!({})).has("LOGIN"));
        assert!(!recorded(&json!({"enabledEventTypes": ["LOGIN"]})).has("LOGIN"));
        let usual = recorded(&json!({"eventsEnabled": true}));
        assert!(usual.has("LOGIN") && usual.has("CODE_TO_TOKEN_ERROR"));
        // Keycloak keeps these only where a realm names them.
        assert!(!usual.has("REFRESH_TOKEN") && !usual.has("INTROSPECT_TOKEN") && !usual.has("USER_INFO_REQUEST"));
        let named = recorded(&json!({"eventsEnabled": true, "enabledEventTypes": ["REFRESH_TOKEN"]}));
        assert!(named.has("REFRESH_TOKEN") && !named.has("LOGIN"));
    }
}
