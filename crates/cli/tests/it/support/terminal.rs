//! An administrator's terminal: commands that find the login of their user.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Ended, Keyward, keyward, run};

/// A user of this machine, at a server.
pub(crate) struct Terminal {
    home: TempDir,
    pub(crate) url: String,
    pub(crate) password: String,
}

/// A server with an administrator, and their terminal. The first is stopped when dropped.
pub(crate) fn new_server() -> (Keyward, Terminal) {
    let home = tempfile::tempdir().unwrap();
    let (server, line) = Keyward::dev(&home.path().join("data"));
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    let terminal = Terminal {
        url: text("base_url"),
        password: text("admin_password"),
        home,
    };
    (server, terminal)
}

impl Terminal {
    /// Another user of the machine, at the same server.
    pub(crate) fn of_another_user(&self) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            url: self.url.clone(),
            password: self.password.clone(),
        }
    }

    /// Where the server is.
    pub(crate) fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// A folder of the user's.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The folder with the logins.
    pub(crate) fn kept(&self) -> PathBuf {
        self.path("config/keyward")
    }

    /// The file with the logins.
    pub(crate) fn logins(&self) -> Value {
        serde_json::from_slice(&fs::read(self.kept().join("logins.json")).unwrap()).unwrap()
    }

    /// Changes the one login that is kept.
    pub(crate) fn change_login(&self, change: impl FnOnce(&mut Value)) {
        let mut logins = self.logins();
        change(&mut logins["logins"][0]);
        fs::write(self.kept().join("logins.json"), logins.to_string()).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = keyward(arguments);
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command
    }

    /// Runs a command to its end. No token may show.
    #[track_caller]
    pub(crate) fn ended(&self, arguments: &[&str]) -> Ended {
        let ended = run(&mut self.command(arguments));
        let shows_a_token = ended.stdout.split(|sign| !is_of_a_token(sign)).any(is_token);
        assert!(!shows_a_token, "a token shows:\n{}", ended.stdout);
        ended
    }

    /// What a command prints that must succeed.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        self.ended(arguments).printed()
    }

    /// The same for one that prints JSON.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let printed = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(printed.lines().count(), 1, "{printed}");
        serde_json::from_str(&printed).unwrap()
    }

    /// The line of one that must fail, without what stands before every line.
    #[track_caller]
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let line = self.ended(arguments).failed();
        line.strip_prefix("keyward: ").unwrap().to_owned()
    }

    /// Runs `keyward login` as the administrator with a password.
    #[track_caller]
    pub(crate) fn login(&self) -> String {
        self.login_at(self)
    }

    /// The same at the server of another terminal.
    #[track_caller]
    pub(crate) fn login_at(&self, other: &Self) -> String {
        let mut command = self.command(&["login", &other.url, "--username", "admin"]);
        run(command.env("KEYWARD_LOGIN_PASSWORD", &other.password)).printed()
    }
}

fn is_of_a_token(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.')
}

/// Three parts, of which the first is an object. A certificate can have the letters too, but no dot.
fn is_token(word: &str) -> bool {
    word.starts_with("eyJ") && word.matches('.').count() >= 2
}

#[test]
fn a_token_is_known_by_its_form() {
    assert!(is_token("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"));
    assert!(!is_token("eyJgnTxBS13QV0x") && !is_token("a.b.c"));
}
