//! `docs/events.md`: the audit events, by the names that records and metrics carry.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::source;
use crate::shell::{Failure, Outcome};

const SOURCE: &str = "domain/event.rs";

const INTRODUCTION: &str = "# Audit events

What the audit sinks get and `keyward_events_total` counts. A record carries the instant, the realm, the request's id and the
caller's address beside what stands here; never a token, a code, a password or a cookie.

| Event | Meaning | Members |
|---|---|---|
";

/// The document.
pub(super) fn text() -> Outcome<String> {
    let sources = source::all()?;
    let text = sources
        .iter()
        .find(|source| source.name == SOURCE)
        .map_or("", |source| &source.text);
    let names: BTreeMap<&str, &str> = text.lines().filter_map(named).collect();
    let mut document = format!("{}\n{INTRODUCTION}", super::NOTICE);
    let events = events(text);
    if events.is_empty() || names.is_empty() {
        return Err(Failure::new(format!(
            "{SOURCE} has no events any more: change xtask/src/docs/events.rs"
        )));
    }
    for Event {
        variant,
        meaning,
        members,
    } in events
    {
        let name = names
            .get(variant)
            .ok_or_else(|| Failure::new(format!("{SOURCE}: {variant} has no name")))?;
        let members: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
        let _ = writeln!(document, "| `{name}` | {meaning} | {} |", members.join(" "));
    }
    Ok(document)
}

struct Event<'s> {
    variant: &'s str,
    meaning: String,
    members: Vec<&'s str>,
}

/// The variants of the enum with their doc comments and fields.
fn events(source: &str) -> Vec<Event<'_>> {
    let body = source
        .lines()
        .skip_while(|line| *line != "pub enum What {")
        .skip(1)
        .take_while(|line| *line != "}");
    let mut found: Vec<Event<'_>> = Vec::new();
    let mut meaning = String::new();
    for line in body {
        let text = line.trim();
        let indent = line.len() - text.len();
        if let Some(doc) = text.strip_prefix("/// ").filter(|_| indent == 4) {
            if !meaning.is_empty() {
                meaning.push(' ');
            }
            meaning.push_str(doc);
        } else if indent == 4 && text.starts_with(|c: char| c.is_ascii_uppercase()) {
            let variant = text.split([' ', ',']).next().unwrap_or(text);
            found.push(Event {
                variant,
                meaning: std::mem::take(&mut meaning),
                members: Vec::new(),
            });
        } else if indent == 8
            && let Some((member, _)) = text.split_once(": ").filter(|_| !text.starts_with(['/', '#']))
            && let Some(event) = found.last_mut()
        {
            event.members.push(member);
        }
    }
    found
}

/// A variant and its name, from an arm of `name`.
fn named(line: &str) -> Option<(&str, &str)> {
    let (left, right) = line.trim().strip_prefix("Self::")?.split_once(" => \"")?;
    Some((left.trim_end_matches(" { .. }"), right.strip_suffix("\",")?))
}

#[cfg(test)]
mod tests {
    use super::{events, named};

    #[test]
    fn variants_with_meaning_and_members() {
        let source = "\
pub enum What {
    /// A realm
    /// was created.
    RealmCreated,
    /// Somebody logged in.
    #[serde(rename = \"x\")]
    LoggedIn {
        /// Who.
        user_id: UserId,
        #[serde(skip)]
        client: Option<String>,
    },
}
";
        let shown: Vec<String> = events(source)
            .iter()
            .map(|event| format!("{} {} {}", event.variant, event.meaning, event.members.join(",")))
            .collect();
        assert_eq!(
            shown,
            [
                "RealmCreated A realm was created. ",
                "LoggedIn Somebody logged in. user_id,client"
            ]
        );
        assert_eq!(
            named("Self::LoggedIn { .. } => \"logged_in\","),
            Some(("LoggedIn", "logged_in"))
        );
    }
}
