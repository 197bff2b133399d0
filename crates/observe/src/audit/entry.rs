//! What is recorded.

use keyward_domain::event::{Event, Outcome};
use serde::Serialize;

/// Something that is recorded as one line.
pub trait Entry: Send + 'static {
    /// Where there is no room for both, a failure goes before a success.
    fn outcome(&self) -> Outcome;

    /// Appends one JSON object, without a line break.
    fn write(&self, to: &mut Vec<u8>) -> serde_json::Result<()>;
}

impl Entry for Event {
    fn outcome(&self) -> Outcome {
        self.what.outcome()
    }

    fn write(&self, to: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(to, self)
    }
}

/// An entry that became text where it arose, because what it tells of does not outlive the request.
#[derive(Clone, Debug)]
pub struct Line {
    outcome: Outcome,
    json: Box<[u8]>,
}

impl Line {
    /// The line of `record`. Fails as the record's own serialization does.
    pub fn of(record: &impl Serialize, outcome: Outcome) -> serde_json::Result<Self> {
        let json = serde_json::to_vec(record)?.into();
        Ok(Self { outcome, json })
    }
}

impl Entry for Line {
    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn write(&self, to: &mut Vec<u8>) -> serde_json::Result<()> {
        to.extend_from_slice(&self.json);
        Ok(())
    }
}
