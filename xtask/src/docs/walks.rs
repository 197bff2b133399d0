//! The walks of ARCHITECTURE.md: each `path.rs:name` in them must exist.

use std::fs;

use super::item::{begins, identifier};
use super::source;
use crate::shell::{Failure, Outcome, While, root};

const DOCUMENT: &str = "ARCHITECTURE.md";

/// Fails with every step that leads nowhere. A missing document has no steps.
pub(super) fn check() -> Outcome {
    let place = root().join(DOCUMENT);
    if !place.exists() {
        return Ok(());
    }
    let document = fs::read_to_string(place).during(DOCUMENT)?;
    let wrong: Vec<String> = steps(&document)
        .into_iter()
        .filter_map(|(line, path, name)| {
            lost(path, name).map(|why| format!("{DOCUMENT}:{line}: `{path}:{name}`: {why}"))
        })
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(wrong.join("\n")))
    }
}

/// Line, path and name of each step; fenced blocks are drawings and count for nothing.
fn steps(document: &str) -> Vec<(usize, &str, &str)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (at, line) in document.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let code = line.split('`').skip(1).step_by(2);
            let step = |code: &'_ str| Some(code.find(".rs:")? + 3);
            found.extend(code.filter_map(|code| {
                let (path, name) = code.split_at_checked(step(code)?)?;
                Some((at + 1, path, name.trim_start_matches(':').trim_end_matches("()")))
            }));
        }
    }
    found
}

/// Why a step leads nowhere.
fn lost(path: &str, name: &str) -> Option<String> {
    let place = source::path(path).filter(|place| place.exists()).or_else(|| {
        let place = root().join(path);
        place.exists().then_some(place)
    });
    let Some(place) = place else {
        return Some("there is no such file (paths are `<crate>/…` for crates/<crate>/src/…)".into());
    };
    let text = match fs::read_to_string(place) {
        Ok(text) => text,
        Err(error) => return Some(error.to_string()),
    };
    let missing = name
        .split("::")
        .enumerate()
        .find(|&(depth, part)| !named(&text, part, depth > 0))?;
    Some(format!("the file has no item {:?}", missing.1))
}

/// Whether a text has an item of that name, or, below one, a variant or field.
fn named(text: &str, name: &str, below: bool) -> bool {
    let member = |line: &str| {
        let line = line
            .trim_start()
            .trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ");
        let rest = line.strip_prefix(name);
        identifier(line) == name && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ':', '(', ' ']))
    };
    text.lines()
        .any(|line| begins(line).is_some_and(|item| item.name == name) || (below && member(line)))
}

#[cfg(test)]
mod tests {
    use super::{lost, steps};

    #[test]
    fn steps_are_read_outside_of_drawings() {
        let document = "a `server/routes.rs:table` -> `x` -> `protocol/token.rs:TokenRequest::parse`\n```\n`a.rs:b`\n```\n`c.rs:d()`";
        assert_eq!(
            steps(document),
            [
                (1, "server/routes.rs", "table"),
                (1, "protocol/token.rs", "TokenRequest::parse"),
                (5, "c.rs", "d")
            ]
        );
    }

    #[test]
    fn a_step_must_lead_somewhere() {
        assert_eq!(lost("protocol/error.rs", "ErrorCode::status"), None);
        assert_eq!(lost("protocol/error.rs", "ErrorCode::InvalidGrant"), None);
        assert!(
            lost("protocol/error.rs", "nowhere")
                .unwrap()
                .contains("no item \"nowhere\"")
        );
        assert!(lost("protocol/nowhere.rs", "x").unwrap().contains("no such file"));
    }
}
