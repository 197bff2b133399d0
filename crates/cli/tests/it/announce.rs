//! What `keyward dev` tells a person: every command under "Try" works when pasted into `sh`.

use std::process::{Command, Output};

use crate::support::{Keyward, keyward};

#[test]
fn every_command_under_try_works() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: there is no curl");
        return;
    }
    let (_process, text) = announced();
    let commands = commands(&text);
    let [token, introspect, revoke, keys] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    let printed = sh(&[token, introspect, revoke, keys].map(String::as_str).join("\n"));
    let lines: Vec<&str> = printed.lines().filter(|line| !line.is_empty()).collect();
    let [token, before, after, keys] = lines.as_slice() else {
        panic!("{printed}");
    };
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(before.contains("\"active\":true"), "{before}");
    assert!(before.contains("orders:read"), "{before}");
    assert!(after.contains("\"active\":false"), "{after}");
    assert!(keys.starts_with("{\"keys\":["), "{keys}");
    let widest = text.lines().map(str::len).max().unwrap();
    assert!(widest <= 100, "{widest} columns");
    // All of it at once, comments included, is what most people paste.
    assert!(sh(&block(&text)).contains("\"active\":true"));
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
        "frontend-app",
        "Dev mode speaks plain http and prints passwords",
        "Stop: Ctrl-C",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

fn announced() -> ((Keyward, tempfile::TempDir), String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = keyward(&["dev", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(folder.path());
    let mut process = Keyward::start(command);
    let text = process.line("the announcement", |process| {
        Some(process.stdout()).filter(|text| text.contains("Ctrl-C\n"))
    });
    ((process, folder), text)
}

/// The lines under "Try".
fn block(text: &str) -> String {
    let (_, block) = text.split_once("\n  Try\n").unwrap();
    let lines = block
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("    "));
    lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
}

/// The commands, which empty lines part, without their comments.
fn commands(text: &str) -> Vec<String> {
    block(text)
        .split("\n\n")
        .map(|command| {
            command
                .lines()
                .filter(|line| !line.starts_with('#'))
                .collect::<Vec<_>>()
                .join("\n")
        })
        .filter(|command| !command.is_empty())
        .collect()
}

fn sh(script: &str) -> String {
    let Output { status, stdout, stderr } = Command::new("sh").args(["-eu", "-c", script]).output().unwrap();
    assert!(status.success(), "{script}\n{}", String::from_utf8_lossy(&stderr));
    assert_eq!(String::from_utf8(stderr).unwrap(), "");
    String::from_utf8(stdout).unwrap()
}
