//! The clients of a realm in memory.

use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::ClientEntry;

/// Clients by `client_id`. A copy shares them, and costs the same however many they are: a realm that gets its ten
/// thousandth client is one insertion away from the realm before.
#[derive(Clone, Default)]
pub(crate) struct Clients(HashTrieMapSync<Box<str>, Arc<ClientEntry>>);

impl Clients {
    /// Adds one, or replaces that of the same `client_id`.
    pub(super) fn insert(&mut self, entry: ClientEntry) {
        self.0
            .insert_mut(entry.client.client_id.as_str().into(), Arc::new(entry));
    }

    /// Replaces those for which `renew` gives another.
    pub(super) fn renew(&mut self, renew: impl Fn(&ClientEntry) -> Option<ClientEntry>) {
        let renewed: Vec<ClientEntry> = self.values().filter_map(renew).collect();
        for entry in renewed {
            self.insert(entry);
        }
    }

    /// A client by `client_id`.
    pub(crate) fn get(&self, client_id: &str) -> Option<&ClientEntry> {
        self.0.get(client_id).map(Arc::as_ref)
    }

    /// Whether there is one of this `client_id`.
    pub(crate) fn contains_key(&self, client_id: &str) -> bool {
        self.0.contains_key(client_id)
    }

    /// All of them, in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &ClientEntry> {
        self.0.values().map(Arc::as_ref)
    }
}

impl FromIterator<ClientEntry> for Clients {
    fn from_iter<T: IntoIterator<Item = ClientEntry>>(entries: T) -> Self {
        let named = entries
            .into_iter()
            .map(|entry| (entry.client.client_id.as_str().into(), Arc::new(entry)));
        Self(named.collect())
    }
}
