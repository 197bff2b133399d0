//! From text to configuration, with errors that name the line.

use super::Config;
use super::environment::Override;
use crate::failure::Failure;

/// Parses a file with the environment laid over it.
pub(super) fn parse(text: &str, place: &str, overrides: &[Override]) -> Result<Config, Failure> {
    if overrides.is_empty() {
        return toml::from_str(text).map_err(|error| toml_failure(text, place, &error));
    }
    let mut table: toml::Table = toml::from_str(text).map_err(|error| toml_failure(text, place, &error))?;
    for Override { path, value, .. } in overrides {
        lay(&mut table, path, value.clone());
    }
    let names: Vec<&str> = overrides.iter().map(|found| found.variable.as_str()).collect();
    table.try_into().map_err(|error: toml::de::Error| {
        // Once the environment is laid over it, lines are gone; if the file alone is wrong, its line is better.
        match toml::from_str::<Config>(text) {
            Err(own) if own.message() == error.message() => toml_failure(text, place, &own),
            _ => Failure::new(format!(
                "{place} with {}: {}",
                names.join(", "),
                one_line(error.message())
            )),
        }
    })
}

fn lay(table: &mut toml::Table, path: &[String], value: toml::Value) {
    match path {
        [] => {}
        [key] => {
            table.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let inner = table
                .entry(key.clone())
                .or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(inner) = inner {
                lay(inner, rest, value);
            }
        }
    }
}

/// What the parser says about a file, with its line.
pub(crate) fn toml_failure(text: &str, place: &str, error: &toml::de::Error) -> Failure {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map(|before| before.matches('\n').count() + 1);
    let message = one_line(error.message());
    match line {
        Some(line) => Failure::new(format!("{place}:{line}: {message}")),
        None => Failure::new(format!("{place}: {message}")),
    }
}

/// The parser quotes what it found; a URL there may hold a password.
fn one_line(message: &str) -> String {
    let message = match (message.find('"'), message.rfind('"')) {
        (Some(from), Some(to)) if message.get(from..to).is_some_and(|quoted| quoted.contains("://")) => {
            format!(
                "{}[redacted]{}",
                message.get(..=from).unwrap_or(""),
                message.get(to..).unwrap_or("")
            )
        }
        _ => message.to_owned(),
    };
    message.lines().collect::<Vec<_>>().join(" ").replace('`', "\"")
}

#[cfg(test)]
mod tests {
    use super::parse;

    const GOOD: &str = "[server]\npublic_url = \"https://id.example.com\"\n\n[database]\nurl = \"sqlite:k.db\"\n";

    #[test]
    fn a_short_file_is_enough() {
        assert_eq!(
            parse(GOOD, "keyward.toml", &[]).unwrap().server.public_url,
            "https://id.example.com"
        );
    }

    #[test]
    fn the_documented_example_is_a_configuration() {
        let example = include_str!("../../../../xtask/src/docs/example.toml");
        assert!(parse(example, "example.toml", &[]).is_ok());
    }

    #[test]
    fn a_password_in_the_wrong_place_is_not_repeated() {
        let text =
            "database = \"postgres://keyward:hunter2@db/keyward\"\n[server]\npublic_url = \"https://id.example.com\"\n";
        let error = parse(text, "keyward.toml", &[]).unwrap_err().to_string();
        assert!(
            error.starts_with("keyward.toml:1: invalid type: string \"[redacted]\""),
            "{error}"
        );
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_line() {
        let bad = GOOD.replace("public_url", "lissten = \"x\"\npublic_url");
        let error = parse(&bad, "keyward.toml", &[]).unwrap_err().to_string();
        assert!(
            error.starts_with("keyward.toml:2: unknown field \"lissten\""),
            "{error}"
        );
    }
}
