//! `GET admin-events`.

use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_domain::ports::audit::{EventQuery, StoredEvent};
use serde_json::{Map, Value, json};

use super::clear::HIDDEN;
use super::scan::{self, scan};
use crate::admin::rest::rights::MASTER;
use crate::admin::rest::{AdminCall, AdminError, Answer};
use crate::snapshot::RealmSnapshot;
use crate::user_events::EventPolicy;

/// Keycloak's operations.
const OPERATIONS: [&str; 4] = ["CREATE", "UPDATE", "DELETE", "ACTION"];

/// Lists what administrators did, youngest first.
pub(super) async fn list(call: &AdminCall) -> Result<Answer, AdminError> {
    let realm = call.realm()?;
    let settings = EventPolicy(&realm.realm.settings);
    let operations: Vec<&str> = call.query.all("operationTypes").collect();
    if let Some(unknown) = operations.iter().find(|name| !OPERATIONS.contains(name)) {
        return Err(AdminError::BadRequest(format!("Unknown operation type {unknown}")));
    }
    let resources: Vec<&str> = call.query.all("resourceTypes").collect();
    let path = call.query.get("resourcePath");
    let paging = call.query.paging(scan::USUAL)?;
    let from = call.query.from("dateFrom")?;
    let to = call.query.until("dateTo")?;
    let ascending = scan::is_ascending(&call.query)?;
    let realms = Realms::read(call).await?;
    let members = realms.members(call);
    let Some(members) = members.filter(|_| settings.is_on("adminEventsEnabled")) else {
        return Ok(Answer::json(&[(); 0]));
    };
    let query = EventQuery {
        names: vec!["admin_change".into()],
        from,
        to,
        ascending,
        members,
    };
    // The audit log knows realms by name: one that had it before is not meant.
    let own = realm.realm.id.to_string();
    let details = settings.is_on("adminEventsDetailsEnabled");
    let mut tx = call.read().await?;
    let events = scan(&mut *tx, realm.realm.name.as_str(), &query, paging, |stored| {
        let record: Map<String, Value> = serde_json::from_str(&stored.record).ok()?;
        let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
        let resource = text("resource_type");
        let meant = (operations.is_empty() || operations.contains(&text("operation")))
            && (resources.is_empty() || resources.contains(&resource))
            && path.is_none_or(|pattern| matches(pattern, text("resource_path")))
            && resource != HIDDEN
            && text("realm_id") == own;
        meant.then(|| realms.view(stored, &record, details))
    });
    Ok(Answer::json(&events.await?))
}

/// The realms that an administrator of a realm can be of: that realm, and master.
struct Realms {
    own: Arc<RealmSnapshot>,
    master: Option<Arc<RealmSnapshot>>,
}

impl Realms {
    async fn read(call: &AdminCall) -> Result<Self, AdminError> {
        Ok(Self {
            own: Arc::clone(call.realm()?),
            master: call.app.realms.get(MASTER).await?,
        })
    }

    fn all(&self) -> impl Iterator<Item = &RealmSnapshot> {
        std::iter::once(&*self.own).chain(self.master.as_deref())
    }

    /// What the record must say of the administrator; `None` when nobody can be meant.
    fn members(&self, call: &AdminCall) -> Option<Vec<(&'static str, String)>> {
        let mut members: BTreeMap<&'static str, String> = BTreeMap::new();
        if let Some(id) = call.query.get("authRealm") {
            let realm = self.all().find(|realm| realm.realm.id.to_string() == id)?;
            members.insert("by_realm", realm.realm.name.to_string());
        }
        if let Some(id) = call.query.get("authClient") {
            let client = id.parse().ok()?;
            let (realm, client_id) = self
                .all()
                .find_map(|realm| Some((realm, realm.roles.client_id(client)?)))?;
            members
                .entry("by_realm")
                .or_insert_with(|| realm.realm.name.to_string());
            members.insert("by_client", client_id.to_owned());
        }
        for (parameter, member) in [("authUser", "by_user"), ("authIpAddress", "address")] {
            if let Some(value) = call.query.get(parameter) {
                members.insert(member, value.to_owned());
            }
        }
        Some(members.into_iter().collect())
    }

    fn view(&self, stored: &StoredEvent, record: &Map<String, Value>, details: bool) -> Value {
        let text = |name: &str| record.get(name).and_then(Value::as_str);
        let by = self
            .all()
            .find(|realm| Some(realm.realm.name.as_str()) == text("by_realm"));
        let client = by.and_then(|realm| realm.clients.get(text("by_client")?));
        let auth = [
            ("realmId", by.map(|realm| realm.realm.id.to_string())),
            ("clientId", client.map(|client| client.client.id.to_string())),
            ("userId", text("by_user").map(str::to_owned)),
            ("ipAddress", text("address").map(str::to_owned)),
        ];
        let auth: Map<String, Value> = auth
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.into())))
            .collect();
        let mut view = json!({
            "id": stored.id,
            "time": stored.at.millis(),
            "realmId": self.own.realm.id,
            "authDetails": auth,
            "operationType": text("operation"),
            "resourceType": text("resource_type"),
            "resourcePath": text("resource_path"),
        });
        if let Some(representation) = text("representation").filter(|_| details)
            && let Some(members) = view.as_object_mut()
        {
            members.insert("representation".into(), representation.into());
        }
        view
    }
}

/// A path with stars for whatever stands there.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_whatever_is_there() {
        for (pattern, path, expected) in [
            ("users", "users/1", false),
            ("users/1", "users/1", true),
            ("users/*", "users/1/logout", true),
            ("*/logout", "users/1/logout", true),
            ("users/*/logout", "users/1/logout", true),
            ("users/*/logout", "users/logout", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
