//! Generated documents: written by `cargo xtask docs`, checked by `cargo xtask check`.

use std::fs;

use crate::shell::{Failure, Outcome, While, root};

/// A generated file: its path from the workspace's root, and what makes its text.
type Generated = (&'static str, fn() -> Outcome<String>);

const GENERATED: [Generated; 0] = [];

/// Writes every generated file.
pub(crate) fn write() -> Outcome {
    for (path, text) in GENERATED {
        fs::write(root().join(path), text()?).during(path)?;
    }
    Ok(())
}

/// Fails when a generated file differs from what [`write()`] would write.
pub(crate) fn check() -> Outcome {
    for (path, text) in GENERATED {
        if fs::read_to_string(root().join(path)).during(path)? != text()? {
            return Err(Failure::new(format!("{path} is stale: run `cargo xtask docs`")));
        }
    }
    Ok(())
}
