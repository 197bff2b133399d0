//! `keyward serve` on SQLite: a configuration, a database, a first administrator.

use std::fs;

use rusqlite::Connection;

use crate::support::{Keyward, Realm, Site, get, ready_address};

#[test]
fn it_serves_what_the_commands_made() {
    let site = Site::new();
    let (node, address) = site.serve();
    let (realm, service, api) = site.realm(address, &[]);
    let token = realm.token(&service);
    assert!(realm.is_active(&api, &token));
    assert_eq!(realm.revoke(&service, &token).status, 200);
    assert!(!realm.is_active(&api, &token));
    let ended = node.stop();
    assert_eq!(ended.stdout, "");
    for part in [
        "database brought to version 8",
        "ready listen=",
        "stopping: requests under way may finish",
    ] {
        assert!(ended.stderr.contains(part), "{part} is not in\n{}", ended.stderr);
    }
}

#[test]
fn the_issuer_never_comes_from_the_request() {
    let site = Site::new();
    let (_node, address) = site.serve();
    for headers in [
        &[("host", "evil.example")][..],
        &[("host", "evil.example:80"), ("x-forwarded-host", "evil.example")],
        &[
            ("forwarded", "host=evil.example;proto=https"),
            ("x-forwarded-port", "1"),
        ],
    ] {
        let answer = Realm::new(address, "master").metadata(headers);
        assert_eq!(answer.json()["issuer"], "https://id.example.com/realms/master");
        assert!(
            !answer.body.contains("evil") && !answer.body.contains("127.0.0.1"),
            "{}",
            answer.body
        );
    }
    // As a URL in the request line, which RFC 9112 §3.2.2 allows, too.
    let answer = get(
        address,
        "http://evil.example/realms/master",
        &[("host", "evil.example")],
    );
    assert!(answer.status == 200 && !answer.body.contains("evil"), "{answer:?}");
}

#[test]
fn every_answer_has_the_headers_of_a_page() {
    let site = Site::new();
    let (_node, address) = site.serve();
    for path in [
        "/realms/master",
        "/realms/none",
        "/nowhere",
        "/realms/master/protocol/openid-connect/token",
    ] {
        let answer = get(address, path, &[]);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "SAMEORIGIN"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
        assert!(
            answer
                .header("content-security-policy")
                .unwrap()
                .contains("frame-ancestors 'self'")
        );
        assert!(answer.header("x-request-id").unwrap().len() >= 8);
    }
}

#[test]
fn the_environment_names_the_first_administrator() {
    let site = Site::new();
    let mut command = site.command(&["serve"]);
    command.env("KEYWARD_BOOTSTRAP_ADMIN_USERNAME", "root");
    command.env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", "correct horse");
    let mut node = Keyward::start(command);
    node.line("ready", |node| ready_address(&node.stderr(), "listen"));
    node.stop();
    let (user, phc, role) = administrator(&site);
    assert_eq!((user.as_str(), role.as_str()), ("root", "admin"));
    assert!(phc.starts_with("$argon2id$"), "{phc}");
    // Only the first start asks: a later one with another name changes nothing.
    let mut command = site.command(&["serve"]);
    command.env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", "other");
    let mut node = Keyward::start(command);
    node.line("ready", |node| ready_address(&node.stderr(), "listen"));
    node.stop();
    assert_eq!(administrator(&site), (user, phc, role));
}

#[test]
fn an_administrator_forgotten_at_the_first_start_comes_later() {
    let site = Site::new();
    let (node, _) = site.serve();
    node.stop();
    let mut command = site.command(&["serve"]);
    command.env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", "correct horse");
    let mut node = Keyward::start(command);
    node.line("ready", |node| ready_address(&node.stderr(), "listen"));
    node.stop();
    let (user, _, role) = administrator(&site);
    assert_eq!((user.as_str(), role.as_str()), ("admin", "admin"));
}

#[test]
fn nothing_that_was_generated_lies_about() {
    let site = Site::new();
    let (node, address) = site.serve();
    site.realm(address, &[]);
    assert!(
        node.stderr().contains("realm master has no administrator"),
        "{}",
        node.stderr()
    );
    node.stop();
    let mut names: Vec<_> = fs::read_dir(site.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    assert_eq!(names, ["keyward.db", "keyward.toml", "sealing.key"]);
}

/// Name, password hash and role of the one person in the database.
fn administrator(site: &Site) -> (String, String, String) {
    let db = Connection::open(site.path("keyward.db")).unwrap();
    db.query_row(
        "select u.username, p.phc, r.name from users u join passwords p on p.user_id = u.id
         join role_assignments a on a.user_id = u.id join roles r on r.id = a.role_id",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
    .unwrap()
}

#[test]
fn the_demo_application_is_not_there() {
    let site = Site::new();
    let (_node, address) = site.serve();
    for path in ["/demo", "/"] {
        assert_eq!(get(address, path, &[]).status, 404, "{path}");
    }
}
