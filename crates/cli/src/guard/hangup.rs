//! SIGHUP: the configuration is read again, whether a file of it has changed or not.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use tempfile::NamedTempFile;

/// A file of this process that changes when it is told to read its configuration again: the gateway reads it again when
/// a file changes, so this one is among those that it looks at.
#[derive(Default)]
pub(super) struct Mark(Option<Mutex<NamedTempFile>>);

impl Mark {
    /// Makes it. Where there is no place for it, configurations are still read again when they change.
    pub(super) fn new() -> Self {
        match tempfile::Builder::new().prefix("keyward-guard-").tempfile() {
            Ok(file) => Self(Some(Mutex::new(file))),
            Err(error) => {
                tracing::warn!("SIGHUP will do nothing, since there is no place for a temporary file: {error}");
                Self(None)
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> Option<PathBuf> {
        let file = self.0.as_ref()?.lock().ok()?;
        Some(file.path().to_owned())
    }

    /// Changes it.
    pub(super) fn change(&self) {
        let Some(Ok(mut file)) = self.0.as_ref().map(Mutex::lock) else {
            return;
        };
        if let Err(error) = file.write_all(b".") {
            tracing::warn!("the configuration is not read again: {error}");
        }
    }
}
