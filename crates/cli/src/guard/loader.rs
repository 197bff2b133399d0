//! From the file to a guard: at the start, and whenever it changes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use keyward_guard::Guard;
use keyward_guard::audit::Observer;
use keyward_guard::forward_auth::{self, ForwardAuth};
use keyward_guard::gateway::{Configuration, Gateway};

use super::file::{GuardFile, Process};
use super::files;
use super::hangup::Mark;
use crate::failure::Failure;

/// Reads one file again and again.
pub(super) struct Loader {
    path: PathBuf,
    observer: Arc<dyn Observer>,
    mark: Arc<Mark>,
    current: OnceLock<Arc<ArcSwap<Guard>>>,
    at_start: OnceLock<AtStart>,
    loaded: AtomicU64,
    failed: AtomicU64,
}

/// What a running guard has from its start, and keeps.
struct AtStart {
    gateway: bool,
    forward_auth: Option<forward_auth::Settings>,
    process: Process,
}

impl AtStart {
    fn of(file: &GuardFile) -> Self {
        Self {
            gateway: file.settings.gateway.is_some(),
            forward_auth: file.settings.forward_auth.clone(),
            process: file.process.clone(),
        }
    }

    /// The keys and tables that are something else in `file`. What differs within `[gateway]` the gateway says.
    fn changed(&self, file: &GuardFile) -> Vec<&'static str> {
        let forward_auth = &file.settings.forward_auth;
        let mut changed = if self.forward_auth == *forward_auth {
            Vec::new()
        } else {
            forward_auth_changed(self.forward_auth.as_ref(), forward_auth.as_ref())
        };
        let (before, after) = (&self.process, &file.process);
        let tables = [
            ("gateway", self.gateway != file.settings.gateway.is_some()),
            ("management", before.management != after.management),
            ("audit", before.audit != after.audit),
            ("log", before.log != after.log),
        ];
        changed.extend(
            tables
                .into_iter()
                .filter_map(|(table, differs)| differs.then_some(table)),
        );
        changed
    }
}

impl Loader {
    pub(super) fn new(path: &Path, observer: Arc<dyn Observer>, mark: Arc<Mark>) -> Self {
        Self {
            path: path.to_owned(),
            observer,
            mark,
            current: OnceLock::new(),
            at_start: OnceLock::new(),
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

    /// Reads the file and makes a guard of it, which goes on with the counts of the one before, and judges when
    /// [`Loader::take`] is called with it.
    pub(super) async fn load(&self) -> Result<Configuration, Failure> {
        let before = self.current().map(|current| current.load_full());
        let loaded = self.try_load(before.clone()).await;
        let must_wait = |configuration: &Configuration| {
            before.is_some_and(|before| configuration.guard.can_replace(&before).is_err())
        };
        if loaded.as_ref().map_or(true, must_wait) {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        loaded
    }

    /// Puts a guard that was loaded in the place of the one before.
    pub(super) fn take(&self, guard: &Arc<Guard>) {
        let current = self.current.get_or_init(|| Arc::new(ArcSwap::new(Arc::clone(guard))));
        current.store(Arc::clone(guard));
        self.loaded.fetch_add(1, Ordering::Relaxed);
    }

    /// The guard has its keys, or is fetching them.
    async fn try_load(&self, before: Option<Arc<Guard>>) -> Result<Configuration, Failure> {
        let file = GuardFile::read(&self.path)?;
        // A file that somebody has just emptied, for one: without routes every request would be 404.
        file.runs().map_err(|why| file.wrong(&format!("there is {why}")))?;
        let guard = build(&file, Some(Arc::clone(&self.observer)), before)?;
        check_shells(&file, &guard).await?;
        // An issuer that is down keeps nothing else from working: whoever takes this guard asks whether it is ready.
        let _ready = guard.start().await;
        let changed = self.at_start.get_or_init(|| AtStart::of(&file)).changed(&file);
        if !changed.is_empty() {
            tracing::warn!("what changes at the next start only: {}", changed.join(", "));
        }
        let mut files = files::of(&self.path, &file.settings);
        files.extend(self.mark.path());
        Ok(Configuration {
            settings: file.settings,
            guard,
            files,
        })
    }
}

/// The keys that differ.
fn forward_auth_changed(
    before: Option<&forward_auth::Settings>,
    after: Option<&forward_auth::Settings>,
) -> Vec<&'static str> {
    let (Some(before), Some(after)) = (before, after) else {
        return vec!["forward_auth"];
    };
    let keys = [
        ("forward_auth.listen", before.listen != after.listen),
        ("forward_auth.tls", before.tls != after.tls),
        ("forward_auth.allow_from", before.allow_from != after.allow_from),
        ("forward_auth.nginx", before.nginx != after.nginx),
        ("forward_auth.traefik", before.traefik != after.traefik),
        ("forward_auth.envoy", before.envoy != after.envoy),
        (
            "forward_auth.max_connections",
            before.max_connections != after.max_connections,
        ),
        ("forward_auth.drain", before.drain != after.drain),
    ];
    keys.into_iter()
        .filter_map(|(key, differs)| differs.then_some(key))
        .collect()
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
