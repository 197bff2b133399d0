//! A guard in front of an API, with `keyward dev` for its issuer.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Client, Keyward, Realm, Upstream, keyward};

/// An issuer, an API, and a folder with `guard.toml` and what it names.
pub(crate) struct Guarded {
    folder: TempDir,
    _issuer: Keyward,
    pub(crate) line: Value,
    pub(crate) upstream: Upstream,
}

impl Guarded {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (issuer, line) = Keyward::dev(&folder.path().join("issuer"));
        Self {
            folder,
            _issuer: issuer,
            line,
            upstream: Upstream::start(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes `guard.toml`: `/orders` for readers, `/public` for all, and `more`.
    pub(crate) fn config(&self, more: &str) -> PathBuf {
        let issuer = self.line["issuer"].as_str().unwrap();
        self.config_for(issuer, more)
    }

    /// The same with another issuer.
    pub(crate) fn config_for(&self, issuer: &str, more: &str) -> PathBuf {
        let upstream = self.upstream.address;
        let text = format!(
            r#"
[[issuer]]
id = "demo"
url = "{issuer}"
preset = "keyward"

[policy.read]
audience = ["backend-api"]
scopes.all = ["orders:read"]

[[route]]
path = "/orders"
methods = ["GET", "POST"]
policy = "read"
upstream = "http://{upstream}"

[[route]]
path = "/public"
public = true
upstream = "http://{upstream}"

{more}
"#
        );
        let path = self.path("guard.toml");
        // In one step: a guard that runs must not see half of it.
        fs::write(self.path("guard.new"), text).unwrap();
        fs::rename(self.path("guard.new"), &path).unwrap();
        path
    }

    /// A command on the configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = keyward(arguments);
        command.arg("--config").arg(self.path("guard.toml"));
        command
    }

    /// Runs the guard and waits until it is ready.
    pub(crate) fn run(&self) -> (Keyward, SocketAddr) {
        let mut process = Keyward::start(self.command(&["guard"]));
        let address = process.line("ready", |process| guard_address(&process.stderr(), "gateway"));
        (process, address)
    }

    /// A token of the service.
    pub(crate) fn token(&self, scope: &str) -> String {
        let service = Client::of_dev(&self.line, "backend-service");
        let form = format!("grant_type=client_credentials&scope={}", scope.replace(' ', "+"));
        let answer = Realm::of_dev(&self.line).call("token", &service, &form);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}

/// An address from the log line that says that a guard is ready.
pub(crate) fn guard_address(log: &str, name: &str) -> Option<SocketAddr> {
    let line = log.lines().find(|line| line.contains(" ready "))?;
    let value = line
        .split(' ')
        .find_map(|word| word.strip_prefix(&format!("{name}=")))?;
    Some(value.parse().unwrap())
}
