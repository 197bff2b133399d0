//! What became of a change of a representation.

use std::time::Duration;

use serde_json::Value;

use super::api::Api;
use super::members::is_secret;
use super::path::Path;
use super::show::{cell, plain};
use crate::failure::Failure;
use crate::output;

/// Behind a load balancer another node may answer than the one that took the change. It hears of it within this.
const OTHERS_HEAR: Duration = Duration::from_millis(1_200);

/// A representation before a change, and as it was sent.
pub(crate) struct Change {
    pub(crate) before: Value,
    pub(crate) asked: Value,
}

/// A member that does not have the value that was given.
#[derive(Debug, PartialEq)]
struct Other {
    /// The first part of its name, and the whole.
    member: String,
    name: String,
    /// The value that it has, empty when it has none.
    is: String,
    /// Whether that is the one that it had before.
    stayed: bool,
}

impl Change {
    /// Reads at `path` what became of the change that was sent; prints `done`, or the representation, and notes which
    /// members have another value than the given one. `why` says what does change a member that this change does not.
    pub(crate) async fn tell(
        &self,
        api: &Api,
        path: &Path,
        json: bool,
        done: &str,
        why: impl Fn(&str) -> Option<String>,
    ) -> Result<(), Failure> {
        let mut after = api.get(path).await;
        let is_late = |other: &Other| other.stayed && why(&other.member).is_none();
        if !matches!(&after, Ok(after) if !self.others(after).iter().any(is_late)) {
            tokio::time::sleep(OTHERS_HEAR).await;
            after = api.get(path).await;
        }
        let after = match after {
            Ok(after) => after,
            Err(failure) if json => return Err(failure),
            Err(_) => {
                output::line(done)?;
                eprintln!("note: this login cannot read it any more, so what became of each member is not known");
                return Ok(());
            }
        };
        if json {
            output::json(&after)?;
        } else {
            output::line(done)?;
        }
        for note in notes(&self.others(&after), why) {
            eprintln!("note: {note}");
        }
        Ok(())
    }

    fn others(&self, after: &Value) -> Vec<Other> {
        let mut others = Vec::new();
        look(&mut Vec::new(), [&self.before, &self.asked, after], &mut others);
        others
    }
}

/// Looks for members that were to change and do not have the value that was given.
fn look<'a>(path: &mut Vec<&'a str>, [before, asked, after]: [&'a Value; 3], others: &mut Vec<Other>) {
    if is_same(asked, before) {
        return;
    }
    if let Value::Object(members) = asked {
        for (name, asked) in members.iter().filter(|(name, _)| !is_secret(name)) {
            path.push(name);
            look(path, [member(before, name), asked, member(after, name)], others);
            path.pop();
        }
    } else if !is_same(asked, after) {
        others.push(Other {
            member: path.first().copied().unwrap_or_default().to_owned(),
            name: spelled(path),
            is: cell(Some(after)),
            stayed: is_same(after, before),
        });
    }
}

/// A line for each member. One that the server shows to nobody may have been taken: nothing is said of it.
fn notes(others: &[Other], why: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for other in others {
        let note = match why(&other.member) {
            Some(why) if other.stayed => format!("{} is not changed by this: {why}", other.member),
            _ if other.is.is_empty() && other.stayed => continue,
            _ if other.is.is_empty() => format!("{} is empty", other.name),
            _ => format!("{} is {}", other.name, other.is),
        };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes
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
    fn what_was_not_taken_as_given_is_noted() {
        let before = json!({ "id": "1", "attributes": { "a": ["1"] }, "name": "A", "lifespan": 9, "age": 3 });
        let asked = json!({
            "id": "2",
            "attributes": { "a": ["1"], "b.c": "red" },
            "name": "B",
            "email": "A@B",
            "lifespan": 99,
            "age": -5,
            "authorizationSettings": { "policies": [1], "allow": true },
            "roles": { "realm": ["x"], "client": { "c": ["y"] } },
        });
        let after =
            json!({ "id": "1", "attributes": { "a": ["1"] }, "name": "B", "email": "a@b", "lifespan": 9, "age": 1 });
        let others = Change { before, asked }.others(&after);
        let why = |member: &str| ["id", "attributes", "roles"].contains(&member).then(|| "so".to_owned());
        let mut notes = notes(&others, why);
        notes.sort();
        assert_eq!(
            notes,
            [
                "age is 1",
                "attributes is not changed by this: so",
                "email is a@b",
                "id is not changed by this: so",
                "lifespan is 9",
                "roles is not changed by this: so",
            ]
        );
    }
}
