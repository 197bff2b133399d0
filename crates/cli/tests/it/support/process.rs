//! A `keyward` process and what it prints.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;

use super::{eventually, within};

/// A running process. It is killed when dropped.
pub(crate) struct Keyward {
    child: Child,
    stdout: Lines,
    stderr: Lines,
}

/// What a process left behind.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command of the binary without the tests' own environment.
pub(crate) fn keyward(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyward"));
    command.args(arguments);
    for (name, _) in std::env::vars() {
        if name.starts_with("KEYWARD_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    let ended = Ended::from(command.stdin(Stdio::null()).output().unwrap());
    assert_silent(&ended.stdout, &ended.stderr);
    ended
}

/// Runs a command to its end with something on stdin.
pub(crate) fn run_with(command: &mut Command, input: &str) -> Ended {
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without reading.
    let _broken = child.stdin.take().unwrap().write_all(input.as_bytes());
    let ended = Ended::from(child.wait_with_output().unwrap());
    assert_silent(&ended.stdout, &ended.stderr);
    ended
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            status: output.status,
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// What it printed, when it succeeded.
    #[track_caller]
    pub(crate) fn printed(self) -> String {
        assert!(self.status.success(), "{}{}", self.stdout, self.stderr);
        self.stdout
    }

    /// Its one line, when it failed as a command should: exit code 1, nothing on stdout, no Rust in the words.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        let Self { status, stdout, stderr } = self;
        assert_eq!(status.code(), Some(1), "{stdout}{stderr}");
        assert_eq!(stdout, "");
        let line = stderr.strip_suffix('\n').unwrap_or(&stderr).to_owned();
        assert!(!line.contains('\n') && line.starts_with("keyward: "), "{line}");
        for rust in ["Os {", "os error", "Err(", "Error:", "::", "panicked", "unwrap", "`"] {
            assert!(!line.contains(rust), "{rust} in {line}");
        }
        line
    }
}

impl Keyward {
    /// Starts a process.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = Lines::follow(child.stdout.take().unwrap());
        let stderr = Lines::follow(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// Starts `keyward dev` on a free port and returns it with its line of JSON.
    pub(crate) fn dev(data: &Path) -> (Self, Value) {
        Self::dev_with(keyward(&["dev", "--listen", "127.0.0.1:0"]), data)
    }

    /// The same with a command that says where to listen.
    pub(crate) fn dev_with(mut command: Command, data: &Path) -> (Self, Value) {
        command.args(["--json", "--data"]).arg(data);
        let mut process = Self::start(command);
        let line = process.line("the line of JSON", |printed| {
            printed.stdout().split_once('\n').map(|(line, _)| line.to_owned())
        });
        (process, serde_json::from_str(&line).unwrap())
    }

    /// Where it waits for somebody to log in with a browser.
    #[track_caller]
    pub(crate) fn login_address(&mut self) -> String {
        self.line("the address of the login", |process| {
            let text = process.stderr();
            Some(text.split_once("log in at ")?.1.split_once('\n')?.0.to_owned())
        })
    }

    /// Waits until `find` finds something in what was printed; panics when the process ends before.
    pub(crate) fn line<T>(&mut self, what: &str, find: impl Fn(&Self) -> Option<T>) -> T {
        eventually(what, || {
            let found = find(self);
            if found.is_none()
                && let Some(status) = self.child.try_wait().unwrap()
            {
                panic!(
                    "{what}: the process ended with {status}\n{}{}",
                    self.stdout(),
                    self.stderr()
                );
            }
            found
        })
    }

    /// What it has printed on stdout.
    pub(crate) fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// What it has printed on stderr.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends a signal, as `kill` names it.
    pub(crate) fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it ended in time, and how.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> ExitStatus {
        within(patience, "the end of the process", || self.child.try_wait().unwrap())
    }

    /// Waits for the end.
    pub(crate) fn ended(mut self) -> Ended {
        let status = eventually("the end of the process", || self.child.try_wait().unwrap());
        Ended {
            status,
            stdout: self.stdout.all(),
            stderr: self.stderr.all(),
        }
    }

    /// Sends SIGTERM, waits, and expects exit code 0.
    #[track_caller]
    pub(crate) fn stop(self) -> Ended {
        self.terminate();
        let ended = self.ended();
        assert!(ended.status.success(), "{}\n{}", ended.status, ended.stderr);
        ended
    }
}

impl Drop for Keyward {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
        if !thread::panicking() {
            assert_silent(&self.stdout.text(), &self.stderr.all());
        }
    }
}

/// The canary of the whole test run: what any process logged holds no token, and no secret that it announced itself.
#[track_caller]
fn assert_silent(stdout: &str, stderr: &str) {
    // An address to log in at has random texts, in which anything may stand by chance.
    let told = |line: &&str| !line.starts_with("log in at ");
    let stderr = &stderr.lines().filter(told).collect::<Vec<_>>().join("\n");
    for mark in ["eyJ", "kwt_"] {
        assert!(!stderr.contains(mark), "a token is in the log:\n{stderr}");
    }
    let Ok(line) = serde_json::from_str::<Value>(stdout.trim()) else {
        return;
    };
    let clients = line["clients"].as_object().into_iter().flatten();
    let secrets = clients.map(|(_, client)| &client["client_secret"]);
    let people = line["users"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, password)| password);
    for secret in secrets
        .chain(people)
        .chain([&line["admin"]["password"]])
        .filter_map(Value::as_str)
    {
        assert!(!stderr.contains(secret), "a secret is in the log:\n{stderr}");
    }
}

/// The text of a pipe so far.
struct Lines {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Lines {
    fn follow(pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::<Mutex<String>>::default();
        let into = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                into.lock().unwrap().push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self {
            text,
            reader: Some(reader),
        }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// All of it, after the end of the process.
    fn all(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.text()
    }
}
