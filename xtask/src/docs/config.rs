//! `docs/config.md`: every key of the configuration of `keyward serve`.

use std::fmt::Write as _;

use super::keys::Keys;
use super::source;
use crate::shell::{Failure, Outcome};

/// A configuration that has every key.
const EXAMPLE: &str = include_str!("example.toml");

/// Environment variables that are no keys.
const VARIABLES: [(&str, &str); 6] = [
    (
        "KEYWARD_SEALING_KEY",
        "The key that seals secrets at rest: 32 bytes in base64url, 43 characters, as `keyward key generate` prints \
         them. It goes before `sealing.key_file`, which is not read then.",
    ),
    (
        "KEYWARD_BOOTSTRAP_ADMIN_USERNAME",
        "Name of the first administrator, made at any start while the realm `master` has no user, and ignored once it \
         has one. `admin` by default. Set alone it is an error while it counts.",
    ),
    (
        "KEYWARD_BOOTSTRAP_ADMIN_PASSWORD",
        "Password of the first administrator. Without it `keyward serve` makes none, and `keyward dev` makes one with \
         a password of its own.",
    ),
    (
        "KC_BOOTSTRAP_ADMIN_USERNAME",
        "Keycloak's name for `KEYWARD_BOOTSTRAP_ADMIN_USERNAME`, read where neither of ours is set.",
    ),
    (
        "KC_BOOTSTRAP_ADMIN_PASSWORD",
        "Keycloak's name for `KEYWARD_BOOTSTRAP_ADMIN_PASSWORD`, read where neither of ours is set.",
    ),
    (
        "NO_COLOR",
        "When set, to whatever value, nothing is coloured, not even on a terminal.",
    ),
];

const ABOUT_EXAMPLE: &str = "Every key once. The file is valid: where the files that it names exist,
`keyward config check` calls it fine. `server.public_url`, `database.url` and a sealing key are enough on a loopback
address.";

const INTRODUCTION: &str = "# Configuration of `keyward serve`

One TOML file, `keyward.toml` in the working folder or the one named by `--config`. A key that is not listed here is an
error. `keyward config check` says what is wrong with a file, `keyward config show` prints it with all defaults.

Each key has an environment variable, which goes before the file. Numbers, booleans and arrays are written there as in
TOML (`KEYWARD_SERVER_TRUSTED_PROXIES='[\"10.0.0.0/8\"]'`), texts without quotes.
";

/// The document.
pub(super) fn text() -> Outcome<String> {
    let all = source::all()?;
    let of_settings =
        |name: &str| matches!(name, "server/settings.rs" | "listen/tls.rs") || name.starts_with("cli/config/");
    let sources: String = all
        .iter()
        .filter(|s| of_settings(&s.name))
        .map(|s| s.text.as_str())
        .collect();
    let keys = Keys::of(sources)?;
    check_example(EXAMPLE, &keys.names)?;
    let mut text = format!("{}\n{INTRODUCTION}{}", super::NOTICE, keys.text);
    let _ = write!(
        text,
        "\n## A complete file\n\n{ABOUT_EXAMPLE}\n\n```toml\n{EXAMPLE}```\n"
    );
    let cli: String = all
        .iter()
        .filter(|s| s.name.starts_with("cli/"))
        .map(|s| s.text.as_str())
        .collect();
    text.push_str("\n## Environment variables that are no keys\n\n| Variable | Meaning |\n|---|---|\n");
    for (name, meaning) in VARIABLES {
        if !cli.contains(&format!("\"{name}\"")) {
            return Err(Failure::new(format!(
                "nothing reads {name} any more: take it out of docs/config.md"
            )));
        }
        let _ = writeln!(text, "| `{name}` | {meaning} |");
    }
    Ok(text)
}

/// Fails unless the example has exactly the keys that exist.
fn check_example(example: &str, names: &[String]) -> Outcome {
    let mut table = "";
    let mut shown = Vec::new();
    for line in example.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = name;
        } else if let Some((key, _)) = line.split_once(" = ") {
            shown.push(format!("{table}.{key}"));
        }
    }
    let wrong = |name: &&String| !(names.contains(name) && shown.contains(name));
    match names.iter().chain(&shown).find(wrong) {
        None => Ok(()),
        Some(name) => Err(Failure::new(format!(
            "xtask/src/docs/example.toml and the configuration differ in {name}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::check_example;

    #[test]
    fn the_example_has_every_key_and_no_other() {
        let names = ["a.b".to_owned(), "a.c".to_owned()];
        assert!(check_example("[a]\nb = 1\nc = 2\n", &names).is_ok());
        assert!(
            check_example("[a]\nb = 1\n", &names)
                .unwrap_err()
                .to_string()
                .ends_with("a.c")
        );
        assert!(check_example("[a]\nb = 1\nc = 2\n[d]\nc = 3\n", &names).is_err());
    }
}
