//! From the file to a guard: at the start, and whenever it changes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use keyward_guard::Guard;
use keyward_guard::audit::Observer;
use keyward_guard::forward_auth::{self, ForwardAuth};
use keyward_guard::gateway::{Configuration, Gateway};

use super::file::GuardFile;
use super::files;
use super::hangup::Mark;
use crate::failure::Failure;

/// Reads one file again and again.
pub(super) struct Loader {
    path: PathBuf,
    observer: Arc<dyn Observer>,
    mark: Arc<Mark>,
    current: OnceLock<Arc<ArcSwap<Guard>>>,
    forward_auth: OnceLock<Option<forward_auth::Settings>>,
    loaded: AtomicU64,
    failed: AtomicU64,
}

impl Loader {
    pub(super) fn new(path: &Path, observer: Arc<dyn Observer>, mark: Arc<Mark>) -> Self {
        Self {
            path: path.to_owned(),
            observer,
            mark,
            current: OnceLock::new(),
            forward_auth: OnceLock::new(),
            loaded: AtomicU64::new(0),
            failed: AtomicU64::new(0),
        }
    }

    /// The guard of now, and of later; nothing before the file was read once.
    pub(super) fn current(&self) -> Option<&Arc<ArcSwap<Guard>>> {
        self.current.get()
    }

    /// How often the file was read with success, and without.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.loaded.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }

    /// Reads the file and puts its guard in the place of the one before, with whose counts it goes on.
    pub(super) async fn load(&self) -> Result<Configuration, Failure> {
        let loaded = self.try_load().await;
        let count = if loaded.is_ok() { &self.loaded } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
        loaded
    }

    /// The guard has its keys, or is fetching them: an issuer that is down keeps nothing else from working.
    async fn try_load(&self) -> Result<Configuration, Failure> {
        let file = GuardFile::read(&self.path)?;
        let before = self.current().map(|current| current.load_full());
        let guard = build(&file, Some(Arc::clone(&self.observer)), before)?;
        check_shells(&file, &guard).await?;
        if let Err(missing) = guard.start().await {
            tracing::warn!("not ready: {missing}");
        }
        let forward_auth = &file.settings.forward_auth;
        if self.forward_auth.get_or_init(|| forward_auth.clone()) != forward_auth {
            tracing::warn!("forward_auth changes at the next start");
        }
        let current = self.current.get_or_init(|| Arc::new(ArcSwap::new(Arc::clone(&guard))));
        current.store(Arc::clone(&guard));
        let mut files = files::of(&self.path, &file.settings);
        files.extend(self.mark.path());
        Ok(Configuration {
            settings: file.settings,
            guard,
            files,
        })
    }
}

/// Makes a guard of a file. Nothing is fetched.
pub(super) fn build(
    file: &GuardFile,
    observer: Option<Arc<dyn Observer>>,
    before: Option<Arc<Guard>>,
) -> Result<Arc<Guard>, Failure> {
    let mut builder = Guard::builder(file.settings.clone());
    if let Some(observer) = observer {
        builder = builder.observer(observer);
    }
    if let Some(before) = before {
        builder = builder.replacing(before);
    }
    builder.build().map(Arc::new).map_err(|error| file.unbuilt(&error))
}

/// Checks what the shells ask of a configuration beside the guard.
pub(super) async fn check_shells(file: &GuardFile, guard: &Arc<Guard>) -> Result<(), Failure> {
    if file.settings.gateway.is_some() {
        let (settings, guard) = (file.settings.clone(), Arc::clone(guard));
        let load = move |_before| {
            let configuration = Configuration {
                settings: settings.clone(),
                guard: Arc::clone(&guard),
                files: Vec::new(),
            };
            std::future::ready(Ok(configuration))
        };
        let gateway = Gateway::prepare(load).await;
        gateway.map_err(|error| file.wrong(&error.to_string()))?;
    }
    if let Some(settings) = &file.settings.forward_auth {
        let guard = Arc::new(ArcSwap::new(Arc::clone(guard)));
        let prepared = ForwardAuth::prepare(settings.clone(), guard);
        prepared.map_err(|error| file.wrong(&error.to_string()))?;
    }
    Ok(())
}
