//! What an operator should know of a realm that came in: what was not carried, and what is another than it was.

use serde::{Deserialize, Serialize};

/// How often one sort of note is told; the rest is counted.
const TOLD: usize = 20;

/// Everything to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Report {
    /// In the order of the file.
    pub notes: Vec<Note>,
    /// How many more there are of sorts that were told often enough.
    pub more: usize,
}

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Note {
    /// What became of it.
    pub kind: NoteKind,
    /// Where it stands in the file.
    pub path: String,
    /// In words.
    pub message: String,
}

/// What became of something in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// It is not in the realm.
    NotCarried,
    /// It is in the realm as data, and nothing acts on it.
    DataOnly,
    /// It was brought within bounds.
    Clamped,
    /// It is another than it was.
    Changed,
    /// It is as it was, and that is less safe than it could be.
    Risk,
}

impl NoteKind {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotCarried => "not carried",
            Self::DataOnly => "kept as data",
            Self::Clamped => "brought within bounds",
            Self::Changed => "changed",
            Self::Risk => "less safe",
        }
    }
}

impl Report {
    pub(super) fn add(&mut self, kind: NoteKind, path: impl Into<String>, message: impl Into<String>) {
        let message = message.into();
        let alike = self
            .notes
            .iter()
            .filter(|note| note.kind == kind && note.message == message);
        if alike.count() < TOLD {
            self.notes.push(Note {
                kind,
                path: path.into(),
                message,
            });
        } else {
            self.more += 1;
        }
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.kind.as_str(), self.path, self.message)
    }
}
