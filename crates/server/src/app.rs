//! What every request needs.

use std::sync::Arc;

use keyward_domain::event::EventSink;
use keyward_domain::ports::Store;
use keyward_domain::{Clock, Timestamp};
use keyward_guard::RequestIds;
use keyward_jose::Sealer;

use crate::admin::keys::KeyStock;
use crate::changes::Revocations;
use crate::http::throttle::Throttle;
use crate::login::hashing::PasswordHashing;
use crate::login::turns::Turns;
use crate::pages::Pages;
use crate::settings::Settings;
use crate::snapshot::cache::RealmCache;
use crate::subjects::Subjects;
use crate::token::repeats::Repeats;
use crate::user_events;

/// The state of one server process. It holds no truth: everything here can be read again from the store.
pub struct App {
    pub(crate) settings: Settings,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) observer: Arc<dyn RequestObserver>,
    pub(crate) realms: RealmCache,
    pub(crate) subjects: Subjects,
    pub(crate) revocations: Revocations,
    pub(crate) repeats: Repeats,
    pub(crate) user_events: user_events::Queue,
    pub(crate) passwords: Arc<PasswordHashing>,
    pub(crate) turns: Turns,
    pub(crate) pages: Pages,
    pub(crate) throttle: Throttle,
    pub(crate) request_ids: RequestIds,
    pub(crate) key_stock: KeyStock,
}

/// What an [`App`] is made of.
pub struct Parts {
    /// The `[server]` table.
    pub settings: Settings,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Opens sealed secrets and keys.
    pub sealer: Arc<Sealer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where events go that no transaction carries.
    pub events: Arc<dyn EventSink>,
    /// Who counts requests.
    pub observer: Arc<dyn RequestObserver>,
    /// Hashes passwords.
    pub passwords: Arc<PasswordHashing>,
}

/// Counts requests. It must not block.
pub trait RequestObserver: Send + Sync {
    /// One answer went out: a name from the route table, the status, and how long it took.
    fn request(&self, endpoint: &'static str, status: u16, micros: u64);
}

impl App {
    /// Puts the parts together. Nothing is read yet: call [`App::catch_up`] before serving.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            realms: RealmCache::new(
                Arc::clone(&parts.store),
                Arc::clone(&parts.sealer),
                &parts.settings.public_url,
            ),
            subjects: Subjects::new(),
            revocations: Revocations::new(),
            repeats: Repeats::new(),
            user_events: user_events::Queue::new(),
            passwords: parts.passwords,
            turns: Turns::default(),
            pages: Pages::new(),
            throttle: Throttle::new(),
            request_ids: RequestIds::new(),
            key_stock: KeyStock::default(),
            settings: parts.settings,
            store: parts.store,
            sealer: parts.sealer,
            clock: parts.clock,
            events: parts.events,
            observer: parts.observer,
        })
    }

    /// Reads the log of changes to its end and loads `realms`, so that the first request finds everything in
    /// memory. A node must not serve before this succeeded once.
    pub async fn catch_up(&self, realms: &[&str]) -> Result<(), keyward_domain::Fault> {
        crate::jobs::follow_changes::tick(self).await?;
        for name in realms {
            self.realms.get(name).await?;
        }
        Ok(())
    }

    /// Whether what memory holds is young enough to answer from.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.revocations
            .read_at()
            .is_some_and(|at| now.millis_since(at) <= self.settings.max_stale_secs * 1000)
    }

    /// The store.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }
}
