//! Chromium, what drives it, and an Apache that sends people to log in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::debian::{apt, may_install};
use super::node::Node;
use super::program::on_path;
use crate::shell::{Outcome, heading};

/// Where Debian puts the module.
const MODULE: &str = "/usr/lib/apache2/modules/mod_auth_openidc.so";

/// Where Debian puts Apache, which is not on everybody's path.
const APACHE: &str = "/usr/sbin/apache2";

/// A browser and its tests.
pub(crate) struct Browser {
    /// Where the packages and the tests lie.
    pub(crate) home: PathBuf,
    chromium: PathBuf,
    /// None where the machine has no Apache with `mod_auth_openidc`.
    apache: Option<PathBuf>,
}

impl Browser {
    /// None where there is no Chromium and no right to install it.
    pub(super) fn install(node: &Node) -> Outcome<Option<Self>> {
        if on_path("chromium").is_none() && may_install() {
            apt(&["chromium"])?;
        }
        let Some(chromium) = on_path("chromium") else {
            heading("no Chromium here, and no right to install it: the tests in a browser are skipped");
            return Ok(None);
        };
        Ok(Some(Self {
            home: node.packages("browser")?,
            chromium,
            apache: apache()?,
        }))
    }

    /// Where the tests find the programs.
    pub(crate) fn env(&self) -> impl Iterator<Item = (&'static str, &OsStr)> {
        let apache = self.apache.iter().map(|apache| ("KEYWARD_APACHE", apache.as_os_str()));
        apache.chain([("KEYWARD_CHROMIUM", self.chromium.as_os_str())])
    }
}

fn apache() -> Outcome<Option<PathBuf>> {
    let here = || Path::new(MODULE).exists() && Path::new(APACHE).exists();
    // The program without the service, which would take port 80.
    if !here() && may_install() {
        apt(&["apache2-bin", "libapache2-mod-auth-openidc"])?;
    }
    if here() {
        return Ok(Some(APACHE.into()));
    }
    heading("no Apache with mod_auth_openidc here, and no right to install it: its test is skipped");
    Ok(None)
}
