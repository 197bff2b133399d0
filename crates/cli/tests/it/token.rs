//! `keyward token request`: against `keyward dev`, as any OAuth client.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{Browser, Client, Keyward, keyward, run, run_with};

struct Server {
    folder: tempfile::TempDir,
    process: Keyward,
    line: Value,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (process, line) = Keyward::dev(folder.path());
        Self { folder, process, line }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = keyward(&["token", "request", "--issuer"]);
        command.arg(self.line["issuer"].as_str().unwrap()).args(arguments);
        command
    }

    /// The folder alone says where the server listens: the port is any.
    fn demo(&self, arguments: &[&str]) -> Command {
        let mut command = keyward(&["token", "request", "--demo", "--data"]);
        command.arg(self.folder.path()).args(arguments);
        command
    }
}

fn is_token(text: &str) -> bool {
    text.split('.').count() == 3 && text.starts_with("eyJ")
}

#[test]
fn the_token_alone_is_on_stdout() {
    let server = Server::start();
    let ended = run(&mut server.demo(&["--scope", "orders:read", "--scope", "payments:create"]));
    assert!(ended.status.success(), "{}", ended.stderr);
    assert!(is_token(ended.stdout.strip_suffix('\n').unwrap()), "{}", ended.stdout);
    let issuer = server.line["issuer"].as_str().unwrap();
    let begin = format!("a token for backend-service of {issuer}, for ");
    assert!(ended.stderr.starts_with(&begin), "{}", ended.stderr);
    for scope in ["orders:read", "payments:create"] {
        assert!(ended.stderr.contains(scope), "{}", ended.stderr);
    }
    let printed = run(&mut server.demo(&["--json"])).printed();
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert!(is_token(printed["access_token"].as_str().unwrap()));
    assert_eq!(printed["token_type"], "Bearer");
    assert!(
        (290..=300).contains(&printed["expires_in"].as_u64().unwrap()),
        "{printed}"
    );
    assert!(printed.get("refresh_token").is_none());
}

#[test]
fn a_secret_comes_from_the_environment_a_file_or_stdin_and_from_nowhere_else() {
    let server = Server::start();
    let service = Client::of_dev(&server.line, "backend-service");
    let file = server.folder.path().join("secret");
    fs::write(&file, format!("{}\nsecond line\n", service.secret)).unwrap();
    let client = ["--client-id", "backend-service"];
    let mut by_env = server.command(&client);
    by_env
        .args(["--client-secret-env", "MINE"])
        .env("MINE", &service.secret);
    let mut by_file = server.command(&client);
    by_file
        .args(["--client-auth", "post", "--client-secret-file"])
        .arg(&file);
    for command in [&mut by_env, &mut by_file] {
        assert!(is_token(run(command).printed().trim()));
    }
    let mut by_stdin = server.command(&client);
    let ended = run_with(by_stdin.args(["--client-secret-file", "-"]), &service.secret);
    assert!(is_token(ended.printed().trim()));

    let line = run(&mut server.command(&client)).failed();
    assert_eq!(
        line,
        "keyward: there is no client secret: give --client-secret-env or --client-secret-file"
    );
    let mut nowhere = keyward(&["token", "request", "--demo", "--data", "no-such-folder"]);
    assert_eq!(
        run(&mut nowhere).failed(),
        "keyward: there is no folder no-such-folder here: start keyward dev here, or name its folder with --data"
    );
    let mut unset = server.command(&client);
    let line = run(unset.args(["--client-secret-env", "MINE"])).failed();
    assert_eq!(line, "keyward: the environment variable MINE is not set");
    let mut argument = server.command(&client);
    let ended = run(argument.args(["--client-secret", "geheim"]));
    assert_eq!(ended.status.code(), Some(2), "a secret is no argument");
}

#[test]
fn a_refusal_says_why() {
    let server = Server::start();
    let mut wrong = server.command(&["--client-id", "backend-service", "--client-secret-env", "MINE"]);
    let line = run(wrong.env("MINE", "not-the-secret")).failed();
    assert!(
        line.starts_with("keyward: the issuer refused: invalid_client ("),
        "{line}"
    );
    assert!(!line.contains("not-the-secret"));
    let line = run(&mut server.demo(&["--scope", "nothing:such"])).failed();
    assert!(
        line.starts_with("keyward: the issuer refused: invalid_scope ("),
        "{line}"
    );
    let mut elsewhere = keyward(&["token", "request", "--client-id", "x", "--client-secret-env", "MINE"]);
    let at = |command: &mut Command, issuer: &str| run(command.env("MINE", "x").args(["--issuer", issuer])).failed();
    let line = at(&mut elsewhere, "http://127.0.0.1:1/realms/x");
    assert!(line.contains("the issuer's metadata"), "{line}");
    let mut plain = keyward(&["token", "request", "--client-id", "x", "--client-secret-env", "MINE"]);
    let line = at(&mut plain, "http://id.example.com");
    assert!(line.contains("the issuer cannot be asked"), "{line}");
}

/// A person logs in at the printed address; the browser comes back to a port that is open for this login alone.
#[test]
fn a_person_logs_in_and_the_tokens_are_refreshed() {
    let server = Server::start();
    let arguments = [
        "--grant",
        "authorization_code",
        "--no-browser",
        "--json",
        "--scope",
        "openid profile",
    ];
    let mut command = Keyward::start(server.demo(&arguments));
    let url = command.login_address();
    let password = server.line["users"]["alice"].as_str().unwrap();
    Browser::default().log_in_for_program(&url, "alice", password);
    let ended = command.ended();
    let tokens: Value = serde_json::from_str(&ended.printed()).unwrap();
    for name in ["access_token", "id_token"] {
        assert!(is_token(tokens[name].as_str().unwrap()), "{name}");
    }

    let mut refresh = server.demo(&["--grant", "refresh_token", "--refresh-token-file", "-", "--json"]);
    let refreshed = run_with(&mut refresh, tokens["refresh_token"].as_str().unwrap()).printed();
    let refreshed: Value = serde_json::from_str(&refreshed).unwrap();
    assert_ne!(refreshed["access_token"], tokens["access_token"]);
    assert!(refreshed["refresh_token"].is_string());
    server.process.stop();
}

#[test]
fn a_login_that_nobody_begins_ends() {
    let server = Server::start();
    let arguments = ["--grant", "authorization_code", "--no-browser", "--wait", "0"];
    let ended = run(&mut server.demo(&arguments));
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        ended.stderr.ends_with("\nkeyward: nobody logged in in time\n"),
        "{}",
        ended.stderr
    );
}
