//! Why a command failed: one line that says what, why, and what to do.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use keyward_domain::Fault;

/// A line for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    line: String,
    code: u8,
}

/// The exit code when it failed.
const FAILED: u8 = 1;

/// The exit code when there was nothing to work with, where 1 is an answer.
const UNUSABLE: u8 = 2;

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            code: FAILED,
        }
    }

    /// The same for a command whose exit code 1 says that a question was answered with no.
    pub(crate) fn unusable(mut self) -> Self {
        self.code = UNUSABLE;
        self
    }

    /// The exit code.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }

    /// What another crate says, without the system's number at its end.
    pub(crate) fn of(error: &dyn Display) -> Self {
        let text = error.to_string();
        Self::new(text.split(OS_ERROR).next().unwrap_or_default())
    }

    pub(crate) fn runtime(error: &std::io::Error) -> Self {
        Self::new(format!("cannot start: {}", plain(error)))
    }

    /// A port that cannot be had.
    pub(crate) fn listen(address: SocketAddr, option: &str, error: &std::io::Error) -> Self {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("another program has it. Stop it, or choose another with {option}")
            }
            std::io::ErrorKind::PermissionDenied => {
                format!("this user may not. Choose a port above 1023 with {option}")
            }
            std::io::ErrorKind::AddrNotAvailable => {
                format!("this machine does not have the address. Choose another with {option}")
            }
            _ => plain(error),
        };
        Self::new(format!("cannot listen on {address}: {why}"))
    }

    /// A file or folder that cannot be used.
    pub(crate) fn path(what: &str, path: &Path, error: &std::io::Error) -> Self {
        let why = match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                "this user may not. Choose another place, or change its owner".into()
            }
            std::io::ErrorKind::NotFound => "it does not exist".into(),
            std::io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only. Choose another place".into(),
            std::io::ErrorKind::StorageFull => "the disk is full".into(),
            std::io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".into(),
            std::io::ErrorKind::IsADirectory => "it is a folder, not a file".into(),
            std::io::ErrorKind::AlreadyExists => "something else with this name is there".into(),
            _ => plain(error),
        };
        Self::new(format!("cannot {what} {}: {why}", path.display()))
    }
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(OS_ERROR) {
        Some(at) => text.get(..at).unwrap_or_default().to_lowercase(),
        None => text,
    }
}

/// What stands before the system's number.
const OS_ERROR: &str = " (os error ";

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::new(fault.to_string())
    }
}
