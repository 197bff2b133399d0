//! A program that runs beside the tests and ends with them.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::shell::{Failure, Outcome, While, quiet, succeeds};

/// A running program; stopped when dropped.
pub(crate) struct Service {
    child: Child,
    signal: Signal,
}

/// The signal by which a program ends in order.
#[derive(Clone, Copy)]
pub(crate) enum Signal {
    Int,
    Term,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Int => "INT",
            Self::Term => "TERM",
        }
    }
}

/// A command that gets `signal` when this process dies, however it dies; as `user` when one is named (root only).
pub(crate) fn command(program: &Path, signal: Signal, user: Option<&str>) -> Command {
    if !succeeds(Command::new("setpriv").arg("--version")) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal.name()]);
    if let Some(user) = user {
        command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--init-groups"]);
    }
    command.arg("--").arg(program);
    command
}

impl Service {
    pub(crate) fn start(command: &mut Command, signal: Signal) -> Outcome<Self> {
        let child = command.stdin(Stdio::null()).spawn().during(format!("{command:?}"))?;
        Ok(Self { child, signal })
    }

    pub(crate) fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Whether it has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to end and waits, ten seconds at most; then it is killed, which is a failure.
    pub(crate) fn stop(&mut self) -> Outcome<ExitStatus> {
        if let Some(status) = self.ended() {
            return Ok(status);
        }
        let kill = format!("kill -{} {}", self.signal.name(), self.child.id());
        quiet(Command::new("sh").args(["-c", &kill]))?;
        for _ in 0..200 {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            sleep(Duration::from_millis(50));
        }
        self.child.kill().during("kill")?;
        self.child.wait().during("wait")?;
        Err(Failure::new(format!(
            "did not end within ten seconds of SIG{}",
            self.signal.name()
        )))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Ended or not, there is nobody left to tell.
        let _ = self.stop();
    }
}

/// A port of 127.0.0.1 that was free a moment ago.
pub(crate) fn free_port() -> Outcome<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).during("a free port")?;
    Ok(listener.local_addr().during("a free port")?.port())
}

/// Asks until the answer is yes, twenty seconds at most, as long as the program runs.
pub(crate) fn wait_until(service: &mut Service, what: &str, mut ready: impl FnMut() -> bool) -> Outcome {
    for _ in 0..400 {
        if ready() {
            return Ok(());
        }
        if let Some(status) = service.ended() {
            return Err(Failure::new(format!("{what} ended before it was ready: {status}")));
        }
        sleep(Duration::from_millis(50));
    }
    Err(Failure::new(format!("{what} was not ready within twenty seconds")))
}
