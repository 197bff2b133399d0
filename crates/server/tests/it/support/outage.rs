//! A store that goes away when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use keyward_domain::ports::{Seen, Store, Tx};
use keyward_domain::{Fault, Timestamp};

/// A store behind a wire that a test cuts and mends. It also counts what is asked of the store.
pub(crate) struct Outage {
    store: Arc<dyn Store>,
    cut: AtomicBool,
    opened: AtomicU32,
}

impl Outage {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            cut: AtomicBool::new(false),
            opened: AtomicU32::new(0),
        }
    }

    /// From now on nothing reaches the store.
    pub(crate) fn begin(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// It is back.
    pub(crate) fn end(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }

    /// How often the store was asked for anything.
    pub(crate) fn opened(&self) -> u32 {
        self.opened.load(Ordering::SeqCst)
    }

    fn reach(&self) -> Result<&dyn Store, Fault> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        if self.cut.load(Ordering::SeqCst) {
            Err(Fault::Unavailable("the test cut the wire".into()))
        } else {
            Ok(&*self.store)
        }
    }
}

#[async_trait]
impl Store for Outage {
    async fn read(&self) -> Result<Box<dyn Tx>, Fault> {
        self.reach()?.read().await
    }

    async fn write(&self) -> Result<Box<dyn Tx>, Fault> {
        self.reach()?.write().await
    }

    async fn remember_jti(&self, jti: &[u8; 32], now: Timestamp, until: Timestamp) -> Result<Seen, Fault> {
        self.reach()?.remember_jti(jti, now, until).await
    }
}
