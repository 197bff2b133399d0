//! `keyward login`, `keyward logout` and `keyward whoami`.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{Browser, Client, Keyward, Realm, Terminal, new_server, run, run_with};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_password_logs_in_and_the_login_is_for_its_user_alone() {
    let (_server, terminal) = new_server();
    let url = &terminal.url;
    let said = terminal.login();
    let expected = format!("logged in at {url} as admin of realm master (client admin-cli)\n");
    assert_eq!(said, expected);
    assert_eq!(mode(&terminal.kept()), 0o700);
    assert_eq!(mode(&terminal.kept().join("logins.json")), 0o600);
    assert_eq!(terminal.run(&["whoami"]), expected);
    let who = terminal.json(&["whoami"]);
    assert_eq!((&who["username"], &who["realm"]), (&"admin".into(), &"master".into()));
    assert!(terminal.run(&["realm", "list"]).contains("  master"));

    fs::set_permissions(terminal.kept().join("logins.json"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(terminal.refused(&["whoami"]).starts_with("others may read "));
}

#[test]
fn the_password_comes_from_a_file_or_from_stdin() {
    let (_server, terminal) = new_server();
    let file = terminal.path("password");
    fs::write(&file, format!("{}\nsecond line\n", terminal.password)).unwrap();
    let login = ["login", &terminal.url, "--username", "admin"];
    terminal.run(&[&login[..], &["--password-file", file.to_str().unwrap()]].concat());
    run_with(&mut terminal.command(&login), &terminal.password).printed();
    assert_eq!(
        terminal.refused(&login),
        "there is no password. Set KEYWARD_LOGIN_PASSWORD, name a --password-file, or type it"
    );
    let ended = run(&mut terminal.command(&[&login[..], &["--password", "geheim"]].concat()));
    assert_eq!(ended.status.code(), Some(2), "a password is no argument");
}

#[test]
fn a_browser_logs_in() {
    let (_server, terminal) = new_server();
    let mut command = Keyward::start(terminal.command(&["login", &terminal.url, "--no-browser"]));
    let url = command.login_address();
    for part in [
        "client_id=keyward-cli",
        "code_challenge_method=S256",
        "redirect_uri=http%3A%2F%2F127.0.0.1%3A",
    ] {
        assert!(url.contains(part), "{part} is not in {url}");
    }
    Browser::default().log_in_for_program(&url, "admin", &terminal.password);
    let url = &terminal.url;
    assert_eq!(
        command.ended().printed(),
        format!("logged in at {url} as admin of realm master (client keyward-cli)\n")
    );
    assert!(terminal.run(&["realm", "list"]).contains("  demo"));
}

/// A client of the realm that it administers, with nothing but the admin role for it.
fn deployer(terminal: &Terminal) -> Client {
    terminal.run(&["realm", "create", "shop"]);
    let made = terminal.json(&["client", "create", "--realm", "shop", "--id", "deployer"]);
    let roles = [
        "user",
        "roles",
        "add",
        "service-account-deployer",
        "manage-clients",
        "view-clients",
    ];
    terminal.run(&[&roles[..], &["--realm", "shop", "--client", "realm-management"]].concat());
    Client::new("deployer", made["secret"].as_str().unwrap())
}

#[test]
fn a_client_logs_in_as_itself_and_its_secret_is_not_kept() {
    let (_server, terminal) = new_server();
    terminal.login();
    let deployer = deployer(&terminal);
    let machine = terminal.of_another_user();
    let login = ["login", &terminal.url, "--realm", "shop", "--client-id", "deployer"];
    let mut command = machine.command(&login);
    let said = run(command.env("KEYWARD_CLIENT_SECRET", &deployer.secret)).printed();
    let url = &terminal.url;
    assert_eq!(
        said,
        format!("logged in at {url} as the client deployer of realm shop\n")
    );
    assert!(!machine.logins().to_string().contains(&deployer.secret));
    machine.run(&[
        "client",
        "create",
        "--realm",
        "shop",
        "--id",
        "made-by-machine",
        "--public",
    ]);
    assert_eq!(
        machine.refused(&["user", "list", "--realm", "shop"]),
        "your roles do not allow this in realm \"shop\". keyward whoami says who you are; ask whoever may to give you \
         the admin role for it"
    );

    // When its token has ended, the secret is needed again.
    machine.change_login(|login| login["expires_at"] = 1.into());
    let list = ["client", "list", "--realm", "shop"];
    assert!(machine.refused(&list).ends_with("set KEYWARD_CLIENT_SECRET"));
    let mut command = machine.command(&list);
    run(command.env("KEYWARD_CLIENT_SECRET", &deployer.secret)).printed();
    machine.run(&list);

    let mut wrong = machine.command(&login);
    let line = run(wrong.env("KEYWARD_CLIENT_SECRET", "not-the-secret")).failed();
    assert!(line.starts_with("keyward: the issuer refused: "), "{line}");
    assert!(!line.contains("not-the-secret"));
}

#[test]
fn an_access_token_that_ended_is_renewed_by_one_command_alone() {
    let (_server, terminal) = new_server();
    terminal.login();
    let before = terminal.logins()["logins"][0].clone();
    terminal.change_login(|login| login["expires_at"] = 1.into());
    let list = || {
        let mut command = terminal.command(&["realm", "list"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let commands: Vec<_> = (0..6).map(|_| list()).collect();
    for command in commands {
        let output = command.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let after = terminal.logins()["logins"][0].clone();
    for token in ["access_token", "refresh_token"] {
        assert_ne!(before[token], after[token], "{token}");
    }
    assert_eq!(mode(&terminal.kept().join("logins.json")), 0o600);
    terminal.run(&["whoami"]);
}

#[test]
fn a_login_that_has_ended_says_so() {
    let (_server, terminal) = new_server();
    terminal.login();
    let ended = format!(
        "the login at {url} has ended. Log in again with keyward login {url}",
        url = terminal.url
    );
    terminal.change_login(|login| {
        login["expires_at"] = 1.into();
        login["refresh_token"] = "canary-that-is-no-token".into();
    });
    assert_eq!(terminal.refused(&["realm", "list"]), ended);
    // Somebody ended it at the server.
    terminal.login();
    let realm = Realm::new(terminal.address(), "master");
    let token = terminal.logins()["logins"][0]["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = realm.post("revoke", &format!("client_id=admin-cli&token={token}"));
    assert_eq!(answer.status, 200);
    assert_eq!(terminal.refused(&["realm", "list"]), ended);
}

#[test]
fn a_login_that_fails_says_why() {
    let (server, terminal) = new_server();
    let url = terminal.url.clone();
    let login = |arguments: &[&str]| {
        let mut command = terminal.command(&[&["login"], arguments].concat());
        let line = run(command.env("KEYWARD_LOGIN_PASSWORD", "canary-wrong-password")).failed();
        assert!(!line.contains("canary"), "{line}");
        line.strip_prefix("keyward: ").unwrap().to_owned()
    };
    assert_eq!(
        login(&[&url, "--username", "admin"]),
        "the issuer refused: invalid_grant (Invalid user credentials)"
    );
    assert_eq!(
        login(&[&url, "--username", "admin", "--realm", "none"]),
        format!("there is no realm \"none\" at {url}. Name another with --realm")
    );
    assert!(login(&["id.example.com", "--username", "admin"]).starts_with("\"id.example.com\" is not the address"));
    let address = terminal.address().to_string();
    assert_eq!(
        login(&[&address, "--username", "admin"]),
        format!("{address:?} is not the address of a server: expected http://HOST, and the realm with --realm")
    );
    assert!(login(&["http://id.example.com", "--username", "admin"]).contains("must begin with https"));
    let secure = url.replace("http:", "https:");
    assert_eq!(
        login(&[&secure, "--username", "admin"]),
        format!("cannot reach {secure}: cannot connect: what answers there speaks no TLS: http, not https?")
    );
    assert!(!terminal.kept().exists(), "nothing is kept");

    terminal.login();
    server.stop();
    let refused = terminal.refused(&["realm", "list"]);
    assert!(refused.starts_with(&format!("cannot reach {url}: ")), "{refused}");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    assert!(login(&[&nowhere, "--username", "admin"]).starts_with(&format!("cannot reach {nowhere}: ")));
}

#[test]
fn logout_ends_the_tokens_even_those_that_were_copied() {
    let (_server, terminal) = new_server();
    terminal.login();
    let copied = terminal.logins()["logins"][0].clone();
    assert_eq!(terminal.run(&["logout"]), format!("logged out at {}\n", terminal.url));
    assert_eq!(terminal.logins()["logins"], Value::Array(vec![]));
    let realm = Realm::new(terminal.address(), "master");
    let token = copied["refresh_token"].as_str().unwrap();
    assert_eq!(realm.refresh("admin-cli", token).status, 400);
    assert_eq!(terminal.refused(&["logout"]), "nobody is logged in");
    assert_eq!(
        terminal.refused(&["whoami"]),
        "nobody is logged in. Log in to a server with keyward login URL"
    );
}

#[test]
fn logout_says_where_commands_go_now() {
    let ((_one, terminal), (_two, other)) = (new_server(), new_server());
    let url = &terminal.url;
    terminal.login();
    terminal.login_at(&other);
    assert_eq!(terminal.run(&["logout", url]), format!("logged out at {url}\n"));
    terminal.login();
    assert_eq!(
        terminal.run(&["logout"]),
        format!(
            "logged out at {url}; commands that name no server now go to {}\n",
            other.url
        )
    );
}

#[test]
fn commands_say_where_they_could_work() {
    let (_server, terminal) = new_server();
    let ended = terminal.ended(&["realm", "list"]);
    assert_eq!(ended.status.code(), Some(2));
    assert_eq!(
        ended.stderr,
        "keyward: say where: --config FILE or --data DIR for a database, or log in to a server with keyward login URL\n"
    );
    assert_eq!(
        terminal.refused(&["realm", "list", "--server", "https://other.example.com"]),
        "nobody is logged in at https://other.example.com. Log in with keyward login https://other.example.com"
    );
    // A database that is named wins over a login, and both at once are a mistake.
    terminal.login();
    let data = terminal.path("data");
    let data = data.to_str().unwrap();
    assert!(
        terminal
            .run(&["realm", "list", "--data", data, "--json"])
            .starts_with("{\"id\"")
    );
    assert!(terminal.run(&["realm", "list", "--json"]).starts_with("[{"));
    let both = terminal.ended(&["realm", "list", "--data", data, "--server", &terminal.url]);
    assert_eq!(both.status.code(), Some(2));
}
