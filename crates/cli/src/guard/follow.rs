//! Reads the configuration again when a file of it changes, where no gateway does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use keyward_guard::{Guard, NotReady};

use super::loader::Loader;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// When a file was changed, and how long it is; nothing when it is not there.
type Seen = Vec<Option<(SystemTime, u64)>>;

/// Looks at the files until it is dropped.
pub(super) async fn follow(loader: Arc<Loader>, mut files: Vec<PathBuf>) {
    let mut used = look(&files);
    let mut before = used.clone();
    let mut ticks = tokio::time::interval(EVERY);
    // Made, and without the keys that it needs. It asks for them again and again by itself.
    let mut waiting: Option<Arc<Guard>> = None;
    loop {
        ticks.tick().await;
        let now = look(&files);
        // One that is still being written is left alone until it has come to rest.
        let rests = now == before;
        before.clone_from(&now);
        if rests && now != used {
            used = now;
            waiting = None;
            match loader.load().await {
                Ok(configuration) => {
                    if configuration.files != files {
                        files = configuration.files;
                        used = look(&files);
                        before.clone_from(&used);
                    }
                    if let Err(missing) = may_judge(&loader, &configuration.guard) {
                        tracing::error!("the new configuration is not used yet, the old one stays: {missing}");
                    }
                    waiting = Some(configuration.guard);
                }
                Err(error) => tracing::error!("the new configuration is not used, the old one stays: {error}"),
            }
        }
        if let Some(guard) = waiting.take_if(|guard| may_judge(&loader, guard).is_ok()) {
            loader.take(&guard);
            tracing::info!("configuration reloaded");
        }
    }
}

fn may_judge(loader: &Loader, guard: &Guard) -> Result<(), NotReady> {
    let before = loader.current();
    before.map_or(Ok(()), |before| guard.can_replace(&before.load()))
}

fn look(files: &[PathBuf]) -> Seen {
    let seen = |path: &PathBuf| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    files.iter().map(seen).collect()
}
