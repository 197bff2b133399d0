//! A realm file as JSON: its members, each still as text, so that every part is read by itself and all that is wrong
//! is found at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::problem::Problems;
use crate::admin::rest::body::{Representation, has_nul};
use crate::admin::rest::mistake::{self, Mistake};

/// The members of one realm.
#[derive(Debug)]
pub struct RealmFile<'a> {
    members: BTreeMap<Cow<'a, str>, &'a RawValue>,
    /// Users of files beside it.
    more_users: Vec<(String, &'a RawValue)>,
}

/// The realms of a file: one, or a list of them.
pub fn realms(text: &str) -> Result<Vec<RealmFile<'_>>, Problems> {
    let failed = |error: serde_json::Error| {
        let mut problems = Problems::default();
        problems.add(
            "$",
            format!("is no JSON of a realm: line {} column {}", error.line(), error.column()),
        );
        problems
    };
    if has_nul(text.as_bytes()) {
        let mut problems = Problems::default();
        problems.add("$", "holds the character U+0000, which no text may hold");
        return Err(problems);
    }
    if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(failed)
    } else {
        serde_json::from_str(text).map(|one| vec![one]).map_err(failed)
    }
}

impl<'a> RealmFile<'a> {
    /// The name of the realm, as far as it can be read.
    pub fn name(&self) -> Option<String> {
        serde_json::from_str(self.members.get("realm")?.get()).ok()
    }

    /// Adds the users of a file beside it (`shop-users-0.json`), whose name stands in errors.
    pub fn add_users(&mut self, text: &'a str, name: &str) -> Result<(), Problems> {
        let beside = realms(text)?;
        for file in beside {
            if file.name() != self.name() {
                let mut problems = Problems::default();
                problems.add(name, "is of another realm");
                return Err(problems);
            }
            if let Some(users) = file.members.get("users") {
                self.more_users.push((format!("{name}: users"), users));
            }
        }
        Ok(())
    }

    /// Takes a member; one that is null is not there.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        self.members.remove(name).filter(|raw| raw.get() != "null")
    }

    /// The lists of users, each with its path.
    pub(super) fn take_users(&mut self) -> Vec<(String, &'a RawValue)> {
        let own = self.take("users").map(|raw| ("users".to_owned(), raw));
        own.into_iter().chain(std::mem::take(&mut self.more_users)).collect()
    }

    /// What is left, as one object.
    pub(super) fn rest(&self) -> String {
        let members = self.members.iter();
        let members: Vec<String> = members
            .map(|(name, raw)| format!("{}:{}", serde_json::Value::from(name.as_ref()), raw.get()))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

impl<'de> Deserialize<'de> for RealmFile<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RealmFile<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::new();
                while let Some(name) = map.next_key::<Name<'de>>()? {
                    // Which of two would count?
                    if members.insert(name.0, map.next_value()?).is_some() {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                }
                Ok(RealmFile {
                    members,
                    more_users: Vec::new(),
                })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A member's name, borrowed when nothing in it was escaped.
#[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads parts, and remembers what is wrong with each.
pub(super) struct Reader<'p> {
    pub(super) problems: &'p mut Problems,
}

impl Reader<'_> {
    /// Reads a value.
    pub(super) fn value<T: DeserializeOwned>(&mut self, raw: &RawValue, path: &str) -> Option<T> {
        match mistake::read(raw.get().as_bytes()) {
            Ok(value) => Some(value),
            Err(Mistake { path: below, message }) => {
                let path = match below.as_str() {
                    "$" => path.to_owned(),
                    below => member_of(path, below),
                };
                self.problems.add(path, message);
                None
            }
        }
    }

    /// Reads one of Keycloak's representations: every member must be known.
    pub(super) fn representation<T: Representation>(&mut self, raw: &RawValue, path: &str) -> Option<T> {
        let value: T = self.value(raw, path)?;
        self.known(&value, path);
        Some(value)
    }

    /// Finds members that are not known.
    pub(super) fn known<T: Representation>(&mut self, value: &T, path: &str) {
        for name in value.rest().keys().filter(|name| !T::KEPT.contains(&name.as_str())) {
            self.problems
                .add(member_of(path, name), format!("is no member of a {}", T::NAME));
        }
    }

    /// Reads the items of a list, each by itself, with its path.
    pub(super) fn list<T: Representation>(&mut self, raw: Option<&RawValue>, path: &str) -> Vec<(String, T)> {
        let items: Vec<&RawValue> = match raw {
            None => return Vec::new(),
            Some(raw) => {
                let Ok(items) = serde_json::from_str(raw.get()) else {
                    self.problems.add(path, "must be a list");
                    return Vec::new();
                };
                items
            }
        };
        let numbered = items.into_iter().enumerate();
        numbered
            .filter_map(|(place, raw)| {
                let path = format!("{path}[{place}]");
                let item = self.representation(raw, &path)?;
                Some((path, item))
            })
            .collect()
    }

    /// Reads the members of an object, each by itself.
    pub(super) fn members<'a>(&mut self, raw: Option<&'a RawValue>, path: &str) -> BTreeMap<String, &'a RawValue> {
        let Some(raw) = raw else {
            return BTreeMap::new();
        };
        serde_json::from_str(raw.get()).unwrap_or_else(|_| {
            self.problems.add(path, "must be an object");
            BTreeMap::new()
        })
    }
}

/// The path of a member, or of an item, of what has a path. The whole file has the path `$`.
fn member_of(path: &str, below: &str) -> String {
    match path {
        "$" => below.to_owned(),
        path if below.starts_with('[') => format!("{path}{below}"),
        path => format!("{path}.{below}"),
    }
}
