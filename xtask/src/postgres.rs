//! A PostgreSQL server for one test run, thrown away afterwards.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::install::is_root;
use crate::service::{Service, Signal, command, free_port, wait_until};
use crate::shell::{Failure, Outcome, While, capture, heading, quiet, succeeds, target};

/// PostgreSQL refuses to run as root; Debian's packages make this user.
const USER: &str = "postgres";

/// The running server. Durable as in earnest (fsync on): the races of the storage suite must meet the real thing.
pub(crate) struct Postgres {
    service: Option<Service>,
    bin: PathBuf,
    home: PathBuf,
    port: u16,
    password: String,
}

impl Postgres {
    /// Makes a cluster with the programs in `bin` and starts it on a free port of 127.0.0.1.
    pub(crate) fn start(bin: &Path) -> Outcome<Self> {
        heading(capture(Command::new(bin.join("postgres")).arg("--version"))?.trim_end());
        let home = home()?;
        let mut server = Self {
            service: None,
            bin: bin.to_path_buf(),
            home,
            port: 0,
            password: password()?,
        };
        server.make_cluster()?;
        server.port = free_port()?;
        server.service = Some(server.spawn()?);
        server.wait()?;
        println!("ready on 127.0.0.1:{}", server.port);
        Ok(server)
    }

    /// `postgres://user:password@host:port/database`, of a superuser.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, name: &str) -> String {
        format!("postgres://keyward:{}@127.0.0.1:{}/{name}", self.password, self.port)
    }

    /// Makes an empty database; its URL.
    pub(crate) fn create(&self, name: &str) -> Outcome<String> {
        let mut createdb = Command::new(self.bin.join("createdb"));
        createdb
            .args(["--host=127.0.0.1", "--username=keyward", "--port"])
            .arg(self.port.to_string())
            .env("PGPASSWORD", &self.password)
            .arg(name);
        quiet(&mut createdb)?;
        Ok(self.url_of(name))
    }

    fn make_cluster(&self) -> Outcome {
        let secret = self.home.join("password");
        fs::write(&secret, &self.password).during("password file")?;
        if is_root() {
            quiet(Command::new("chown").arg("-R").arg(USER).arg(&self.home))?;
        }
        quiet(Command::new("chmod").args(["-R", "go-rwx"]).arg(&self.home))?;
        let mut initdb = command(&self.bin.join("initdb"), Signal::Int, user());
        initdb.args([
            "--username=keyward",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
        ]);
        initdb
            .arg(format!("--pwfile={}", secret.display()))
            .arg(self.home.join("data"))
            .current_dir("/");
        capture(&mut initdb)?;
        fs::remove_file(&secret).during("password file")
    }

    fn spawn(&self) -> Outcome<Service> {
        let log = File::create(self.log()).during("PostgreSQL's log")?;
        let mut postgres = command(&self.bin.join("postgres"), Signal::Int, user());
        postgres.arg("-D").arg(self.home.join("data")).current_dir("/");
        for setting in [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={}", self.port),
            format!("unix_socket_directories={}", self.sockets()),
            "max_connections=200".to_owned(),
        ] {
            postgres.arg("-c").arg(setting);
        }
        postgres.stdout(log.try_clone().during("PostgreSQL's log")?).stderr(log);
        Service::start(&mut postgres, Signal::Int)
    }

    fn wait(&mut self) -> Outcome {
        let log = self.log();
        let port = self.port.to_string();
        let mut is_ready = Command::new(self.bin.join("pg_isready"));
        let Some(service) = &mut self.service else {
            return Ok(());
        };
        is_ready.args([
            "--quiet",
            "--host=127.0.0.1",
            "--username=keyward",
            "--dbname=postgres",
            "--port",
            &port,
        ]);
        wait_until(service, "PostgreSQL", || succeeds(&mut is_ready))
            .map_err(|failure| Failure::new(format!("{failure}\n{}", fs::read_to_string(log).unwrap_or_default())))
    }

    /// The folder of the Unix socket, or none where its name would be longer than the system takes.
    fn sockets(&self) -> String {
        let folder = self.home.display().to_string();
        if folder.len() > 80 { String::new() } else { folder }
    }

    fn log(&self) -> PathBuf {
        self.home.join("log")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.service = None;
        // A folder that stays is swept by the next run.
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn user() -> Option<&'static str> {
    is_root().then_some(USER)
}

/// An empty folder: under `target`, or in the temporary folder where PostgreSQL's user cannot reach that.
fn home() -> Outcome<PathBuf> {
    let mut parent = target();
    if is_root() {
        let mut enter = command(Path::new("sh"), Signal::Int, user());
        if !succeeds(enter.args(["-c", "cd \"$1\"", "sh"]).arg(&parent)) {
            parent = std::env::temp_dir();
        }
    }
    sweep(&parent);
    let home = parent.join(format!("keyward-postgres-{}", std::process::id()));
    fs::create_dir_all(&home).during(home.display())?;
    Ok(home)
}

/// Removes what runs that were killed have left.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_prefix("keyward-postgres-")) else {
            continue;
        };
        if !Path::new("/proc").join(id).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// 128 random bits: other users of the machine can reach the port too.
pub(crate) fn password() -> Outcome<String> {
    let mut bytes = [0u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .during("/dev/urandom")?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
