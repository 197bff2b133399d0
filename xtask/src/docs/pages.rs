//! The error pages that people see: their status, heading and sentence.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use super::places::STATUSES;
use super::source::{self, Source};
use crate::shell::{Failure, Outcome, While};

const SOURCE: &str = "server/pages/error.rs";
const MESSAGES: &str = "server/pages/messages/en.txt";

const INTRODUCTION: &str = "
## Pages

What a person sees when there is nobody else to tell. Each shows the request's id, by which the log is searched.

| Status | Heading | Text |
|---|---|---|
";

/// The table of the pages.
pub(super) fn text(sources: &[Source]) -> Outcome<String> {
    let source = sources.iter().find(|source| source.name == SOURCE);
    let source = source.ok_or_else(|| Failure::new(format!("docs/errors.md: there is no {SOURCE}")))?;
    let place = source::path(MESSAGES).unwrap_or_default();
    let messages = fs::read_to_string(place).during(MESSAGES)?;
    let messages: BTreeMap<&str, &str> = messages.lines().filter_map(|line| line.split_once(" = ")).collect();
    let keys = arms(&source.text, "key");
    let statuses = arms(&source.text, "status");
    let mut rows = BTreeSet::new();
    for (variant, key) in &keys {
        let status = statuses
            .get(variant)
            .and_then(|name| STATUSES.iter().find(|(known, _)| known == name));
        let message = |part: &str| messages.get(format!("error_{key}_{part}").as_str()).copied();
        let (Some((_, status)), Some(heading), Some(text)) = (status, message("heading"), message("text")) else {
            return Err(Failure::new(format!("{SOURCE}: cannot place the page {variant}")));
        };
        rows.insert(format!("| {status} | {heading} | {text} |\n"));
    }
    if rows.is_empty() {
        return Err(Failure::new(format!(
            "{SOURCE} has no pages any more: change xtask/src/docs/pages.rs"
        )));
    }
    let mut text = INTRODUCTION.to_owned();
    for row in rows {
        let _ = write!(text, "{row}");
    }
    Ok(text)
}

/// What each variant leads to in the `match` of a function.
fn arms(source: &str, function: &str) -> BTreeMap<String, String> {
    let begin = format!("fn {function}(");
    let body = source
        .lines()
        .skip_while(|line| !line.contains(&begin))
        .take_while(|line| *line != "    }");
    let mut variants: Vec<String> = Vec::new();
    let mut found = BTreeMap::new();
    for line in body {
        let (left, right) = line
            .split_once(" => ")
            .map_or((line, None), |(left, right)| (left, Some(right)));
        let named = left.split('|').filter_map(|part| part.trim().strip_prefix("Self::"));
        variants.extend(named.map(|name| name.trim_end().to_owned()));
        if let Some(right) = right {
            let value = right.trim_end_matches(',').trim_matches('"');
            let value = value.rsplit("::").next().unwrap_or(value);
            found.extend(variants.drain(..).map(|variant| (variant, value.to_owned())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::arms;

    #[test]
    fn arms_of_a_match() {
        let source = "\
    fn status(self) -> S {
        match self {
            Self::A
            | Self::B => S::OK,
            Self::C => S::GONE,
        }
    }
    fn key(self) -> &str {
        match self {
            Self::A => \"a\",
        }
    }
";
        let status: Vec<String> = arms(source, "status")
            .into_iter()
            .map(|(a, b)| format!("{a} {b}"))
            .collect();
        assert_eq!(status, ["A OK", "B OK", "C GONE"]);
        let key: Vec<String> = arms(source, "key")
            .into_iter()
            .map(|(a, b)| format!("{a} {b}"))
            .collect();
        assert_eq!(key, ["A a"]);
    }
}
