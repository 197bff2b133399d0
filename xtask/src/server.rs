//! Servers for the clients to talk to: a `keyward dev` on SQLite, a `keyward serve` on PostgreSQL.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use crate::service::{Service, Signal, command, free_port};
use crate::shell::{Failure, Outcome, While, heading, target};
use crate::tally::Tally;

mod clients;
mod serve;

/// The running server, with a folder of its own.
pub(crate) struct Server {
    name: &'static str,
    service: Service,
    home: PathBuf,
    env: Vec<(String, String)>,
}

impl Server {
    /// `keyward dev` on SQLite, started twice: the second start must keep what the first one made.
    pub(crate) fn dev() -> Outcome<Self> {
        heading("keyward dev");
        let home = empty("interop/server")?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let (mut first, made) = dev(&home, &listen)?;
        first.stop()?;
        let mut env = clients::create(&home.join("data"))?;
        let (service, kept) = dev(&home, &listen)?;
        env.push(("KEYWARD_ISSUER".to_owned(), text(&kept, "/issuer")?));
        env.push(("KEYWARD_ADMIN_URL".to_owned(), format!("http://{listen}")));
        env.push(("KEYWARD_ADMIN_USER".to_owned(), text(&kept, "/admin/username")?));
        let secrets = [
            ("/clients/backend-service/client_secret", "backend-service", "SECRET"),
            ("/clients/backend-api/client_secret", "backend-api", "SECRET"),
            ("/users/alice", "alice", "PASSWORD"),
            ("/users/bob", "bob", "PASSWORD"),
            ("/admin/password", "admin", "PASSWORD"),
        ];
        for (pointer, name, what) in secrets {
            let secret = text(&kept, pointer)?;
            if text(&made, pointer)? != secret {
                return Err(Failure::new(format!("the second start changed the secret of {name}")));
            }
            env.push((clients::variable(name, what), secret));
        }
        println!("ready at {listen}");
        Ok(Self {
            name: "keyward dev",
            service,
            home,
            env,
        })
    }

    /// The command that it was started with.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Issuer, secrets and passwords, as the clients read them from their environment.
    pub(crate) fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// Ends it in order, and looks for secrets in its log.
    pub(crate) fn finish(mut self) -> Tally {
        let mut tally = Tally::default();
        let ended = self.service.stop().is_ok_and(|status| status.success());
        tally += verdict(&format!("{} drains and ends with 0 on SIGTERM", self.name), ended);
        let log = fs::read_to_string(log(&self.home)).unwrap_or_default();
        let is_secret = |name: &str| name.ends_with("_SECRET") || name.ends_with("_PASSWORD");
        let mut secrets = self.env.iter().filter(|(name, _)| is_secret(name));
        let clean = secrets.all(|(_, secret)| !log.contains(secret)) && !log.contains("eyJ");
        tally += verdict(&format!("{} logs neither a secret nor a token", self.name), clean);
        tally
    }
}

fn verdict(what: &str, passed: bool) -> Tally {
    println!("{} {what}", if passed { "ok    " } else { "FAILED" });
    Tally::of(passed)
}

fn keyward() -> PathBuf {
    target().join("debug/keyward")
}

fn log(home: &Path) -> PathBuf {
    home.join("log")
}

/// An empty folder under `target`.
fn empty(name: &str) -> Outcome<PathBuf> {
    let home = target().join(name);
    if home.exists() {
        fs::remove_dir_all(&home).during(home.display())?;
    }
    fs::create_dir_all(&home).during(home.display())?;
    Ok(home)
}

fn append(home: &Path) -> Outcome<File> {
    let mut log_file = File::options();
    log_file.create(true).append(true);
    log_file.open(log(home)).during("the server's log")
}

/// Starts it and reads the one line that it prints when ready.
fn dev(home: &Path, listen: &str) -> Outcome<(Service, Value)> {
    let mut dev = command(&keyward(), Signal::Term, None);
    dev.arg("dev")
        .arg("--data")
        .arg(home.join("data"))
        .args(["--listen", listen, "--json"]);
    dev.stdout(Stdio::piped()).stderr(append(home)?);
    let mut service = Service::start(&mut dev, Signal::Term)?;
    let stdout = service
        .stdout()
        .ok_or_else(|| Failure::new("keyward dev has no stdout"))?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        // The receiver has gone when it waited too long.
        let _ = sender.send(read.map(|_| line));
    });
    let failed = |why: String| {
        let log = fs::read_to_string(log(home)).unwrap_or_default();
        Failure::new(format!("keyward dev: {why}\n{log}"))
    };
    let line = receiver
        .recv_timeout(Duration::from_secs(30))
        .map_err(|error| failed(error.to_string()))?;
    let line = line.map_err(|error| failed(error.to_string()))?;
    let ready = serde_json::from_str(&line).map_err(|error| failed(format!("{error} in its line: {line:?}")))?;
    Ok((service, ready))
}

fn text(value: &Value, pointer: &str) -> Outcome<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("keyward printed no {pointer}")))
}
