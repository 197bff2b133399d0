//! Programs that are run.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;
use tokio::net::TcpStream;

use super::STUCK;

/// Where a program is, by the variable of the environment that says it. A test without its program says that it is
/// skipped.
pub(crate) fn program(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).filter(|path| !path.is_empty());
    if path.is_none() {
        eprintln!("skipped: {variable} does not say where the program is (cargo xtask test installs it)");
    }
    path.map(PathBuf::from)
}

/// A port that nobody has at the moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A program that serves a port. It ends with the test.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl Program {
    /// Runs a command that `command` makes for a folder of its own, and waits until the port is open.
    pub(crate) async fn start(port: u16, command: impl FnOnce(&TempDir) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = command(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut program = Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            child,
            folder,
        };
        program.open().await;
        program
    }

    async fn open(&mut self) {
        let deadline = Instant::now() + STUCK;
        while TcpStream::connect(self.address).await.is_err() {
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "{ended:?}: {}",
                self.log()
            );
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the program's log:\n{}", self.log());
        }
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}
