//! `keyward dev`, and its line for scripts.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::{Client, Keyward, Realm, Site, keyward, ready_address, run};

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn one_line_of_json_says_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (process, line) = Keyward::dev(folder.path());
    assert_eq!(
        members(&line),
        [
            "issuer",
            "base_url",
            "demo_api",
            "admin",
            "admin_username",
            "admin_password",
            "clients",
            "users",
            "ready_ms"
        ]
        .into()
    );
    let base_url = line["base_url"].as_str().unwrap();
    assert_eq!(line["issuer"], format!("{base_url}/realms/demo"));
    assert_eq!(members(&line["admin"]), ["username", "password"].into());
    assert_eq!(line["admin"]["username"], "admin");
    assert_eq!(line["admin_username"], line["admin"]["username"]);
    assert_eq!(line["admin_password"], line["admin"]["password"]);
    assert_eq!(members(&line["clients"]), ["backend-api", "backend-service"].into());
    for client in ["backend-api", "backend-service"] {
        assert_eq!(members(&line["clients"][client]), ["client_secret"].into());
        assert!(line["clients"][client]["client_secret"].as_str().unwrap().len() >= 32);
    }
    assert_eq!(members(&line["users"]), ["alice", "bob"].into());
    assert!(line["users"]["alice"].as_str().unwrap().len() >= 16);
    assert!(line["ready_ms"].is_u64());
    let realm = Realm::of_dev(&line);
    assert_eq!(realm.metadata(&[]).json()["issuer"], line["issuer"]);
    let ended = process.stop();
    assert_eq!(ended.stdout.lines().count(), 1, "{}", ended.stdout);
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_second_start_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    // The issuer is a part of the tokens, so the second start takes the same port, on an address where no other
    // test takes one meanwhile.
    let at = |port: u16| keyward(&["dev", "--listen", &format!("127.0.0.2:{port}")]);
    let (first, before) = Keyward::dev_with(at(0), folder.path());
    let (realm, service) = (Realm::of_dev(&before), Client::of_dev(&before, "backend-service"));
    let (token, revoked) = (realm.token(&service), realm.token(&service));
    assert_eq!(realm.revoke(&service, &revoked).status, 200);
    first.stop();

    let (_second, after) = Keyward::dev_with(at(realm.address.port()), folder.path());
    for member in ["issuer", "base_url", "admin", "clients", "users"] {
        assert_eq!(before[member], after[member], "{member}");
    }
    let api = Client::of_dev(&after, "backend-api");
    assert!(realm.is_active(&api, &token));
    assert!(!realm.is_active(&api, &revoked));
}

#[test]
fn what_was_generated_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new/folder");
    let (process, _) = Keyward::dev(&data);
    let mode = |path: &str| fs::metadata(data.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("dev.json"), 0o600);
    assert_eq!(mode("sealing.key"), 0o600);
    assert_eq!(mode("guard.toml"), 0o600);
    assert_eq!(mode("guard.secret"), 0o600);
    for file in ["keyward.db", "keyward.db-wal", "keyward.db-shm"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    assert_eq!(mode(""), 0o700);
    drop(process);
}

#[test]
fn a_secret_changed_since_is_null() {
    let folder = tempfile::tempdir().unwrap();
    let (first, before) = Keyward::dev(folder.path());
    let old = Client::of_dev(&before, "backend-service");
    let mut rotate = keyward(&["client", "rotate-secret", "--realm", "demo", "--json"]);
    rotate.args(["--id", "backend-service", "--data"]).arg(folder.path());
    let fresh = Client::of_command(&run(&mut rotate).printed());
    assert_ne!(old.secret, fresh.secret);
    first.stop();

    let (_second, after) = Keyward::dev(folder.path());
    assert_eq!(after["clients"]["backend-service"], json!({ "client_secret": null }));
    assert_eq!(after["clients"]["backend-api"], before["clients"]["backend-api"]);
    assert_eq!(after["users"], before["users"]);
    let realm = Realm::of_dev(&after);
    realm.token(&fresh);
    realm.token(&old);
}

#[test]
fn the_environment_names_the_first_administrator() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = keyward(&["dev", "--listen", "127.0.0.1:0"]);
    command.env("KEYWARD_BOOTSTRAP_ADMIN_USERNAME", "root");
    command.env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", "correct horse");
    let (first, line) = Keyward::dev_with(command, folder.path());
    assert_eq!(
        line["admin"],
        json!({ "username": "root", "password": "correct horse" })
    );
    first.stop();
    let (_second, line) = Keyward::dev(folder.path());
    assert_eq!(
        line["admin"],
        json!({ "username": "root", "password": "correct horse" })
    );
}

#[test]
fn a_name_without_a_password_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = keyward(&["dev", "--listen", "127.0.0.1:0", "--data"]);
    command
        .arg(folder.path())
        .env("KEYWARD_BOOTSTRAP_ADMIN_USERNAME", "root");
    let line = run(&mut command).failed();
    assert!(
        line.contains("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD is not. Set both"),
        "{line}"
    );
}

#[test]
fn two_on_one_folder_are_one_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let (first, line) = Keyward::dev(folder.path());
    let mut second = keyward(&["dev", "--listen", "127.0.0.1:0", "--data"]);
    let said = run(second.arg(folder.path())).failed();
    assert!(
        said.starts_with("keyward: another keyward dev uses the data folder "),
        "{said}"
    );
    first.stop();
    let (_again, after) = Keyward::dev(folder.path());
    assert_eq!(line["clients"], after["clients"]);
}

#[test]
fn without_its_notes_the_names_are_still_there() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = Keyward::dev(folder.path());
    first.stop();
    fs::remove_file(folder.path().join("dev.json")).unwrap();
    let (_second, line) = Keyward::dev(folder.path());
    assert_eq!(line["admin"], json!({ "username": "admin", "password": null }));
    assert_eq!(line["users"], json!({ "alice": null, "bob": null }));
    assert_eq!(line["clients"]["backend-service"], json!({ "client_secret": null }));
}

/// `serve` on what `dev` made finds the administrator there and does not try to make another of the same name.
#[test]
fn serve_goes_on_with_the_data_of_dev() {
    let mut site = Site::new();
    let data = site.path("data");
    let (first, line) = Keyward::dev(&data);
    first.stop();
    fs::copy(data.join("sealing.key"), site.path("sealing.key")).unwrap();
    site.database = Some(format!("sqlite:{}/keyward.db", data.display()));
    let config = site.config();
    let mut command = keyward(&["serve", "--config"]);
    command
        .arg(config)
        .env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", "another one");
    let mut node = Keyward::start(command);
    let address = node.line("ready", |node| ready_address(&node.stderr(), "listen"));
    assert!(!node.stderr().contains("has no administrator"), "{}", node.stderr());
    Realm::new(address, "demo").token(&Client::of_dev(&line, "backend-service"));
}

#[test]
fn notes_that_are_damaged_are_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let (first, _) = Keyward::dev(folder.path());
    first.stop();
    fs::write(folder.path().join("dev.json"), r#"{"admin": "hunter2"}"#).unwrap();
    let mut again = keyward(&["dev", "--listen", "127.0.0.1:0", "--data"]);
    let said = run(again.arg(folder.path())).failed();
    assert!(
        said.contains("dev.json:1: this is not what keyward dev wrote"),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "{said}");
}
