//! Commands run with a heading, and failures that say which command it was.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a verb stopped: one message for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What a step gives.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Turns any error into a [`Failure`] that says what was being done.
pub(crate) trait While<T> {
    fn during(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn during(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("{what}: {error}")))
    }
}

/// Announces a step.
pub(crate) fn heading(text: impl fmt::Display) {
    println!("\n==> {text}");
}

/// Runs a command with this terminal as its own; fails when it does.
pub(crate) fn run(command: &mut Command) -> Outcome {
    heading(line(command));
    quiet(command)
}

/// As [`run`], without the heading.
pub(crate) fn quiet(command: &mut Command) -> Outcome {
    let status = command.status().during(line(command))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("{}: {status}", line(command))))
    }
}

/// What the command prints, when it succeeds.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::piped()).output().during(line(command))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Failure::new(format!(
        "{}: {}\n{}",
        line(command),
        output.status,
        stderr.trim_end()
    )))
}

/// Whether the command can be run and succeeds; prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// Runs a command and keeps what it prints, as it comes, on stdout and on stderr; also whether it succeeded.
pub(crate) fn keep(mut command: Command) -> Outcome<(String, bool)> {
    let name = line(&command);
    let (mut reader, writer) = std::io::pipe().during(&name)?;
    command.stderr(writer.try_clone().during(&name)?).stdout(writer);
    let mut child = command.stdin(Stdio::null()).spawn().during(&name)?;
    // It holds the pipe open for writing.
    drop(command);
    let mut kept = Vec::new();
    reader.read_to_end(&mut kept).during(&name)?;
    let status = child.wait().during(&name)?;
    Ok((String::from_utf8_lossy(&kept).into_owned(), status.success()))
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Where everything goes that a run makes: cargo's target folder.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy();
    command.get_args().fold(program.into_owned(), |line, arg| {
        format!("{line} {}", arg.to_string_lossy())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named() {
        let failure = quiet(Command::new("sh").args(["-c", "exit 3"]))
            .unwrap_err()
            .to_string();
        assert_eq!(failure, "sh -c exit 3: exit status: 3");
    }

    #[test]
    fn both_streams_are_kept_in_order_with_the_verdict() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 1"]);
        let (printed, good) = keep(command).unwrap();
        assert_eq!((printed.as_str(), good), ("one\ntwo\n", false));
    }
}
