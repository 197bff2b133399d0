//! The configuration of `keyward serve`: one TOML file, every key of which the environment can override.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use keyward_jose::Sealer;
use keyward_observe::trace;
use keyward_server::Settings;
use keyward_server::listen::tls::Certificates;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::{output, sealing};

pub(crate) mod audit;
mod database;
mod environment;
pub(crate) mod file;
pub(crate) mod log;

use audit::AuditSettings;
use database::DatabaseSettings;
use log::LogSettings;

/// The whole configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Addresses, TLS, proxies, limits.
    pub(crate) server: Settings,
    /// Where everything is kept.
    pub(crate) database: DatabaseSettings,
    /// The key that seals secrets at rest.
    #[serde(default)]
    pub(crate) sealing: SealingSettings,
    /// What is written to stderr.
    #[serde(default)]
    pub(crate) log: LogSettings,
    /// Where audit events go.
    #[serde(default)]
    pub(crate) audit: AuditSettings,
}

/// The `[sealing]` table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SealingSettings {
    /// File with the key in base64url (`keyward key generate` prints one). The environment variable
    /// `KEYWARD_SEALING_KEY` may hold the key itself instead; one of the two must be set.
    pub(crate) key_file: Option<PathBuf>,
    /// Files with keys that older rows are still sealed under, until `keyward key reseal` has run; none by default.
    pub(crate) older_key_files: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Say what is wrong with a configuration, or that nothing is
    Check(FileArgument),
    /// Show a configuration with defaults and environment applied, secrets left out
    Show(FileArgument),
}

#[derive(Args)]
struct FileArgument {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = "keyward.toml")]
    config: PathBuf,
}

/// `keyward config`.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.verb {
        Verb::Check(FileArgument { config }) => {
            let loaded = Config::load(config)?;
            loaded.database.location()?;
            loaded.sealer()?;
            if let Some(tls) = &loaded.server.tls {
                Certificates::load(tls).map_err(|error| Failure::new(format!("server.{error}")))?;
            }
            output::line(&format!("{} is fine", config.display()))
        }
        Verb::Show(FileArgument { config }) => {
            let mut loaded = Config::load(config)?;
            loaded.database.url = loaded.database.shown();
            let text = toml::to_string_pretty(&loaded).map_err(|error| Failure::new(error.to_string()))?;
            output::line(text.trim_end())
        }
    }
}

impl Config {
    /// Reads and checks a file.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let text =
            std::fs::read_to_string(path).map_err(|error| Failure::path("read the configuration", path, &error))?;
        let config = file::parse(&text, &path.display().to_string(), &environment::overrides())?;
        let wrong = |error: &dyn Display| Failure::new(format!("{}: {error}", path.display()));
        config.server.check().map_err(|error| wrong(&error))?;
        trace::check(&config.log.level).map_err(|error| wrong(&error))?;
        config.audit.check().map_err(|error| wrong(&error))?;
        Ok(config)
    }

    /// The sealer with the key of the environment or of the file.
    pub(crate) fn sealer(&self) -> Result<Arc<Sealer>, Failure> {
        let current = match (std::env::var(sealing::VARIABLE), &self.sealing.key_file) {
            (Ok(text), _) => sealing::parse(&text, sealing::VARIABLE)?,
            (Err(_), Some(path)) => sealing::read(path)?,
            (Err(_), None) => {
                return Err(Failure::new(format!(
                    "there is no sealing key. Write one with keyward key generate > sealing.key and set \
                     sealing.key_file, or set {}",
                    sealing::VARIABLE
                )));
            }
        };
        let older = self
            .sealing
            .older_key_files
            .iter()
            .map(|path| sealing::read(path))
            .collect::<Result<_, _>>()?;
        Ok(sealing::sealer(current, older))
    }
}
