//! `--set` and `--file`: the members of a representation.

use std::io;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// What becomes of a representation.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Members {
    /// Set a member: `KEY=VALUE`, where KEY may lead deeper with dots (a part with dots in it stands in quotation
    /// marks) and VALUE is JSON, or else a text; repeat for several
    #[arg(long, short = 's', value_name = "KEY=VALUE", value_parser = Assignment::parse)]
    set: Vec<Assignment>,
    /// File with members in JSON; - for stdin. Secrets belong here, not in --set
    #[arg(long, short = 'f', value_name = "FILE")]
    file: Option<PathBuf>,
}

/// One `KEY=VALUE`.
#[derive(Clone, Debug, PartialEq)]
struct Assignment {
    path: Vec<String>,
    value: Value,
}

/// Members that hold a secret. Other users of the machine see arguments.
const SECRETS: [&str; 8] = [
    "secret",
    "password",
    "credentials",
    "clientSecret",
    "registrationAccessToken",
    "authTokenClientSecret",
    "client.secret.rotated",
    "bindCredential",
];

/// The key of a client, which has a prefix for what it is for: `saml.signing.private.key`.
const PRIVATE_KEY: &str = "private.key";

/// Whether a member holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name) || name.ends_with(PRIVATE_KEY)
}

impl Members {
    /// Refuses a change that changes nothing.
    pub(crate) fn some(&self) -> Result<(), Failure> {
        if self.is_empty() {
            return Err(Failure::new("nothing to change: give --set KEY=VALUE or --file FILE").unusable());
        }
        Ok(())
    }

    /// Refuses what only the admin API understands.
    pub(crate) fn none_in_database(&self) -> Result<(), Failure> {
        if self.is_empty() {
            return Ok(());
        }
        let line = "--set and --file go over the admin API of a running server: leave --config and --data out";
        Err(Failure::new(line).unusable())
    }

    fn is_empty(&self) -> bool {
        self.set.is_empty() && self.file.is_none()
    }

    /// Lays the file over `base`, then the assignments in their order.
    pub(crate) fn over(&self, base: Value) -> Result<Value, Failure> {
        let mut whole = base;
        if let Some(file) = &self.file {
            let text = if file.as_os_str() == "-" {
                io::read_to_string(io::stdin())
            } else {
                std::fs::read_to_string(file)
            };
            let text = text.map_err(|error| Failure::path("read", file, &error))?;
            let place = file.display();
            let members: Value = serde_json::from_str(&text).map_err(|error| {
                Failure::new(format!(
                    "{place}:{}: not JSON (column {})",
                    error.line(),
                    error.column()
                ))
            })?;
            if !members.is_object() {
                return Err(Failure::new(format!("{place}: not an object of JSON")));
            }
            lay(&mut whole, members);
        }
        for assignment in &self.set {
            assignment.apply(&mut whole)?;
        }
        Ok(whole)
    }
}

/// Lays members over others: objects are joined, everything else is replaced.
fn lay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (name, value) in above {
                lay(below.entry(name).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

impl Assignment {
    fn parse(text: &str) -> Result<Self, String> {
        let (path, value) = keys(text)?;
        if let Some(secret) = path.iter().find(|part| is_secret(part)) {
            return Err(format!(
                "{secret} is a secret, and every user of this machine can see arguments. Put it into a file for --file"
            ));
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        Ok(Self { path, value })
    }

    fn apply(&self, whole: &mut Value) -> Result<(), Failure> {
        let mut at = whole;
        for part in &self.path {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let Value::Object(members) = at else {
                let path = self.path.join(".");
                return Err(Failure::new(format!(
                    "--set {path}: what stands before {part:?} has no members"
                )));
            };
            at = members.entry(part.clone()).or_insert(Value::Null);
        }
        *at = self.value.clone();
        Ok(())
    }
}

/// The parts of a key, and what stands behind its equals sign.
fn keys(text: &str) -> Result<(Vec<String>, &str), String> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quotation mark is not closed")?,
            None => rest.split_at(rest.find(['.', '=']).ok_or("expected KEY=VALUE")?),
        };
        if part.is_empty() {
            return Err("a part of the key is empty".into());
        }
        parts.push(part.to_owned());
        match (after.strip_prefix('.'), after.strip_prefix('=')) {
            (Some(more), _) => rest = more,
            (None, Some(value)) => return Ok((parts, value)),
            (None, None) => return Err("expected KEY=VALUE".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(assignments: &[&str], base: Value) -> Value {
        let set = assignments
            .iter()
            .map(|text| Assignment::parse(text).unwrap())
            .collect();
        Members { set, file: None }.over(base).unwrap()
    }

    #[test]
    fn keys_lead_deeper_and_values_are_json_or_text() {
        let base = json!({ "enabled": true, "attributes": { "a": "1" } });
        let whole = set(
            &[
                "enabled=false",
                "displayName=My shop",
                "redirectUris=[\"https://a/cb?x=1\"]",
                "attributes.b=x=y",
                "attributes.\"pkce.code.challenge.method\"=S256",
                "username=\"123\"",
                "new.deep=null",
            ],
            base,
        );
        assert_eq!(
            whole,
            json!({
                "enabled": false,
                "displayName": "My shop",
                "redirectUris": ["https://a/cb?x=1"],
                "attributes": { "a": "1", "b": "x=y", "pkce.code.challenge.method": "S256" },
                "username": "123",
                "new": { "deep": null },
            })
        );
    }

    #[test]
    fn what_is_no_assignment() {
        for text in ["", "a", "=1", "a..b=1", ".a=1", "\"a=1", "\"a\"b=1"] {
            assert!(Assignment::parse(text).is_err(), "{text}");
        }
        let number = Assignment::parse("a.b=1").unwrap();
        assert!(number.apply(&mut json!({ "a": 3 })).is_err());
    }

    #[test]
    fn a_secret_is_no_argument() {
        for text in [
            "secret=geheim",
            "smtpServer.password=geheim",
            "credentials=[]",
            "attributes.\"saml.signing.private.key\"=geheim",
        ] {
            let error = Assignment::parse(text).unwrap_err();
            assert!(error.contains("--file") && !error.contains("geheim"), "{error}");
        }
    }

    #[test]
    fn objects_are_joined_and_lists_replaced() {
        let mut below = json!({ "a": { "x": 1, "y": 2 }, "b": [1, 2] });
        lay(&mut below, json!({ "a": { "y": 3 }, "b": [4] }));
        assert_eq!(below, json!({ "a": { "x": 1, "y": 3 }, "b": [4] }));
    }
}
