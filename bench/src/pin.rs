use std::path::Path;
use std::process::Command;

use crate::Failure;

/// The core of what is measured: the server, the bare HTTP server, the signature loops.
pub(crate) const MEASURED_CORE: u8 = 0;
/// The core of the load generator.
pub(crate) const LOAD_CORE: u8 = 1;

/// Set in the process that already runs pinned.
const PINNED: &str = "BENCH_PINNED";

/// A command that runs `program` on one core only. `taskset` replaces itself by the program: the child's process id
/// is the program's.
pub(crate) fn command(core: u8, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(core.to_string()).arg(program).env_remove(PINNED);
    command
}

/// Continues on one core only: replaces this process by itself under `taskset`. Returns where that is done already.
pub(crate) fn itself(core: u8) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err("the bench pins with taskset and reads /proc: it runs on Linux only".into());
    }
    if std::env::var_os(PINNED).is_some() {
        return Ok(());
    }
    if std::thread::available_parallelism()?.get() < 2 {
        return Err("the bench needs two cores: one for the server, one for the load".into());
    }
    let mut command = command(core, &std::env::current_exe()?);
    command.args(std::env::args_os().skip(1)).env(PINNED, "1");
    Err(replace(&mut command).into())
}

#[cfg(unix)]
fn replace(command: &mut Command) -> String {
    use std::os::unix::process::CommandExt as _;
    format!("cannot run taskset (package util-linux): {}", command.exec())
}

#[cfg(not(unix))]
fn replace(_: &mut Command) -> String {
    "this system cannot replace a process".to_owned()
}
