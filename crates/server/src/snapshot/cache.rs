//! The realms in memory, loaded when first asked for and again when they change.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use keyward_domain::Fault;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Store;
use keyward_domain::realm::RealmName;
use keyward_jose::Sealer;

use super::RealmSnapshot;
use super::load::load;

/// Names that were asked for and are no realm, remembered so that a flood of them costs no reads.
const MAX_UNKNOWN: usize = 10_000;

pub(crate) struct RealmCache {
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
    base_url: String,
    state: RwLock<State>,
    /// Loads run one after another, so that none can put an older state over a younger one.
    loading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    known: HashMap<String, Arc<RealmSnapshot>>,
    unknown: HashSet<String>,
}

impl RealmCache {
    pub(crate) fn new(store: Arc<dyn Store>, sealer: Arc<Sealer>, base_url: &str) -> Self {
        Self {
            store,
            sealer,
            base_url: base_url.to_owned(),
            state: RwLock::default(),
            loading: tokio::sync::Mutex::default(),
        }
    }

    /// A realm by name.
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Arc<RealmSnapshot>>, Fault> {
        if let Some(answer) = self.cached(name) {
            return Ok(answer);
        }
        let Ok(parsed) = RealmName::parse(name) else {
            return Ok(None);
        };
        let _one_at_a_time = self.loading.lock().await;
        match self.cached(name) {
            Some(answer) => Ok(answer),
            None => self.load(&parsed).await,
        }
    }

    /// Takes note that `realm` changed: whoever has it in memory reads it anew. On a failure the old one stays
    /// and the caller comes again.
    pub(crate) async fn changed(&self, realm: RealmId) -> Result<(), Fault> {
        let _one_at_a_time = self.loading.lock().await;
        let name = {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            state.unknown.clear();
            state
                .known
                .values()
                .find(|snapshot| snapshot.realm.id == realm)
                .map(|snapshot| snapshot.realm.name.clone())
        };
        if let Some(name) = name {
            self.load(&name).await?;
        }
        Ok(())
    }

    #[expect(
        clippy::option_option,
        reason = "outside: whether memory knows; inside: whether there is a realm"
    )]
    fn cached(&self, name: &str) -> Option<Option<Arc<RealmSnapshot>>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match state.known.get(name) {
            Some(snapshot) => Some(Some(Arc::clone(snapshot))),
            None => state.unknown.contains(name).then_some(None),
        }
    }

    async fn load(&self, name: &RealmName) -> Result<Option<Arc<RealmSnapshot>>, Fault> {
        let mut tx = self.store.read().await?;
        let found = load(&mut *tx, name, &self.base_url, &self.sealer).await?.map(Arc::new);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = &found {
            state.known.insert(name.as_str().to_owned(), Arc::clone(snapshot));
        } else {
            state.known.remove(name.as_str());
            if state.unknown.len() < MAX_UNKNOWN {
                state.unknown.insert(name.as_str().to_owned());
            }
        }
        Ok(found)
    }
}
