//! Ids of rows: those of the file, where they are UUIDs.

use std::collections::HashSet;

use keyward_domain::entropy;
use keyward_jose::digest;
use uuid::{Builder, Uuid};

use super::problem::Problems;
use super::report::{NoteKind, Report};
use crate::http::entropy::SystemEntropy;

/// The ids that were given out.
#[derive(Default)]
pub(super) struct Ids {
    taken: HashSet<(&'static str, Uuid)>,
}

impl Ids {
    /// The id of a row of a sort: the one it has; a new one, when it has none. One that is no UUID becomes one that is
    /// always the same for it.
    pub(super) fn id(
        &mut self,
        (sort, path): (&'static str, &str),
        text: Option<&str>,
        problems: &mut Problems,
        report: &mut Report,
    ) -> Uuid {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return entropy::uuid(&mut SystemEntropy);
        };
        let id = text.parse().unwrap_or_else(|_| {
            let id = derived(sort, text);
            report.add(
                NoteKind::Changed,
                format!("{path}.id"),
                format!("is no UUID and became {id}"),
            );
            id
        });
        if !self.taken.insert((sort, id)) {
            problems.add(format!("{path}.id"), "is the id of another one too");
        }
        id
    }
}

/// A UUID of no place and no time (RFC 9562 §5.8) that stands for a text.
pub(crate) fn derived(sort: &str, text: &str) -> Uuid {
    let hash = digest::sha256(format!("{sort}|{text}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(hash.first_chunk::<16>().unwrap_or(&[0; 16]));
    Builder::from_custom_bytes(bytes).into_uuid()
}
