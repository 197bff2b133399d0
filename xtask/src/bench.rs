//! `cargo xtask bench`: the load program against a release build of the server.

use crate::shell::{Failure, Outcome, cargo, run, target};

/// `bench token [--json FILE]`; whatever follows is handed to the load program as it is.
pub(crate) fn bench(what: &str, rest: &[&str]) -> Outcome {
    if what != "token" {
        return Err(Failure::new(format!("no bench named {what}; there is: token")));
    }
    run(cargo().args(["build", "--release", "-p", "keyward", "-p", "keyward-bench"]))?;
    let release = target().join("release");
    let mut command = std::process::Command::new(release.join("keyward-bench"));
    // Not the workspace's root: FILE is relative to where the person stands.
    run(command
        .arg(what)
        .arg("--server")
        .arg(release.join("keyward"))
        .args(rest))
}
