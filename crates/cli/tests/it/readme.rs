//! The commands and the configuration of the README: what stands there works.

use std::fs;
use std::path::Path;

use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::support::{Keyward, keyward, run};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap()
}

/// The blocks of a language under a heading.
fn blocks(heading: &str, language: &str) -> Vec<String> {
    let text = readme();
    let section = text.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .split(&format!("```{language}\n"))
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// Every line but the last, which starts the server: PostgreSQL is replaced by a file, `/etc/keyward` by a folder.
#[test]
fn the_commands_for_real_work_on_the_configuration_for_real() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["id.example.com".into()]).unwrap();
    fs::write(at("cert.pem"), cert.pem()).unwrap();
    fs::write(at("key.pem"), signing_key.serialize_pem()).unwrap();
    let [toml] = blocks("Run it for real", "toml").try_into().unwrap();
    let url = toml.lines().find(|line| line.starts_with("url = ")).unwrap();
    let here = |text: &str| text.replace("/etc/keyward", &folder.path().display().to_string());
    let config = here(&toml.replace(url, &format!("url = \"sqlite:{}\"", at("keyward.db"))));
    fs::write(at("keyward.toml"), config).unwrap();
    let [shell] = blocks("Run it for real", "sh").try_into().unwrap();
    let commands: Vec<&str> = shell.lines().filter(|line| line.starts_with("keyward ")).collect();
    assert_eq!(commands.len(), 4, "{shell}");
    for command in commands {
        let command = here(command.split(" #").next().unwrap()).replace("keyward.toml", &at("keyward.toml"));
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        run(&mut keyward(&words)).printed();
    }
}

#[test]
fn a_service_of_your_own_gets_its_client() {
    let data = tempfile::tempdir().unwrap();
    let (_server, _line) = Keyward::dev(data.path());
    let [shell] = blocks("Protect an API", "sh").try_into().unwrap();
    let command = shell.trim().replace("keyward-data", &data.path().display().to_string());
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    assert!(run(&mut keyward(&words)).printed().starts_with("billing  "));
}
