//! The `[log]` table.

use std::io::IsTerminal as _;

use keyward_observe::trace::{self, LogFormat};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What is written to stderr.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogSettings {
    /// `off`, `error`, `warn`, `info`, `debug` or `trace`, or a list like `info,keyward_server=debug`; `info` by default.
    pub(crate) level: String,
    /// `text` for people or `json`, one object a line; `text` by default.
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            level: "info".into(),
            format: Format::Text,
        }
    }
}

impl LogSettings {
    /// Starts logging.
    pub(crate) fn init(&self) -> Result<(), Failure> {
        let format = match self.format {
            Format::Text => LogFormat::Text,
            Format::Json => LogFormat::Json,
        };
        let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        trace::init(format, &self.level, color).map_err(|error| Failure::new(format!("log: {error}")))
    }
}
