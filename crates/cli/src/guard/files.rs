//! The files that a configuration was read from.

use std::path::{Path, PathBuf};

use keyward_guard::settings::{Reference, Settings};

/// The file itself, and those that it names and that are read when a guard is made of it.
pub(super) fn of(path: &Path, settings: &Settings) -> Vec<PathBuf> {
    let mut files = vec![path.to_owned()];
    for issuer in &settings.issuers {
        files.extend(issuer.ca_file.clone());
        files.extend(
            issuer
                .introspection
                .as_ref()
                .and_then(|asked| referred(&asked.client_secret)),
        );
    }
    if let Some(shared) = &settings.shared_store {
        files.extend([&shared.url, &shared.key_secret].into_iter().filter_map(referred));
    }
    files.extend(
        settings
            .gateway
            .as_ref()
            .and_then(|gateway| gateway.upstream.ca.clone()),
    );
    files.sort();
    files.dedup();
    files
}

fn referred(secret: &Reference) -> Option<PathBuf> {
    match secret {
        Reference::File(path) => Some(path.clone()),
        Reference::Env(_) => None,
    }
}
