//! What goes wrong at the start: one clear line, and the exit code.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::support::{Keyward, Site, keyward, run};

fn dev(data: &Path) -> Command {
    let mut command = keyward(&["dev", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(data);
    command
}

/// A data folder with something in it.
fn used() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Keyward::dev(folder.path()).0.stop();
    folder
}

#[test]
fn a_taken_port() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = keyward(&["dev", "--listen", &address, "--data"]);
    let line = run(command.arg(folder.path())).failed();
    assert_eq!(
        line,
        format!(
            "keyward: cannot listen on {address}: another program has it. Stop it, or choose another with --listen"
        )
    );
    let mut site = Site::new();
    site.server = format!("management_listen = \"{address}\"\nlisten = \"127.0.0.1:0\"");
    let line = run(&mut site.command(&["serve"])).failed();
    assert!(line.ends_with("choose another with server.management_listen"), "{line}");
}

#[test]
fn a_folder_that_cannot_be() {
    // Permissions do not bind root, a file in the way does.
    let line = run(&mut dev(Path::new("/dev/null/data"))).failed();
    assert_eq!(
        line,
        "keyward: cannot use the data folder /dev/null/data: a part of the path is a file, not a folder"
    );
    let line = run(&mut dev(Path::new("/proc/keyward"))).failed();
    assert!(
        line.starts_with("keyward: cannot use the data folder /proc/keyward: "),
        "{line}"
    );
    let line = run(&mut dev(Path::new("/proc"))).failed();
    assert!(
        line.starts_with("keyward: cannot write into the data folder /proc: "),
        "{line}"
    );
}

#[test]
fn a_database_of_a_newer_version() {
    let folder = used();
    let db = Connection::open(folder.path().join("keyward.db")).unwrap();
    let raise = "insert into schema_migrations (version, name, checksum, applied_at) values (99, 'later', 'x', 0)";
    db.execute(raise, []).unwrap();
    drop(db);
    let line = run(&mut dev(folder.path())).failed();
    assert!(
        line.ends_with("the database has schema version 99, this Keyward knows only 8: use a newer Keyward"),
        "{line}"
    );
}

#[test]
fn an_address_that_others_reach() {
    let folder = tempfile::tempdir().unwrap();
    for option in ["--listen", "--management"] {
        let mut command = keyward(&["dev", option, "0.0.0.0:0", "--data"]);
        let line = run(command.arg(folder.path())).failed();
        assert!(
            line.starts_with(&format!("keyward: {option} 0.0.0.0:0 is not a loopback address")),
            "{line}"
        );
    }
}

#[test]
fn a_sealing_key_that_is_missing_or_wrong() {
    let folder = used();
    let key = folder.path().join("sealing.key");
    fs::remove_file(&key).unwrap();
    let line = run(&mut dev(folder.path())).failed();
    assert!(line.contains("sealing.key is not: without it the secrets"), "{line}");
    assert!(!key.exists());
    fs::write(&key, run(&mut keyward(&["key", "generate"])).printed()).unwrap();
    let line = run(&mut dev(folder.path())).failed();
    assert!(line.contains("the database is sealed under key "), "{line}");
    fs::write(&key, "not a key").unwrap();
    let line = run(&mut dev(folder.path())).failed();
    assert!(
        line.ends_with("is not a sealing key: expected 32 bytes in base64url, 43 characters"),
        "{line}"
    );
}

#[test]
fn a_server_without_its_sealing_key() {
    let site = Site::new();
    site.serve().0.stop();
    fs::write(
        site.path("sealing.key"),
        run(&mut keyward(&["key", "generate"])).printed(),
    )
    .unwrap();
    let line = last_line(&mut site.command(&["serve"]));
    assert!(line.starts_with("keyward: the database is sealed under key "), "{line}");
    fs::remove_file(site.path("sealing.key")).unwrap();
    let line = last_line(&mut site.command(&["serve"]));
    assert!(
        line.starts_with("keyward: cannot read the sealing key ") && line.ends_with("it does not exist"),
        "{line}"
    );
}

#[test]
fn a_database_that_cannot_be_reached() {
    let mut site = Site::new();
    site.database = Some("sqlite:/dev/null/keyward.db".into());
    let line = run(&mut site.command(&["serve"])).failed();
    assert!(
        line.starts_with("keyward: cannot use the database sqlite:/dev/null/keyward.db: "),
        "{line}"
    );
    // Nobody listens on port 1.
    site.database = Some("postgres://keyward:geheim@127.0.0.1:1/keyward".into());
    let line = run(&mut site.command(&["serve"])).failed();
    assert!(
        line.starts_with("keyward: cannot use the database postgres://keyward:[redacted]@127.0.0.1:1/keyward: "),
        "{line}"
    );
    site.database = Some("mysql://keyward:geheim@127.0.0.1/keyward".into());
    let line = run(&mut site.command(&["serve"])).failed();
    assert_eq!(line, "keyward: database.url must begin with sqlite: or postgres://");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for arguments in [
        &["frobnicate"][..],
        &["dev", "--listen", "here"],
        &["dev", "--nonsense"],
        &["client", "create", "--realm", "demo"],
        &["client", "create", "--realm", "demo", "--id", "x"],
        &[
            "client", "create", "--realm", "demo", "--id", "x", "--data", "a", "--config", "b",
        ],
        &[
            "client", "create", "--realm", "demo", "--id", "x", "--data", "a", "--alg", "HS256",
        ],
        &["realm"],
    ] {
        let ended = run(&mut keyward(arguments));
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
        assert!(!ended.stderr.is_empty());
    }
    let help = run(&mut keyward(&["--help"])).printed();
    assert!(help.contains("keyward serve --config keyward.toml"), "{help}");
}

#[test]
fn a_value_of_an_option_that_is_none_is_told_with_what_is_expected() {
    let number = "expected a whole number from 0 to 4294967295";
    let list = ["user", "list", "-r", "demo"];
    for (arguments, told) in [
        ([&list[..], &["--max", "-1"]].concat(), number),
        ([&list[..], &["--first", "x"]].concat(), number),
        (
            vec!["dev", "--listen", "18931"],
            "expected ADDR:PORT, with the address in numbers, such as 127.0.0.1:18931",
        ),
    ] {
        let ended = run(&mut keyward(&arguments));
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(
            ended.stderr.contains(&format!("': {told}\n")),
            "{arguments:?}: {}",
            ended.stderr
        );
    }
}

/// The last line of a command that failed after it had begun to log.
fn last_line(command: &mut Command) -> String {
    let ended = run(command);
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(1), ""));
    ended.stderr.lines().last().unwrap().to_owned()
}
