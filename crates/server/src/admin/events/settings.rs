//! What a realm says of events.

use keyward_domain::realm::RealmSettings;
use serde_json::Value;

use super::types::SAVED;

/// The switches and lists of a realm, as they stand among what is kept of it.
pub(super) struct EventSettings<'r>(pub(super) &'r RealmSettings);

impl EventSettings<'_> {
    /// A switch: `eventsEnabled`, `adminEventsEnabled`, `adminEventsDetailsEnabled`.
    pub(super) fn is_on(&self, switch: &str) -> bool {
        self.0.kept.get(switch).and_then(Value::as_bool) == Some(true)
    }

    /// The types that are shown.
    pub(super) fn types(&self) -> Vec<&str> {
        match self.list("enabledEventTypes") {
            named if named.is_empty() => SAVED.to_vec(),
            named => named,
        }
    }

    /// Who else is told of events.
    pub(super) fn listeners(&self) -> Vec<&str> {
        match self.0.kept.get("eventsListeners") {
            Some(_) => self.list("eventsListeners"),
            None => vec!["jboss-logging"],
        }
    }

    /// Seconds after which an event is not shown any more.
    pub(super) fn expiration(&self) -> Option<i64> {
        let secs = self.0.kept.get("eventsExpiration").and_then(Value::as_i64);
        secs.filter(|secs| *secs > 0)
    }

    fn list(&self, name: &str) -> Vec<&str> {
        let list = self.0.kept.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }
}
