//! `keyward config` and `keyward migrate`: what a configuration says, and what is wrong with it.

use std::fs;

use crate::support::{Keyward, Site, get, keyward, ready_address, run};

#[test]
fn a_good_one_is_fine() {
    let site = Site::new();
    let path = site.config();
    assert_eq!(site.run(&["config", "check"]), format!("{} is fine\n", path.display()));
    assert!(!site.path("keyward.db").exists());
}

#[test]
fn mistakes_are_named_with_their_place() {
    let mut site = Site::new();
    let mut check = |server: &str, tables: &str| {
        site.server = server.into();
        site.tables = tables.into();
        let path = site.config();
        let line = run(&mut site.command(&["config", "check"])).failed();
        line.strip_prefix(&format!("keyward: {}", path.display()))
            .unwrap_or(&line)
            .to_owned()
    };
    assert!(check("lissten = 1\n", "").starts_with(":4: unknown field \"lissten\", expected one of "));
    assert!(check("", "[tls]\n").starts_with(":11: unknown field \"tls\""));
    assert!(check("max_connections = \"many\"", "").starts_with(":4: invalid type: string \"many\""));
    assert!(check("max_connections = \n", "").starts_with(":4: "));
    assert_eq!(
        check("listen = \"0.0.0.0:8080\"", ""),
        ": listen 0.0.0.0:8080 is a public address, and neither tls nor trusted_proxies is set: secrets would cross \
         the network in clear. Set tls.cert and tls.key, or name your proxies in trusted_proxies, or listen on \
         127.0.0.1"
    );
    assert!(check("", "[log]\nlevel = \"loud\"").starts_with(": log level \"loud\" is not one of "));
    assert_eq!(
        check("", "[audit]\noutput = \"file\""),
        ": audit.output is file, but audit.file is not set"
    );
    let tls = "[server.tls]\ncert = \"/nowhere.pem\"\nkey = \"/nowhere.pem\"";
    assert!(check("", tls).starts_with("keyward: server.tls.cert /nowhere.pem: "));
    let line = run(&mut keyward(&["config", "check", "--config", "/nowhere.toml"])).failed();
    assert_eq!(
        line,
        "keyward: cannot read the configuration /nowhere.toml: it does not exist"
    );
}

#[test]
fn http_on_a_public_address_does_not_start() {
    let mut site = Site::new();
    site.server = "listen = \"0.0.0.0:0\"".into();
    let line = run(&mut site.command(&["serve"])).failed();
    assert!(line.contains("secrets would cross the network in clear"), "{line}");
    assert!(!site.path("keyward.db").exists());
}

#[test]
fn it_is_shown_with_defaults_and_without_secrets() {
    let mut site = Site::new();
    site.database = Some("postgres://keyward:geheim@db.example/keyward".into());
    let shown = site.run(&["config", "show"]);
    for part in [
        "public_url = \"https://id.example.com\"",
        "url = \"postgres://keyward:[redacted]@db.example/keyward\"",
        "max_stale_secs = 30",
        "output = \"none\"",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let mut command = site.command(&["config", "show"]);
    let shown = run(command.env("KEYWARD_SEALING_KEY", site.sealing_key())).printed();
    assert!(
        !shown.contains("geheim") && !shown.contains(&site.sealing_key()),
        "{shown}"
    );
    // What is shown is a configuration itself.
    fs::write(site.path("shown.toml"), shown).unwrap();
    let mut check = keyward(&["config", "check", "--config"]);
    run(check.arg(site.path("shown.toml"))).printed();
}

#[test]
fn the_environment_overrides_the_file() {
    let site = Site::new();
    let mut command = site.command(&["config", "show"]);
    command.env("KEYWARD_SERVER_PUBLIC_URL", "https://other.example.com");
    command.env("KEYWARD_SERVER_TRUSTED_PROXIES", "[\"10.0.0.0/8\"]");
    command.env("KEYWARD_DATABASE_URL", "sqlite:/elsewhere.db");
    command.env("KEYWARD_LOG_LEVEL", "debug");
    let shown = run(&mut command).printed();
    for part in [
        "https://other.example.com",
        "10.0.0.0/8",
        "sqlite:/elsewhere.db",
        "level = \"debug\"",
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let mut command = site.command(&["config", "check"]);
    let line = run(command.env("KEYWARD_SERVER_LISSTEN", "x")).failed();
    assert!(
        line.contains("with KEYWARD_SERVER_LISSTEN: unknown field \"lissten\""),
        "{line}"
    );
}

#[test]
fn the_environment_reaches_the_server() {
    let site = Site::new();
    let key = site.sealing_key();
    let mut command = site.command(&["serve"]);
    fs::remove_file(site.path("sealing.key")).unwrap();
    command.env("KEYWARD_SEALING_KEY", key);
    command.env("KEYWARD_SERVER_PUBLIC_URL", "https://other.example.com");
    let mut node = Keyward::start(command);
    let address = node.line("ready", |node| ready_address(&node.stderr(), "listen"));
    let issuer = get(address, "/realms/master/.well-known/openid-configuration", &[]).json()["issuer"].clone();
    assert_eq!(issuer, "https://other.example.com/realms/master");
    node.stop();
}

#[test]
fn a_database_is_migrated_once() {
    let site = Site::new();
    let dry = "would apply 0001_init, 0002_logins, 0003_admin, 0004_user_events, 0005_named_users, 0006_user_counts, 0007_users_by_name, 0008_events_by_id\n";
    assert_eq!(site.run(&["migrate", "--dry-run"]), dry);
    assert_eq!(site.run(&["migrate", "--dry-run"]), dry);
    assert_eq!(
        site.run(&["migrate"]),
        "applied 0001_init, 0002_logins, 0003_admin, 0004_user_events, 0005_named_users, 0006_user_counts, 0007_users_by_name, 0008_events_by_id, now at version 8\n"
    );
    assert_eq!(site.run(&["migrate"]), "nothing to do, the database is at version 8\n");
    assert_eq!(site.run(&["migrate", "--dry-run"]), "nothing to do\n");
    let (node, _) = site.serve();
    assert!(!node.stop().stderr.contains("brought to version"));
}
