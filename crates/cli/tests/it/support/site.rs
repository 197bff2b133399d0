//! A place where `keyward serve` runs: a folder with a configuration, a sealing key and a database.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::{Application, Client, Keyward, Realm, keyward, run};

/// The URL that clients know; nothing in a test resolves it.
const PUBLIC_URL: &str = "https://id.example.com";

/// The lines of each table, beside what every test needs.
#[derive(Default)]
pub(crate) struct Site {
    folder: Option<TempDir>,
    /// `database.url`; SQLite in the folder when absent.
    pub(crate) database: Option<String>,
    /// `server.public_url`; [`PUBLIC_URL`] when absent.
    pub(crate) public_url: Option<String>,
    /// More lines of `[server]`. `listen` is a free port of 127.0.0.1 unless it stands here.
    pub(crate) server: String,
    /// More tables.
    pub(crate) tables: String,
}

impl Site {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = run(&mut keyward(&["key", "generate"])).printed();
        fs::write(folder.path().join("sealing.key"), key).unwrap();
        Self {
            folder: Some(folder),
            ..Self::default()
        }
    }

    /// A site on another database, for one more node with the same key.
    pub(crate) fn on(database: &str) -> Self {
        Self {
            database: Some(database.to_owned()),
            ..Self::new()
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub(crate) fn sealing_key(&self) -> String {
        fs::read_to_string(self.path("sealing.key")).unwrap().trim().to_owned()
    }

    /// Writes the configuration.
    pub(crate) fn config(&self) -> PathBuf {
        let folder = self.folder().display();
        let sqlite = format!("sqlite:{folder}/keyward.db");
        let database = self.database.as_ref().unwrap_or(&sqlite);
        let listen = if self.server.lines().any(|line| line.starts_with("listen =")) {
            ""
        } else {
            "listen = \"127.0.0.1:0\"\n"
        };
        let Self { server, tables, .. } = self;
        let public_url = self.public_url.as_deref().unwrap_or(PUBLIC_URL);
        let text = format!(
            "[server]\npublic_url = \"{public_url}\"\n{listen}{server}\n[database]\nurl = \"{database}\"\n\n\
             [sealing]\nkey_file = \"{folder}/sealing.key\"\n\n{tables}"
        );
        let path = self.path("keyward.toml");
        fs::write(&path, text).unwrap();
        path
    }

    /// A command with `--config` at its end.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = keyward(arguments);
        command.arg("--config").arg(self.config());
        command
    }

    /// Runs a command that must succeed.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        run(&mut self.command(arguments)).printed()
    }

    /// Starts the server and waits until it is ready.
    pub(crate) fn serve(&self) -> (Keyward, SocketAddr) {
        let mut node = Keyward::start(self.command(&["serve"]));
        let address = node.line("ready", |node| ready_address(&node.stderr(), "listen"));
        (node, address)
    }

    /// Makes the realm `demo` with a service and the API that it calls.
    pub(crate) fn realm(&self, address: SocketAddr, options: &[&str]) -> (Realm, Client, Client) {
        self.run(&["realm", "create", "demo"]);
        let create = ["client", "create", "--realm", "demo", "--json", "--id"];
        let service = self.run(&[&create[..], &["service", "--audience", "api"], options].concat());
        let api = self.run(&[&create[..], &["api"]].concat());
        (
            Realm::new(address, "demo"),
            Client::of_command(&service),
            Client::of_command(&api),
        )
    }
}

/// The public client that [`Site::people`] makes.
pub(crate) const APPLICATION: Application = Application {
    client_id: "app",
    redirect_uri: "https://app.example.com/cb",
};

/// Alice's password there.
pub(crate) const PASSWORD: &str = "canary-password-of-alice";

impl Site {
    /// Makes a public client with the code flow and the password grant, and alice, in the realm `demo`.
    pub(crate) fn people(&self) {
        self.run(&[
            "client",
            "create",
            "--realm",
            "demo",
            "--public",
            "--id",
            APPLICATION.client_id,
            "--redirect-uri",
            APPLICATION.redirect_uri,
            "--post-logout-redirect-uri",
            "+",
            "--direct-access-grants",
            "--id-token",
            "mappers",
        ]);
        let mut create = self.command(&[
            "user",
            "create",
            "alice",
            "--realm",
            "demo",
            "--email",
            "alice@example.com",
            "--first-name",
            "Alice",
        ]);
        run(create.env("KEYWARD_USER_PASSWORD", PASSWORD)).printed();
    }
}

/// An address from the log line that says that the server is ready.
pub(crate) fn ready_address(log: &str, name: &str) -> Option<SocketAddr> {
    let line = log.lines().find(|line| line.contains("ready listen="))?;
    let value = line
        .split(' ')
        .find_map(|word| word.strip_prefix(&format!("{name}=")))?;
    Some(value.parse().unwrap())
}
