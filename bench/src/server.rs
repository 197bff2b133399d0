use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::flow::Person;
use crate::machine;
use crate::request::Credentials;
use crate::scenario::Format;
use crate::{Failure, clock, pin};

/// Where the server's program and its data lie.
pub(crate) struct Installation {
    /// The program.
    pub(crate) program: PathBuf,
    /// The folder of the database, empty at the first start.
    pub(crate) data: PathBuf,
    /// The file that the server's log goes to.
    pub(crate) log: PathBuf,
}

/// A server that runs on the measured core, for as long as this value lives.
pub(crate) struct Server {
    process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// When its process was started.
    pub(crate) spawned: Instant,
    /// From the process's start to its line on stdout.
    pub(crate) ready_after: Duration,
    /// The start-up time that it states itself, in milliseconds.
    pub(crate) ready_ms: f64,
    clients: BTreeMap<String, DemoClient>,
    users: BTreeMap<String, Option<String>>,
    administrator: Person,
}

/// The line that `keyward dev --json` prints when it is ready, as far as the bench reads it.
#[derive(Deserialize)]
struct ReadyLine {
    base_url: String,
    clients: BTreeMap<String, DemoClient>,
    users: BTreeMap<String, Option<String>>,
    admin_username: String,
    admin_password: Option<String>,
    ready_ms: f64,
}

#[derive(Deserialize)]
struct DemoClient {
    client_secret: Option<String>,
}

const LONGEST_START: Duration = Duration::from_secs(30);
const LONGEST_STOP: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

impl Installation {
    /// Starts `keyward dev` on a free port and waits until it says that it is ready.
    pub(crate) fn start(&self) -> Result<Server, Failure> {
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = pin::command(pin::MEASURED_CORE, &self.program);
        command
            .args(["dev", "--json", "--listen", &listen.to_string(), "--data"])
            .arg(&self.data);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let spawned = clock::now();
        // From here on the process ends with this value, also when reading its line fails.
        let mut server = Server {
            process: command.spawn()?,
            address: listen,
            spawned,
            ready_after: Duration::ZERO,
            ready_ms: 0.0,
            clients: BTreeMap::new(),
            users: BTreeMap::new(),
            administrator: Person {
                username: String::new(),
                password: String::new(),
            },
        };
        let line = first_line(&mut server.process)?;
        server.ready_after = spawned.elapsed();
        let ready: ReadyLine =
            serde_json::from_str(&line).map_err(|error| format!("the server's line {line:?}: {error}"))?;
        let authority = ready.base_url.trim_start_matches("http://").trim_end_matches('/');
        server.address = authority
            .parse()
            .map_err(|_| format!("no address in base_url {}", ready.base_url))?;
        server.ready_ms = ready.ready_ms;
        server.clients = ready.clients;
        server.users = ready.users;
        server.administrator = Person {
            username: ready.admin_username,
            password: ready
                .admin_password
                .ok_or("the server printed no password of its administrator")?,
        };
        Ok(server)
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("keyward.db")
    }

    /// Makes a client whose tokens are of `format`, through the server's own command line. A running server learns of
    /// it a moment later.
    pub(crate) fn create_client(&self, format: Format) -> Result<Credentials, Failure> {
        let mut command = Command::new(&self.program);
        command.args([
            "client",
            "create",
            "--json",
            "--realm",
            "demo",
            "--audience",
            "backend-api",
        ]);
        command
            .arg("--id")
            .arg(format.client_id())
            .arg("--data")
            .arg(&self.data);
        match format {
            Format::Jwt(algorithm) => command.args(["--alg", algorithm.name()]),
            Format::Opaque => command.args(["--format", "opaque"]),
        };
        let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("{command:?} failed").into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

impl Server {
    /// A confidential client of the demo realm.
    pub(crate) fn demo_client(&self, client_id: &str) -> Result<Credentials, Failure> {
        let client_secret = self
            .clients
            .get(client_id)
            .and_then(|client| client.client_secret.clone());
        let client_secret = client_secret.ok_or_else(|| format!("the server printed no secret of {client_id}"))?;
        Ok(Credentials {
            client_id: client_id.to_owned(),
            client_secret,
        })
    }

    /// The password of a person of the demo realm.
    pub(crate) fn password(&self, username: &str) -> Result<&str, Failure> {
        let password = self.users.get(username).and_then(Option::as_deref);
        password.ok_or_else(|| format!("the server printed no password of {username}").into())
    }

    /// The administrator of the realm master.
    pub(crate) fn administrator(&self) -> &Person {
        &self.administrator
    }

    /// The id of its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Resident memory in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64, Failure> {
        machine::resident_kib(self.process())
    }

    /// Stops the server as an operator would (SIGTERM) and waits for its end.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        let terminated = Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.process.id())])
            .status()?;
        let deadline = clock::now() + LONGEST_STOP;
        while terminated.success() && self.process.try_wait()?.is_none() {
            if clock::now() > deadline {
                return Err("the server did not stop within 5 s of SIGTERM".into());
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads from a thread of its own, as a pipe has no time limit.
fn first_line(process: &mut Child) -> Result<String, Failure> {
    let stdout = process.stdout.take().ok_or("no stdout")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        let read = reader.read_line(&mut line).map(|_| line);
        // The receiver is gone when it waited too long.
        let _ = sender.send(read);
        // Goes on reading, or a further line of the server would break its pipe.
        let _ = std::io::copy(&mut reader, &mut std::io::sink());
    });
    let line = receiver
        .recv_timeout(LONGEST_START)
        .map_err(|_| "the server was not ready within 30 s")??;
    if line.is_empty() {
        Err("the server ended before it was ready".into())
    } else {
        Ok(line)
    }
}
