//! The query of a request.

use std::borrow::Cow;

use keyward_domain::ports::users::Paging;

use super::error::AdminError;

/// Most items of one answer, whatever was asked for.
const MOST: i64 = 10_000;

/// Most pairs that are read; more are passed over.
const MOST_PAIRS: usize = 200;

/// Longest value in bytes; a longer one is passed over, as is one with U+0000, which nothing that is stored holds.
const LONGEST_VALUE: usize = 4_000;

/// Names and values, in order.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads it. Anything parses; what is empty has no name.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes());
        Self(
            pairs
                .map(|(name, value): (Cow<'_, str>, Cow<'_, str>)| (name.into_owned(), value.into_owned()))
                .filter(|(_, value)| value.len() <= LONGEST_VALUE && !value.contains('\0'))
                .take(MOST_PAIRS)
                .collect(),
        )
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(its, _)| its == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Every value of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(its, _)| its == name)
            .map(|(_, value)| value.as_str())
    }

    /// A switch, when it is there.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|value| value.eq_ignore_ascii_case("true"))
    }

    /// `first` and `max`; without `max`, `default_max` items. Negative numbers mean the default, as in Keycloak.
    pub(crate) fn paging(&self, default_max: i64) -> Result<Paging, AdminError> {
        let first = self.number("first")?.filter(|number| *number >= 0).unwrap_or(0);
        let max = self.number("max")?.filter(|number| *number >= 0).unwrap_or(default_max);
        Ok(Paging {
            first,
            max: max.min(MOST),
        })
    }

    fn number(&self, name: &str) -> Result<Option<i64>, AdminError> {
        match self.get(name) {
            None | Some("") => Ok(None),
            // What a Java server answers to a number that is none.
            Some(text) => text
                .parse::<i32>()
                .map(|number| Some(i64::from(number)))
                .map_err(|_| AdminError::not_found("HTTP 404 Not Found")),
        }
    }
}

/// The attributes that `q` asks for: `name:value` separated by spaces; either may stand in double quotes.
pub(crate) fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, after)) = word(rest, ':') {
        let Some(after) = after.strip_prefix(':') else { break };
        let Some((value, after)) = word(after, ' ') else { break };
        found.push((name, value));
        rest = after.trim_start();
    }
    found
}

/// A text up to `end`, or one in double quotes, in which a backslash makes the next character one of the text.
fn word(text: &str, end: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    let quoted = text.starts_with('"');
    if quoted {
        chars.next();
    }
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' if quoted => out.push(chars.next()?.1),
            '"' if quoted => return Some((out, text.get(at + 1..)?)),
            _ if !quoted && char == end => return Some((out, text.get(at..)?)),
            _ => out.push(char),
        }
    }
    (!quoted && !out.is_empty()).then_some((out, ""))
}

/// A part of a list that is in memory.
pub(crate) fn part<T>(list: impl Iterator<Item = T>, paging: Paging) -> Vec<T> {
    let number = |value| usize::try_from(value).unwrap_or(0);
    list.skip(number(paging.first)).take(number(paging.max)).collect()
}

#[cfg(test)]
mod tests {
    use super::attributes;

    #[test]
    fn attributes_are_pairs_and_may_be_quoted() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(attributes("k:v a:b"), [pair("k", "v"), pair("a", "b")]);
        assert_eq!(
            attributes(r#""a b":"c \"d\"" x:y:z"#),
            [pair("a b", r#"c "d""#), pair("x", "y:z")]
        );
        assert!(attributes("").is_empty() && attributes("nothing").is_empty() && attributes(r#""open"#).is_empty());
    }
}
