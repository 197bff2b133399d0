//! The groups that the subject is in.

use serde_json::Value;

use super::{ClaimPath, Config, Form};
use crate::policy::claims::Subject;

/// A list of groups.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GroupMembership {
    pub(crate) path: ClaimPath,
    full_path: bool,
}

impl GroupMembership {
    pub(super) fn parse(config: Config<'_>) -> Option<Self> {
        Some(Self {
            path: ClaimPath::parse(config.text("claim.name")?)?,
            full_path: config.is_true("full.path"),
        })
    }

    /// Whether names or paths, it is a list.
    pub(crate) fn form() -> Form {
        Form::LIST
    }

    pub(crate) fn value(&self, subject: &Subject) -> Option<Value> {
        let names = subject.groups.iter().map(|group| {
            if self.full_path {
                group.path.as_str()
            } else {
                group.name.as_str()
            }
        });
        Form::LIST.of_texts(names)
    }
}
