//! The configuration is read again when a file of it changes. One that cannot be used changes nothing, and one whose
//! issuers' keys are not there waits for them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Load;
use super::serving::Serving;
use super::settings::Settings;
use super::state::State;

/// How often the files are looked at, and other small things are put in order.
const EVERY: Duration = Duration::from_secs(1);

/// A file as it was seen: when it was changed, and how long it is. Nothing when it is not there.
type Seen = Option<(SystemTime, u64)>;

/// Looks at `files` until it is dropped.
pub(crate) async fn follow(state: Arc<State>, mut files: Files, load: impl Load) {
    let at_start = state.serving().settings.clone();
    let mut ticks = tokio::time::interval(EVERY);
    // Read, and without the keys that it needs. Its guard asks for them again and again by itself.
    let mut waiting: Option<Serving> = None;
    loop {
        ticks.tick().await;
        let serving = state.serving();
        serving.sweep();
        state.readers.sweep(serving.settings.header_timeout.0);
        if files.have_changed() {
            waiting = None;
            match reload(&serving, &load, &at_start).await {
                Ok(new) => {
                    files.watch(&new.files);
                    if let Err(missing) = new.guard.can_replace(&serving.guard) {
                        state.figures.failed_reload();
                        tracing::error!("the new configuration is not used yet, the old one stays: {missing}");
                    }
                    waiting = Some(new);
                }
                Err(error) => {
                    state.figures.failed_reload();
                    tracing::error!("the new configuration is not used, the old one stays: {error}");
                }
            }
        }
        if let Some(new) = waiting.take_if(|new| new.guard.can_replace(&serving.guard).is_ok()) {
            load.took(&new.guard);
            state.replace(new);
            state.figures.reload();
            tracing::info!("configuration reloaded");
        }
    }
}

async fn reload(old: &Serving, load: &impl Load, at_start: &Settings) -> Result<Serving, String> {
    let new = Serving::new(load.load(Some(Arc::clone(&old.guard))).await?).map_err(|error| error.to_string())?;
    let changed = new.settings.changed_at_the_port(at_start);
    if !changed.is_empty() {
        tracing::warn!("what changes at the next start only: {}", changed.join(", "));
    }
    Ok(new)
}

/// Files that are watched.
pub(crate) struct Files {
    paths: Vec<PathBuf>,
    /// What the configuration at work was read from, or the last one that could not be used.
    used: Vec<Seen>,
    /// What was there a moment ago: a file that is still being written is left alone.
    before: Vec<Seen>,
}

impl Files {
    /// Files as they are now, when the configuration has just been read from them.
    pub(crate) fn new(paths: Vec<PathBuf>) -> Self {
        let used = look(&paths);
        Self {
            paths,
            before: used.clone(),
            used,
        }
    }

    /// Whether they differ from what was read, and have come to rest.
    fn have_changed(&mut self) -> bool {
        let now = look(&self.paths);
        let rests = now == self.before;
        let differs = now != self.used;
        self.before.clone_from(&now);
        if rests && differs {
            self.used = now;
        }
        rests && differs
    }

    /// Watches others from now on.
    fn watch(&mut self, paths: &[PathBuf]) {
        if self.paths != paths {
            *self = Self::new(paths.to_vec());
        }
    }
}

fn look(paths: &[PathBuf]) -> Vec<Seen> {
    let seen = |path: &PathBuf| {
        let file = std::fs::metadata(path).ok()?;
        Some((file.modified().ok()?, file.len()))
    };
    paths.iter().map(seen).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Files;

    #[test]
    fn a_file_counts_when_it_has_come_to_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("guard.toml");
        fs::write(&path, "a").unwrap();
        let mut files = Files::new(vec![path.clone()]);
        assert!(!files.have_changed());
        fs::write(&path, "ab").unwrap();
        assert!(!files.have_changed(), "it may still be written");
        fs::write(&path, "abc").unwrap();
        assert!(!files.have_changed());
        assert!(files.have_changed());
        assert!(!files.have_changed(), "each change once");
        fs::remove_file(&path).unwrap();
        assert!(!files.have_changed());
        assert!(files.have_changed());
    }
}
