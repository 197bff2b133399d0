//! The configuration file of a guard: what the guard itself reads, and what concerns its process.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use keyward_guard::{BuildError, Settings, forward_auth, gateway, settings};
use keyward_observe::trace;
use serde::{Deserialize, Deserializer};

use super::line;
use crate::config::audit::AuditSettings;
use crate::config::file::toml_failure;
use crate::config::log::LogSettings;
use crate::failure::Failure;

/// A file that was read.
pub(super) struct GuardFile {
    /// What the guard reads.
    pub(super) settings: Settings,
    /// What concerns its process.
    pub(super) process: Process,
    text: String,
    place: String,
}

/// What concerns the process of a guard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) log: LogSettings,
    pub(super) audit: AuditSettings,
    pub(super) management: Management,
}

/// The `[management]` table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Management {
    /// Address and port of `/healthz`, `/readyz` and `/metrics`; none by default.
    #[serde(deserialize_with = "listen")]
    pub(super) listen: Option<SocketAddr>,
}

fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    settings::listen(deserializer).map(Some)
}

/// The tables of both, so that a key that neither knows is an error with its line.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Tables {
    log: LogSettings,
    audit: AuditSettings,
    management: Management,
    server: settings::Server,
    #[serde(rename = "issuer")]
    issuers: Vec<settings::Issuer>,
    #[serde(rename = "policy")]
    policies: BTreeMap<String, settings::Policy>,
    limits: BTreeMap<String, settings::Limit>,
    shared_store: Option<settings::SharedStore>,
    #[serde(rename = "route")]
    routes: Vec<settings::Route>,
    cors: Option<settings::Cors>,
    gateway: Option<gateway::Settings>,
    forward_auth: Option<forward_auth::Settings>,
}

impl GuardFile {
    /// Reads a file. What its words mean together is decided when a guard is made of it.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text =
            std::fs::read_to_string(path).map_err(|error| Failure::path("read the configuration", path, &error))?;
        Self::parse(text, path.display().to_string())
    }

    fn parse(text: String, place: String) -> Result<Self, Failure> {
        let tables: Tables = toml::from_str(&text).map_err(|error| toml_failure(&text, &place, &error))?;
        let Tables {
            log,
            audit,
            management,
            server,
            issuers,
            policies,
            limits,
            shared_store,
            routes,
            cors,
            gateway,
            forward_auth,
        } = tables;
        let file = Self {
            settings: Settings {
                server,
                issuers,
                policies,
                limits,
                shared_store,
                routes,
                cors,
                gateway,
                forward_auth,
            },
            process: Process { log, audit, management },
            text,
            place,
        };
        trace::check(&file.process.log.level).map_err(|error| file.wrong(&error.to_string()))?;
        file.process
            .audit
            .check()
            .map_err(|error| file.wrong(&error.to_string()))?;
        Ok(file)
    }

    /// Whether there is something to run.
    pub(super) fn runs(&self) -> Result<(), &'static str> {
        if self.settings.gateway.is_none() && self.settings.forward_auth.is_none() {
            return Err("nothing to run: neither [gateway] nor [forward_auth] is there");
        }
        Ok(())
    }

    /// What is wrong with the meaning of the file, with the line if it can be told.
    pub(super) fn wrong(&self, message: &str) -> Failure {
        let words = message.lines().collect::<Vec<_>>().join(" ").replace('`', "\"");
        let place = &self.place;
        Failure::new(match line::of(&self.text, message) {
            Some(line) => format!("{place}:{line}: {words}"),
            None => format!("{place}: {words}"),
        })
    }

    /// The same for what a guard says when it is made.
    pub(super) fn unbuilt(&self, error: &BuildError) -> Failure {
        self.wrong(&error.to_string())
    }
}
