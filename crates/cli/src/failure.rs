//! Why a command failed: one line that says what, why, and what to do.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::path::Path;

use keyward_domain::Fault;

/// A line for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }

    pub(crate) fn runtime(error: &std::io::Error) -> Self {
        Self(format!("cannot start: {}", plain(error)))
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
        Self(format!("cannot listen on {address}: {why}"))
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
        Self(format!("cannot {what} {}: {why}", path.display()))
    }
}

/// The system's words without its number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text.get(..at).unwrap_or_default().to_lowercase(),
        None => text,
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self(fault.to_string())
    }
}
