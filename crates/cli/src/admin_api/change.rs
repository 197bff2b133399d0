//! A change of a representation, and what the server made of it.

use std::time::Duration;

use serde_json::Value;

use super::api::Api;
use super::members::is_secret;
use super::path::Path;
use super::show::{cell, plain};
use crate::failure::Failure;
use crate::output;

/// Behind a load balancer another node may answer than the one that was asked for a change. It hears of it within this.
const OTHERS_HEAR: Duration = Duration::from_millis(1_200);

/// A representation before a change, as it was sent, and as it is then.
pub(crate) struct Change {
    before: Value,
    asked: Value,
    after: Value,
}

/// The given members, by what became of them.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    /// Whether one has the value that was given.
    taken: bool,
    /// Those that have another value now: a line for each.
    other: Vec<String>,
    /// Those that stay as they are: the first part of the name, and the line without the reason.
    stayed: Vec<(String, String)>,
}

impl Change {
    /// Reads at `path` what became of a change that was sent. What seems to stay as it was is looked at once more.
    pub(crate) async fn read(api: &Api, path: &Path, before: Value, asked: Value) -> Result<Self, Failure> {
        let after = api.get(path).await?;
        let mut change = Self { before, asked, after };
        if !change.outcome().stayed.is_empty() {
            tokio::time::sleep(OTHERS_HEAR).await;
            change.after = api.get(path).await?;
        }
        Ok(change)
    }

    /// Prints `done`, or the representation, and says which members do not have the value that was given. It failed when
    /// one stays as it is; `why` says who does change a member of this name.
    pub(crate) fn tell(&self, json: bool, done: &str, why: impl Fn(&str) -> String) -> Result<(), Failure> {
        let outcome = self.outcome();
        if json {
            output::json(&self.after)?;
        } else if outcome.taken || outcome.stayed.is_empty() {
            output::line(done)?;
        }
        for line in &outcome.other {
            eprintln!("note: {line}");
        }
        let stayed = outcome.stayed.iter();
        let lines: Vec<String> = stayed
            .map(|(member, line)| format!("{line}: {}", why(member)))
            .collect();
        match lines.as_slice() {
            [] => Ok(()),
            [one] => Err(Failure::new(one)),
            several => {
                for line in several {
                    eprintln!("{line}");
                }
                Err(Failure::new("these members were not taken: mend what stands above"))
            }
        }
    }

    fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::default();
        outcome.add(&mut Vec::new(), &self.before, &self.asked, &self.after);
        outcome
    }
}

impl Outcome {
    fn add<'a>(&mut self, path: &mut Vec<&'a str>, before: &Value, asked: &'a Value, after: &Value) {
        if is_same(asked, before) {
            return;
        }
        if let Value::Object(members) = asked {
            for (name, asked) in members.iter().filter(|(name, _)| !is_secret(name)) {
                path.push(name);
                self.add(path, member(before, name), asked, member(after, name));
                path.pop();
            }
            return;
        }
        if is_same(asked, after) {
            self.taken = true;
            return;
        }
        let (name, is) = (spelled(path), cell(Some(after)));
        let stayed = is_same(after, before);
        if let Some(bound) = bound(asked, after).filter(|_| !stayed || is_bounded(&name)) {
            self.taken |= !stayed;
            self.other.push(format!("{name} is {is}: the {bound} that is allowed"));
        } else if stayed {
            let first = path.first().copied().unwrap_or_default().to_owned();
            self.stayed.push((first, format!("{name} stays as it is")));
        } else {
            self.taken = true;
            let is = if is.is_empty() { "nothing" } else { &is };
            self.other.push(format!(
                "{name} is {is} now: the server made this of {}",
                cell(Some(asked))
            ));
        }
    }
}

fn member<'o>(object: &'o Value, name: &str) -> &'o Value {
    object.get(name).unwrap_or(&Value::Null)
}

