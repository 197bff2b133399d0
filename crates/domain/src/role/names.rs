//! Roles by name, as tokens carry them.

use std::collections::BTreeMap;

/// Names of roles. Each list is in order and names each role once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleNames {
    /// Of the realm.
    pub realm: Vec<String>,
    /// Of clients, by `client_id`; no list is empty.
    pub clients: BTreeMap<String, Vec<String>>,
}

impl RoleNames {
    /// Adds a role of the realm, or of a client.
    pub fn add(&mut self, client_id: Option<&str>, name: &str) {
        let list = match client_id {
            None => &mut self.realm,
            Some(client_id) => self.clients.entry(client_id.to_owned()).or_default(),
        };
        if let Err(at) = list.binary_search_by(|known| known.as_str().cmp(name)) {
            list.insert(at, name.to_owned());
        }
    }

    /// Removes a role. Returns whether it was there.
    pub fn remove(&mut self, client_id: Option<&str>, name: &str) -> bool {
        let list = match client_id {
            None => Some(&mut self.realm),
            Some(client_id) => self.clients.get_mut(client_id),
        };
        let Some(list) = list else { return false };
        let Ok(at) = list.binary_search_by(|known| known.as_str().cmp(name)) else {
            return false;
        };
        list.remove(at);
        self.clients.retain(|_, list| !list.is_empty());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::RoleNames;

    #[test]
    fn a_role_stands_once_and_no_list_is_empty() {
        let mut names = RoleNames::default();
        for name in ["b", "a", "b"] {
            names.add(None, name);
            names.add(Some("api"), name);
        }
        assert_eq!(names.realm, ["a", "b"]);
        assert!(names.remove(Some("api"), "a") && names.remove(Some("api"), "b"));
        assert!(names.clients.is_empty());
        assert!(!names.remove(None, "c") && !names.remove(Some("api"), "a"));
    }
}
