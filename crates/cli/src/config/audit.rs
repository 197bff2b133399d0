//! The `[audit]` table.

use std::path::PathBuf;
use std::sync::Arc;

use keyward_observe::audit::{Entry, Losses, Reader, Writer};
use keyward_observe::metrics::Metrics;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Where audit events go, one JSON line each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AuditSettings {
    /// `none`, `stdout` or `file`; `none` by default. Events of changes are in the database in any case.
    pub(crate) output: AuditOutput,
    /// The file, when `output` is `file`: it must then be set, and lines are appended to it.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuditOutput {
    #[default]
    None,
    Stdout,
    File,
}

impl AuditSettings {
    /// Checks what no type can say.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match (self.output, &self.file) {
            (AuditOutput::File, None) => Err(Failure::new("audit.output is file, but audit.file is not set")),
            _ => Ok(()),
        }
    }

    /// The readers of events: metrics, and what is set here.
    pub(crate) fn readers(&self, metrics: &Arc<Metrics>) -> Result<Vec<Box<dyn Reader>>, Failure> {
        let counter: Box<dyn Reader> = Box::new(metrics.event_counter());
        Ok([Some(counter), self.writer(&metrics.losses())?]
            .into_iter()
            .flatten()
            .collect())
    }

    /// Who writes what is set here; nobody for `none`.
    pub(crate) fn writer<E: Entry>(&self, losses: &Losses) -> Result<Option<Box<dyn Reader<E>>>, Failure> {
        self.check()?;
        Ok(match (self.output, &self.file) {
            (AuditOutput::None, _) | (AuditOutput::File, None) => None,
            (AuditOutput::Stdout, _) => Some(Box::new(Writer::stdout(losses.clone()))),
            (AuditOutput::File, Some(path)) => {
                let writer = Writer::file(path, losses.clone())
                    .map_err(|error| Failure::path("append to audit.file", path, &error))?;
                Some(Box::new(writer))
            }
        })
    }
}
