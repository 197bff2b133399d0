//! Generated documents: written by `cargo xtask docs`, checked by `cargo xtask check`.

use std::fs;

use crate::shell::{Failure, Outcome, While, root};

mod admin_api;
mod answers;
mod codes;
mod config;
mod default;
mod differences;
mod errors;
mod events;
mod guard_config;
mod item;
mod keys;
mod pages;
mod places;
mod rfc_index;
mod settings;
mod source;
mod spoken;
mod tag;
mod token;
mod walks;

/// A generated file: its path from the workspace's root, and what makes its text.
type Generated = (&'static str, fn() -> Outcome<String>);

const GENERATED: [Generated; 8] = [
    ("docs/admin-api.md", admin_api::text),
    ("docs/config.md", config::text),
    ("docs/errors.md", errors::text),
    ("docs/events.md", events::text),
    ("docs/guard/config.md", guard_config::text),
    ("docs/keycloak-differences.md", differences::text),
    ("docs/openapi.json", admin_api::openapi),
    ("docs/rfc-index.md", rfc_index::text),
];

/// The first line of every generated file.
const NOTICE: &str = "<!-- Written by `cargo xtask docs` from the sources. Change those. -->";

/// Writes every generated file, and follows the walks of the written ones.
pub(crate) fn write() -> Outcome {
    for (path, text) in GENERATED {
        fs::write(root().join(path), text()?).during(path)?;
    }
    walks::check()
}

/// Fails when a generated file differs from what [`write()`] would write, or when a walk leads nowhere.
pub(crate) fn check() -> Outcome {
    for (path, text) in GENERATED {
        if fs::read_to_string(root().join(path)).during(path)? != text()? {
            return Err(Failure::new(format!("{path} is stale: run `cargo xtask docs`")));
        }
    }
    walks::check()
}
