//! The name of a claim, which may lead into an object: `features.beta`.

use serde_json::{Map, Value};

/// In a name, stands for a client's `client_id`.
const CLIENT_ID: &str = "${client_id}";

/// Deepest place that a claim can have.
const DEEPEST: usize = 20;

/// Names of members from the outermost on; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimPath(Vec<String>);

impl ClaimPath {
    /// Splits at each dot that no backslash stands before. A backslash makes the character after it stand for itself.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut names = Vec::new();
        let mut rest = text;
        while let Some((name, after)) = first_name(rest) {
            names.push(name);
            rest = after;
        }
        if !rest.is_empty() {
            names.push(unescaped(rest));
        }
        (1..=DEEPEST).contains(&names.len()).then_some(Self(names))
    }

    /// The claim itself.
    pub(crate) fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// All names.
    pub(crate) fn names(&self) -> &[String] {
        &self.0
    }

    /// The path with a client's `client_id` where it stands for one.
    pub(crate) fn of_client(&self, client_id: &str) -> Self {
        Self(self.0.iter().map(|name| name.replace(CLIENT_ID, client_id)).collect())
    }

    /// Where the claim belongs: the innermost object, made if it is missing, and the name in it. `None` when something
    /// else than an object stands on the way.
    pub(crate) fn place<'m, 'p>(
        &'p self,
        claims: &'m mut Map<String, Value>,
    ) -> Option<(&'m mut Map<String, Value>, &'p str)> {
        let (last, outer) = self.0.split_last()?;
        let mut innermost = claims;
        for name in outer {
            let member = innermost
                .entry(name.as_str())
                .or_insert_with(|| Value::Object(Map::new()));
            innermost = member.as_object_mut()?;
        }
        Some((innermost, last))
    }
}

/// The name before the first dot that counts, and what follows it. `None` if there is no such dot, or nothing before it.
fn first_name(text: &str) -> Option<(String, &str)> {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next()?;
            }
            '.' if at == 0 => return None,
            '.' => {
                let (name, dot) = text.split_at(at);
                return Some((unescaped(name), dot.strip_prefix('.')?));
            }
            _ => {}
        }
    }
    None
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => characters.next().unwrap_or('\\'),
            _ => character,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::ClaimPath;

    #[test]
    fn a_dot_leads_inwards_unless_a_backslash_stands_before() {
        let names = |text: &str| ClaimPath::parse(text).map(|path| path.0);
        assert_eq!(names("a").unwrap(), ["a"]);
        assert_eq!(names("a.b.c").unwrap(), ["a", "b", "c"]);
        assert_eq!(names(r"a\.b").unwrap(), ["a.b"]);
        assert_eq!(
            names(r"https://shop\.example\.com/x.y").unwrap(),
            ["https://shop.example.com/x", "y"]
        );
        assert_eq!(names(r"a\\.b").unwrap(), [r"a\", "b"]);
        assert_eq!(names(r"a\").unwrap(), [r"a\"]);
        assert_eq!(names("a.").unwrap(), ["a"]);
        assert_eq!(names(".a").unwrap(), [".a"]);
        assert_eq!(names("a..b").unwrap(), ["a", ".b"]);
        assert_eq!(names(""), None);
        assert!(names(&"a.".repeat(20)).is_some() && names(&"a.".repeat(21)).is_none());
    }

    #[test]
    fn a_client_stands_in_a_name_whatever_is_in_its_own() {
        let path = ClaimPath::parse("resource_access.${client_id}.roles").unwrap();
        assert_eq!(path.of_client("a.b").0, ["resource_access", "a.b", "roles"]);
    }

    #[test]
    fn objects_are_made_on_the_way_and_nothing_else_is_entered() {
        let mut claims = Map::from_iter([("text".to_owned(), json!("x"))]);
        let path = ClaimPath::parse("a.b.c").unwrap();
        let (inner, name) = path.place(&mut claims).unwrap();
        assert!(inner.is_empty() && name == "c");
        assert_eq!(claims["a"], json!({"b": {}}));
        assert!(ClaimPath::parse("text.more").unwrap().place(&mut claims).is_none());
        assert_eq!(claims["text"], json!("x"));
    }
}
