//! Debian packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::on_path;
use crate::shell::{Failure, Outcome, capture, heading};

/// The folder of PostgreSQL's programs.
pub(crate) fn postgres() -> Outcome<PathBuf> {
    if let Some(bin) = postgres_bin() {
        return Ok(bin);
    }
    apt(&["postgresql"])?;
    postgres_bin().ok_or_else(|| Failure::new("PostgreSQL was installed, but its initdb is not to be found"))
}

/// Whether this process may install packages and change users.
pub(crate) fn is_root() -> bool {
    capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn postgres_bin() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    debian.sort();
    let newest = debian.pop().map(|(_, bin)| bin);
    newest.or_else(|| {
        fs::canonicalize(on_path("initdb")?)
            .ok()?
            .parent()
            .map(Path::to_path_buf)
    })
}

/// Whether this process may install Debian packages.
pub(super) fn may_install() -> bool {
    is_root() && on_path("apt-get").is_some()
}

/// Debian packages, as root and without questions.
pub(super) fn apt(packages: &[&str]) -> Outcome {
    if !may_install() {
        return Err(Failure::new(format!(
            "please install: {} (I can, as root on Debian)",
            packages.join(" ")
        )));
    }
    heading(format!("missing here, installed from Debian: {}", packages.join(" ")));
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
        apt
    };
    capture(apt().arg("update"))?;
    capture(apt().args(["install", "-y", "--no-install-recommends"]).args(packages)).map(drop)
}