/// Whether it comes to the same. Servers give one text for a list of one, a text for a number, nothing for an empty
/// text, and lists in an order of theirs; of objects, they know more members.
fn is_same(asked: &Value, is: &Value) -> bool {
    match (asked, is) {
        (Value::Object(asked), Value::Object(is)) => {
            let mut told = asked.iter().filter(|(name, _)| !is_secret(name));
            told.all(|(name, asked)| is_same(asked, is.get(name).unwrap_or(&Value::Null)))
        }
        (Value::Array(asked), Value::Array(is)) => {
            asked.len() == is.len() && asked.iter().all(|one| is.iter().any(|other| is_same(one, other)))
        }
        (asked, is) if is_nothing(asked) || is_nothing(is) => is_nothing(asked) && is_nothing(is),
        (Value::Array(list), one) | (one, Value::Array(list)) => {
            matches!(list.as_slice(), [only] if is_same(only, one))
        }
        (Value::Object(_), _) | (_, Value::Object(_)) => false,
        (asked, is) => asked == is || is_text(asked, is) || is_text(is, asked),
    }
}

/// Whether one is the other as a text, as attributes have it.
fn is_text(text: &Value, value: &Value) -> bool {
    let spelled = value.to_string();
    text.as_str() == Some(spelled.as_str())
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) | Value::Number(_) => false,
        Value::String(text) => text.is_empty() || text == "false",
        Value::Array(list) => list.iter().all(is_nothing),
        Value::Object(members) => members.is_empty(),
    }
}

/// On which side of the number that a server allows the given one lies.
fn bound(asked: &Value, is: &Value) -> Option<&'static str> {
    match number(asked)?.cmp(&number(is)?) {
        std::cmp::Ordering::Greater => Some("most"),
        std::cmp::Ordering::Less => Some("least"),
        std::cmp::Ordering::Equal => None,
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Members that a server keeps within bounds: one that stays is at a bound, and not a member that nothing changes.
fn is_bounded(name: &str) -> bool {
    let name = name.to_lowercase();
    ["lifespan", "timeout"].iter().any(|word| name.contains(word))
}

/// A path as `--set` takes it.
fn spelled(path: &[&str]) -> String {
    let parts = path.iter().map(|part| {
        if part.contains(['.', '=']) {
            format!("\"{}\"", plain(part))
        } else {
            plain(part)
        }
    });
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(before: Value, asked: Value, after: Value) -> (bool, Vec<String>) {
        let outcome = Change { before, asked, after }.outcome();
        let stayed = outcome.stayed.into_iter().map(|(_, line)| line);
        (outcome.taken, outcome.other.into_iter().chain(stayed).collect())
    }

    #[test]
    fn what_comes_to_the_same_is_taken() {
        for (asked, is) in [
            (json!(null), json!("")),
            (json!(false), json!(null)),
            (json!(1), json!("1")),
            (json!("true"), json!(true)),
            (json!("red"), json!(["red"])),
            (json!(["a", "b"]), json!(["b", "a"])),
            (json!([{ "name": "a" }]), json!([{ "name": "a", "id": "1" }])),
            (json!({ "password": "x" }), json!({ "password": "***" })),
        ] {
            assert!(is_same(&asked, &is), "{asked} {is}");
            assert_eq!(outcome(json!({}), json!({ "a": asked }), json!({ "a": is })).1.len(), 0);
        }
        for (asked, is) in [
            (json!("a"), json!(["a", "b"])),
            (json!(1), json!(null)),
            (json!(true), json!("yes")),
        ] {
            assert!(!is_same(&asked, &is), "{asked} {is}");
        }
    }

    #[test]
    fn what_was_not_taken_is_told() {
        let before = json!({ "id": "1", "attributes": { "a": ["1"] }, "name": "A", "lifespan": 9, "age": 3 });
        let asked = json!({
            "id": "2",
            "attributes": { "a": ["1"], "b.c": "red" },
            "name": "B",
            "email": "A@B",
            "lifespan": 99,
            "age": -5,
        });
        let after =
            json!({ "id": "1", "attributes": { "a": ["1"] }, "name": "B", "email": "a@b", "lifespan": 9, "age": 1 });
        let (taken, mut told) = outcome(before, asked, after);
        told.sort();
        assert!(taken);
        assert_eq!(
            told,
            [
                "age is 1: the least that is allowed",
                "attributes.\"b.c\" stays as it is",
                "email is a@b now: the server made this of A@B",
                "id stays as it is",
                "lifespan is 9: the most that is allowed",
            ]
        );
    }
}
