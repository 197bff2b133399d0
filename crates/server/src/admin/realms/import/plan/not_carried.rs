//! What a file holds and a realm does not get.

use super::{Draft, NoteKind, Parts};

/// Parts that say nothing that a realm needs.
const SAID: [&str; 2] = ["keycloakVersion", "codeSecret"];

/// Tells of the parts that nothing read.
pub(super) fn tell(parts: &Parts<'_>, draft: &mut Draft<'_>) {
    for (name, raw) in &parts.members {
        let is_empty = matches!(raw.get().trim(), "[]" | "{}" | "null" | "\"\"");
        if !is_empty && !SAID.contains(name) {
            draft.note(NoteKind::NotCarried, *name, "is of an older version, or not offered");
        }
    }
}
