//! What `keyward dev` tells a person: every command under "Try" works when pasted into `sh`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{Keyward, get, keyward, post, run};

#[test]
fn every_command_under_try_works() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: there is no curl");
        return;
    }
    let (_process, text) = announced();
    // Empty lines part the commands; together they are what most people paste.
    assert_eq!(block(&text).trim().split("\n\n").count(), 12, "{text}");
    let printed = sh(&block(&text));
    let lines: Vec<&str> = printed.lines().filter(|line| !line.is_empty()).collect();
    let [token, before, after, keys, guarded @ .., of_alice, userinfo, refreshed] = lines.as_slice() else {
        panic!("{printed}");
    };
    let [none, scope, beyond, seen, paid, revoked, elsewhere, limited @ ..] = guarded else {
        panic!("{printed}");
    };
    assert_eq!([none, scope, beyond], [&"401", &"200", &"403"], "{printed}");
    let seen: Value = serde_json::from_str(seen).unwrap();
    assert_eq!(seen["caller"]["client_id"], "backend-service");
    assert_eq!([paid, revoked, elsewhere], [&"200", &"401", &"200"], "{printed}");
    assert_eq!(limited, ["200", "200", "200", "429"], "{printed}");
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(before.contains("\"active\":true"), "{before}");
    assert!(before.contains("orders:read"), "{before}");
    assert!(after.contains("\"active\":false"), "{after}");
    assert!(keys.starts_with("{\"keys\":["), "{keys}");
    assert_eq!(of_alice.split('.').count(), 3, "{of_alice}");
    let userinfo: Value = serde_json::from_str(userinfo).unwrap();
    assert_eq!(userinfo["preferred_username"], "alice");
    assert_eq!(userinfo["given_name"], "Alice");
    let refreshed: Value = serde_json::from_str(refreshed).unwrap();
    for name in ["access_token", "refresh_token", "id_token"] {
        assert!(refreshed[name].is_string(), "{name} is not in {refreshed}");
    }
    let widest = text.lines().map(str::len).max().unwrap();
    assert!(widest <= 80, "{widest} columns");
}

/// The link leads to a page that runs nothing but its own script and knows the way to the login.
#[test]
fn the_link_leads_to_a_page_that_logs_in() {
    let ((mut process, _folder), text) = announced();
    let address: SocketAddr = process.line("the link", |_| {
        let (_, rest) = text.split_once("  Log in    http://")?;
        rest.split_once("/demo?login=alice\n")?.0.parse().ok()
    });
    let page = get(address, "/demo?login=alice", &[]);
    assert_eq!(page.status, 200);
    assert_eq!(page.header("x-frame-options"), Some("DENY"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let (_, rest) = page.body.split_once(open).unwrap();
        let text = rest.split_once(close).unwrap().0;
        assert!(policy.contains(&sha256(text)), "{open}");
        // What stands in no hash would not run, and is not there.
        assert_eq!(page.body.matches(open).count(), 1);
    }
    assert!(!page.body.contains(" style=") && !page.body.contains(" onclick="));
    assert_eq!(get(address, "/", &[]).header("location"), Some("/demo"));
    assert_eq!(post(address, "/demo", &[], "").status, 405);
    // Both of its clients may send people back there.
    for client_id in ["frontend-app", "third-party-app"] {
        let query = format!(
            "client_id={client_id}&redirect_uri=http://{address}/demo&response_type=code&scope=openid&\
             code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
        let login = get(
            address,
            &format!("/realms/demo/protocol/openid-connect/auth?{query}"),
            &[],
        );
        assert_eq!(login.status, 200, "{client_id}");
        assert!(login.body.contains("kc-form-login"), "{client_id}");
    }
}

#[test]
fn without_alices_password_the_rest_still_works() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = Keyward::dev(folder.path());
    first.stop();
    let mut change = keyward(&["user", "set-password", "alice", "--realm", "demo", "--data"]);
    change
        .arg(folder.path())
        .env("KEYWARD_USER_PASSWORD", "another long one");
    run(&mut change).printed();
    let (_process, text) = announced_in(folder.path());
    assert!(text.contains("alice / (changed since)   bob / "), "{text}");
    assert_eq!(block(&text).trim().split("\n\n").count(), 9, "{text}");
    assert!(!text.contains("a person logs in"), "{text}");
}

#[test]
fn the_text_is_plain_and_tells_what_is_unsafe() {
    let (_process, text) = announced();
    assert!(!text.contains('\u{1b}'), "{text}");
    for part in [
        "dev mode, data in",
        "Issuer    http://127.0.0.1:",
        "alice / ",
        "backend-service / ",
        "backend-api / ",
        "frontend-app, third-party-app",
        "Demo API  http://127.0.0.1:",
        "and at /orders only when it has ended",
        "bob / ",
        "Dev mode speaks plain http and prints passwords",
        "\n            two wrong passwords within a second lock an account for a minute\n",
        "Next: README.md#protect-an-api and #log-people-in",
        "Stop: Ctrl-C",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

fn announced() -> ((Keyward, tempfile::TempDir), String) {
    let folder = tempfile::tempdir().unwrap();
    let (process, text) = announced_in(folder.path());
    ((process, folder), text)
}

fn announced_in(data: &Path) -> (Keyward, String) {
    let mut command = keyward(&["dev", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(data);
    let mut process = Keyward::start(command);
    let text = process.line("the announcement", |process| {
        Some(process.stdout()).filter(|text| text.contains("Ctrl-C\n"))
    });
    (process, text)
}

/// The hash of an inline text as a policy names it.
fn sha256(text: &str) -> String {
    let hash = keyward_jose::digest::sha256(text.as_bytes());
    format!("'sha256-{}'", keyward_jose::digest::b64_encode(&hash))
}

/// The lines under "Try".
fn block(text: &str) -> String {
    let (_, block) = text.split_once("\n  Try\n").unwrap();
    let lines = block
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("    "));
    lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
}

fn sh(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", script]).env("TMPDIR", folder.path());
    let Output { status, stdout, stderr } = shell.output().unwrap();
    assert!(status.success(), "{script}\n{}", String::from_utf8_lossy(&stderr));
    assert_eq!(String::from_utf8(stderr).unwrap(), "");
    String::from_utf8(stdout).unwrap()
}
