//! `cargo xtask check`: what must hold before a change lands, short of the tests.

use crate::docs;
use crate::interop;
use crate::shell::{self, Outcome, cargo, heading, run};

/// Format, clippy, deny, docs, generated files.
pub(crate) fn check() -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args([
        "clippy",
        "--all-features",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    run(interop::rust_cargo("fmt").args(["--all", "--check"]))?;
    run(interop::rust_cargo("clippy").args(["--locked", "--all-targets", "--", "-D", "warnings"]))?;
    install_deny()?;
    run(cargo().args(["deny", "check", "bans", "licenses", "sources"]))?;
    run(cargo()
        .args(["doc", "--locked", "--all-features", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;
    heading("generated files");
    docs::check()?;
    println!("fresh");
    Ok(())
}

fn install_deny() -> Outcome {
    if shell::succeeds(cargo().args(["deny", "--version"])) {
        return Ok(());
    }
    run(cargo().args(["install", "cargo-deny", "--locked"]))
}
