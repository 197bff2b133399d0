//! A PostgreSQL of its own for one test.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

/// Of the user `keyward`.
pub(crate) const PASSWORD: &str = "hunter2";

/// PostgreSQL refuses to run as root; Debian's packages make this user.
const USER: &str = "postgres";

/// A running server, and files that its clients need.
pub(crate) struct Server {
    child: Child,
    home: TempDir,
    port: u16,
}

impl Server {
    /// One that takes encrypted connections only, with a certificate for 127.0.0.1 by `ca.pem`.
    pub(crate) fn with_tls() -> Option<Self> {
        Self::start("hostssl", "on")
    }

    /// One that knows no TLS.
    pub(crate) fn without_tls() -> Option<Self> {
        Self::start("host", "off")
    }

    /// The URL under a name, with further parameters.
    pub(crate) fn url(&self, host: &str, parameters: &str) -> String {
        format!(
            "postgres://keyward:{PASSWORD}@{host}:{}/postgres?{parameters}",
            self.port
        )
    }

    /// A file of the clients: `ca.pem`, `other.pem`.
    pub(crate) fn file(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    #[expect(clippy::unwrap_used, reason = "a test's setting")]
    fn start(connections: &str, ssl: &str) -> Option<Self> {
        let Some(bin) = std::env::var_os("KEYWARD_TEST_POSTGRES_BIN").map(PathBuf::from) else {
            println!("skipped: KEYWARD_TEST_POSTGRES_BIN is not set");
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        certificates(folder);
        fs::write(folder.join("password"), PASSWORD).unwrap();
        let rule = format!("{connections} all all 127.0.0.1/32 scram-sha-256\n");
        fs::write(folder.join("pg_hba.conf"), rule).unwrap();
        if is_root() {
            complete(Command::new("chown").args(["-R", USER]).arg(folder));
        }

        let mut initdb = command(&bin.join("initdb"));
        initdb.args([
            "--username=keyward",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        initdb.arg("--pwfile").arg(folder.join("password"));
        complete(initdb.arg(folder.join("data")));

        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut postgres = command(&bin.join("postgres"));
        postgres.arg("-D").arg(folder.join("data"));
        for setting in [
            format!("port={port}"),
            format!("ssl={ssl}"),
            format!("hba_file={}", folder.join("pg_hba.conf").display()),
            format!("ssl_cert_file={}", folder.join("server.pem").display()),
            format!("ssl_key_file={}", folder.join("server.key").display()),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "fsync=off".to_owned(),
        ] {
            postgres.arg("-c").arg(setting);
        }
        let log = fs::File::create(folder.join("log")).unwrap();
        let child = postgres
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { child, home, port };
        server.wait();
        Some(server)
    }

    #[expect(clippy::unwrap_used, reason = "a test's setting")]
    fn wait(&mut self) {
        for _ in 0..400 {
            let log = fs::read_to_string(self.home.path().join("log")).unwrap();
            if log.contains("ready to accept connections") && TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            assert!(self.child.try_wait().unwrap().is_none(), "PostgreSQL ended: {log}");
            sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL was not ready within twenty seconds");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The quick end: nothing is kept.
        let quit = format!("kill -QUIT {}", self.child.id());
        let _ = Command::new("sh").args(["-c", &quit]).status();
        let _ = self.child.wait();
    }
}

/// A program as PostgreSQL's user, where this one is root.
fn command(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args([
            &format!("--reuid={USER}"),
            &format!("--regid={USER}"),
            "--init-groups",
            "--",
        ]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

#[expect(clippy::unwrap_used, reason = "a test's setting")]
fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

#[expect(clippy::unwrap_used, reason = "a test's setting")]
fn complete(command: &mut Command) {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {errors}");
}

/// `ca.pem` and another one, `server.pem` by the first, and its key.
#[expect(clippy::unwrap_used, reason = "a test's setting")]
fn certificates(folder: &Path) {
    let (root, issuer) = authority();
    fs::write(folder.join("ca.pem"), root).unwrap();
    fs::write(folder.join("other.pem"), authority().0).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("server.pem"), server.pem()).unwrap();
    fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
}

#[expect(clippy::unwrap_used, reason = "a test's setting")]
fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap().pem();
    (root, Issuer::new(params, key))
}
