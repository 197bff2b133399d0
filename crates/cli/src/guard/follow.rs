//! Reads the configuration again when a file of it changes, where no gateway does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

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
    loop {
        ticks.tick().await;
        let now = look(&files);
        // One that is still being written is left alone until it has come to rest.
        let rests = now == before;
        before.clone_from(&now);
        if !rests || now == used {
            continue;
        }
        used = now;
        match loader.load().await {
            Ok(configuration) => {
                tracing::info!("configuration reloaded");
                if configuration.files != files {
                    files = configuration.files;
                    used = look(&files);
                    before.clone_from(&used);
                }
            }
            Err(error) => tracing::error!("the new configuration is not used, the old one stays: {error}"),
        }
    }
}

fn look(files: &[PathBuf]) -> Seen {
    let seen = |path: &PathBuf| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    files.iter().map(seen).collect()
}
