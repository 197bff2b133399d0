//! `docs/keycloak-differences.md`: where Keyward answers otherwise than Keycloak, from the list that the differential
//! test holds against the recorded answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use toml::{Table, Value};

use crate::shell::{Failure, Outcome, While, root};

const SOURCE: &str = "interop/differential/differences.toml";

const INTRODUCTION: &str = "# Differences from Keycloak

`interop/differential` imports a realm that was exported from Keycloak 26.7.4, repeats exchanges that were recorded
there, and compares status, error, the headers that clients read, the members, types and values of JSON, and tokens
claim by claim. What it finds stands here with its reason, or the test fails. Values that every server makes up (ids,
codes, secrets, instants) and the order of lists are not compared, and of pages only their forms.
";

/// Each reason with its heading and what stands under it.
const REASONS: [(&str, &str, &str); 3] = [
    (
        "safer",
        "Safer",
        "Keycloak's answer is weaker than its standard asks for.",
    ),
    (
        "shape",
        "Another shape",
        "Nothing is lost, but a program that compares texts sees it.",
    ),
    (
        "not offered",
        "Not offered",
        "What Keycloak tells of features that Keyward does not have.",
    ),
];

const WAITING: &str = "
## Not compared yet

Exchanges of features that Keyward does not have yet.

| Feature | Exchanges |
|---|---|
";

/// More exchanges or places than these are counted instead of named.
const NAMED: usize = 3;

/// The document.
pub(super) fn text() -> Outcome<String> {
    let list = fs::read_to_string(root().join(SOURCE)).during(SOURCE)?;
    let list: Table = list.parse().during(SOURCE)?;
    let mut document = format!("{}\n{INTRODUCTION}", super::NOTICE);
    for (reason, heading, about) in REASONS {
        document += &section(&list, reason, heading, about)?;
    }
    document += WAITING;
    document += &waiting(&list)?;
    Ok(document)
}

/// The entries with one reason, as a table.
fn section(list: &Table, reason: &str, heading: &str, about: &str) -> Outcome<String> {
    let entries = list.get("difference").and_then(Value::as_array);
    let mut rows = String::new();
    for entry in entries.into_iter().flatten().filter_map(Value::as_table) {
        if entry.get("reason").and_then(Value::as_str) == Some(reason) {
            rows += &row(entry)?;
        }
    }
    if rows.is_empty() {
        return Ok(String::new());
    }
    let head = "| Exchanges | Where | Keycloak | Keyward | Why |\n|---|---|---|---|---|\n";
    Ok(format!("\n## {heading}\n\n{about}\n\n{head}{rows}"))
}

fn row(entry: &Table) -> Outcome<String> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let texts = |name: &str| match entry.get(name) {
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        one => one.and_then(Value::as_str).into_iter().collect::<Vec<&str>>(),
    };
    let (places, Some(why)) = (texts("where"), text("why")) else {
        return Err(Failure::new(format!("{SOURCE}: an entry without a why: {entry}")));
    };
    let side = |name: &str| match text(name) {
        None => String::new(),
        Some("absent") => "absent".to_owned(),
        Some(answer) => code(answer),
    };
    let standard = text("standard")
        .map(|standard| format!(" {standard}"))
        .unwrap_or_default();
    Ok(format!(
        "| {} | {} | {} | {} | {}{standard} |\n",
        named(&texts("exchanges")),
        named(&places),
        side("recorded"),
        side("ours"),
        cell(why)
    ))
}

/// The features of the table of beginnings, with those.
fn waiting(list: &Table) -> Outcome<String> {
    let rows = list.get("not_yet").and_then(Value::as_table);
    let rows = rows.ok_or_else(|| Failure::new(format!("{SOURCE} has no [not_yet]")))?;
    let mut features: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (start, feature) in rows {
        if let Some(feature) = feature.as_str() {
            features.entry(feature).or_default().push(start);
        }
    }
    let mut text = String::new();
    for (feature, mut starts) in features {
        starts.sort_unstable();
        let starts: Vec<String> = starts.iter().map(|start| code(&format!("{start}*"))).collect();
        let _ = writeln!(text, "| {} | {} |", cell(feature), starts.join(" "));
    }
    Ok(text)
}

fn named(exchanges: &[&str]) -> String {
    let first: Vec<String> = exchanges.iter().take(NAMED).map(|name| code(name)).collect();
    match exchanges.len().saturating_sub(NAMED) {
        0 => first.join(" "),
        more => format!("{} and {more} more", first.join(" ")),
    }
}

fn code(text: &str) -> String {
    format!("`{}`", cell(&text.replace('`', "'")))
}

/// A text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::{named, section, waiting};

    #[test]
    fn entries_become_rows_of_their_reason() {
        let list = r#"
            [not_yet]
            "par-" = "PAR"
            "error-par-" = "PAR"
            "dpop-" = "DPoP"

            [[difference]]
            exchanges = ["a", "b"]
            where = "body"
            recorded = "absent"
            ours = "x|y"
            reason = "safer"
            standard = "RFC 9700 §4.14"
            why = "Because."

            [[difference]]
            exchanges = ["c"]
            where = ["body /1", "body /2", "body /3", "body /4"]
            reason = "shape"
            why = "So."
        "#;
        let list = list.parse().unwrap();
        let shown = section(&list, "safer", "Safer", "About.").unwrap();
        let row = "| `a` `b` | `body` | absent | `x\\|y` | Because. RFC 9700 §4.14 |\n";
        assert!(shown.starts_with("\n## Safer\n\nAbout.\n\n| Exchanges"), "{shown}");
        assert!(shown.ends_with(row), "{shown}");
        let shown = section(&list, "shape", "Shape", "About.").unwrap();
        let row = "| `c` | `body /1` `body /2` `body /3` and 1 more |  |  | So. |\n";
        assert!(shown.ends_with(row), "{shown}");
        assert_eq!(section(&list, "not offered", "None", "About.").unwrap(), "");
        assert_eq!(
            waiting(&list).unwrap(),
            "| DPoP | `dpop-*` |\n| PAR | `error-par-*` `par-*` |\n"
        );
    }

    #[test]
    fn many_exchanges_are_counted() {
        assert_eq!(named(&["a", "b", "c", "d", "e"]), "`a` `b` `c` and 2 more");
    }

    #[test]
    fn an_entry_without_a_reason_to_read_is_an_error() {
        let list = "[[difference]]\nreason = \"shape\"\n".parse().unwrap();
        assert!(section(&list, "shape", "", "").is_err());
    }
}
