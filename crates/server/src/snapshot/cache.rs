//! The realms in memory, loaded when first asked for and again when they change.

use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use keyward_domain::Fault;
use keyward_domain::id::RealmId;
use keyward_domain::ports::Store;
use keyward_domain::realm::RealmName;
use keyward_guard::in_house::TokenMemory;
use keyward_jose::Sealer;
use quick_cache::sync::Cache;

use super::load::load;
use super::{NewClient, RealmSnapshot};

/// Access tokens that were verified lately, of all realms together, remembered at most; the least used make room. They
/// take 9 KiB each: this is for tokens that come again and again, not for one of everybody who is logged in.
const TOKENS_REMEMBERED: usize = 2_000;

/// Names that were asked for and are no realm, remembered at most; the least used make room.
const UNKNOWN_REMEMBERED: usize = 10_000;

pub(crate) struct RealmCache {
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
    base_url: String,
    tokens: TokenMemory,
    known: RwLock<HashMap<String, Arc<RealmSnapshot>>>,
    /// Names that are no realm, with the count of changes as of which that was read: any change makes them unread.
    unknown: Cache<String, u64>,
    changes: AtomicU64,
    /// Places in the log of changes that this node wrote itself and has in memory, until it reads them there.
    grown: Mutex<BTreeSet<i64>>,
    /// Realms whose last reading failed.
    failed: Mutex<BTreeSet<RealmId>>,
    /// Loads run one after another, so that none can put an older state over a younger one.
    loading: tokio::sync::Mutex<()>,
}

impl RealmCache {
    pub(crate) fn new(store: Arc<dyn Store>, sealer: Arc<Sealer>, base_url: &str) -> Self {
        Self {
            store,
            sealer,
            base_url: base_url.to_owned(),
            tokens: TokenMemory::new(TOKENS_REMEMBERED),
            known: RwLock::default(),
            unknown: Cache::new(UNKNOWN_REMEMBERED),
            changes: AtomicU64::new(0),
            grown: Mutex::default(),
            failed: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
        }
    }

    /// A realm by name.
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Arc<RealmSnapshot>>, Fault> {
        if let Some(known) = self.known(name) {
            return Ok(Some(known));
        }
        let as_of = self.changes.load(Ordering::Acquire);
        if self.unknown.get(name) == Some(as_of) {
            return Ok(None);
        }
        let Ok(parsed) = RealmName::parse(name) else {
            return Ok(None);
        };
        // Whoever asks for names that are no realm must not stand in the way of loading those that are.
        if self.store.read().await?.realm_by_name(&parsed).await?.is_none() {
            self.unknown.insert(name.to_owned(), as_of);
            return Ok(None);
        }
        let _one_at_a_time = self.loading.lock().await;
        match self.known(name) {
            Some(known) => Ok(Some(known)),
            None => self.load(&parsed).await,
        }
    }

    /// Takes note that `realm` changed: whoever has it in memory reads it anew. On a failure the old one stays.
    pub(crate) async fn changed(&self, realm: RealmId) -> Result<(), Fault> {
        self.changed_at(realm, i64::MAX).await
    }

    /// The same for a change whose place in the log is known: a state that was read after it is good enough. So many
    /// who change a realm at the same time wait for one reading, and nobody reads again what this node wrote.
    pub(crate) async fn changed_at(&self, realm: RealmId, place: i64) -> Result<(), Fault> {
        let _one_at_a_time = self.loading.lock().await;
        self.changes.fetch_add(1, Ordering::AcqRel);
        match self.by_id(realm) {
            Some(known) if known.as_of < place => self.load(&known.realm.name).await.map(drop),
            _ => Ok(()),
        }
    }

    /// Takes note that `realm` got a client, by the change at `place` of the log, which is committed.
    pub(crate) async fn grown(&self, realm: RealmId, place: i64, new: NewClient) {
        if self.add(realm, place, new).await {
            self.grown.lock().unwrap_or_else(PoisonError::into_inner).insert(place);
        }
    }

    /// Adds a client to the realm in memory, unless it was read after the change. Returns whether it did.
    async fn add(&self, realm: RealmId, place: i64, new: NewClient) -> bool {
        let _one_at_a_time = self.loading.lock().await;
        let Some(known) = self.by_id(realm).filter(|known| known.as_of < place) else {
            return false;
        };
        let name = known.realm.name.as_str().to_owned();
        let grown = Arc::new(known.with_client(new));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(name, grown);
        true
    }

    /// Announces a client before its commit: whoever reads the log in between need not read the realm.
    pub(crate) fn growing(&self, realm: RealmId, place: i64) -> Growing<'_> {
        self.grown.lock().unwrap_or_else(PoisonError::into_inner).insert(place);
        Growing {
            realms: self,
            realm,
            place,
            is_open: true,
        }
    }

    /// Whether memory has the change at `place` by [`Self::grown`]. It is asked once, by who reads the log.
    pub(crate) fn take_grown(&self, place: i64) -> bool {
        self.grown.lock().unwrap_or_else(PoisonError::into_inner).remove(&place)
    }

    fn by_id(&self, realm: RealmId) -> Option<Arc<RealmSnapshot>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .values()
            .find(|snapshot| snapshot.realm.id == realm)
            .map(Arc::clone)
    }

    /// Notes a realm that is to be read again.
    pub(crate) fn note_failed(&self, realm: RealmId) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).insert(realm);
    }

    /// Takes the realms that are to be read again.
    pub(crate) fn failed(&self) -> BTreeSet<RealmId> {
        std::mem::take(&mut *self.failed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn known(&self, name: &str) -> Option<Arc<RealmSnapshot>> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .map(Arc::clone)
    }

    /// Reads a realm. Behind a pointer, so that its many steps are no part of every request that may have to wait for them.
    fn load<'a>(&'a self, name: &'a RealmName) -> Loading<'a> {
        Box::pin(async move {
            let mut tx = self.store.read().await?;
            let before = self.known(name.as_str());
            let ground = (self.base_url.as_str(), &*self.sealer, &self.tokens);
            let found = load(&mut *tx, name, ground, before.as_deref()).await?.map(Arc::new);
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            match &found {
                Some(snapshot) => known.insert(name.as_str().to_owned(), Arc::clone(snapshot)),
                None => known.remove(name.as_str()),
            };
            Ok(found)
        })
    }
}

type Loading<'a> = Pin<Box<dyn Future<Output = Result<Option<Arc<RealmSnapshot>>, Fault>> + Send + 'a>>;

/// A realm that is about to get a client. Dropped before, by an error or because the caller went away, the realm is read
/// anew at the next look into the log: nobody knows whether the commit was.
pub(crate) struct Growing<'r> {
    realms: &'r RealmCache,
    realm: RealmId,
    place: i64,
    is_open: bool,
}

impl Growing<'_> {
    /// The client is committed.
    pub(crate) async fn by(mut self, new: NewClient) {
        // Whoever read the log meanwhile may have taken the place already: it is not noted a second time.
        self.realms.add(self.realm, self.place, new).await;
        self.is_open = false;
    }
}

impl Drop for Growing<'_> {
    fn drop(&mut self) {
        if self.is_open {
            // The place may become that of another change.
            self.realms.take_grown(self.place);
            self.realms.note_failed(self.realm);
        }
    }
}
