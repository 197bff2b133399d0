//! `docs/errors.md`: every error code, and the texts that each endpoint gives.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::answers::{Answer, called, matched};
use super::codes::{Code, codes};
use super::pages;
use super::places::{CODED, MADE, PLACES, Place, STATUSES};
use super::source::{self, Source};
use super::spoken::spoken;
use crate::shell::{Failure, Outcome};

const INTRODUCTION: &str = "# Errors

The body of an error is `{\"error\": …, \"error_description\": …}` (RFC 6749 §5.2). Programs decide by status and
`error`; the texts are for people, Keycloak's where Keycloak has one. In braces stands what is filled in. A row
where it says \"none\" has a sentence as its only member, `{\"error\": \"Realm does not exist\"}`, as in Keycloak; where it
says \"no description\" the code stands alone.

## Codes

| `error` | Status | Meaning | Given at |
|---|---|---|---|
";

/// The document.
pub(super) fn text() -> Outcome<String> {
    let sources = source::all()?;
    let table = sources.iter().find(|source| source.name == "protocol/error.rs");
    let codes = codes(table.map_or("", |source| &source.text));
    let mut given: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut texts = String::new();
    for (at, place) in PLACES.iter().enumerate() {
        texts.push_str(&heading(place));
        let mut rows = BTreeSet::new();
        for file in place.files {
            let source = sources.iter().find(|source| source.name == *file);
            let answers = answers(source.ok_or_else(|| Failure::new(format!("docs/errors.md: there is no {file}")))?);
            given_at(&answers, at, &mut given);
            for answer in &answers {
                let row = row(answer, &codes, place.status);
                rows.insert(row.ok_or_else(|| Failure::new(format!("{file}: cannot place {answer:?}")))?);
            }
        }
        texts.extend(rows);
    }
    for (file, piece, ..) in MADE {
        if !sources
            .iter()
            .any(|source| source.name == file && source.text.contains(piece))
        {
            return Err(Failure::new(format!(
                "{file} has no {piece} any more: change xtask/src/docs/places.rs"
            )));
        }
    }
    // The guard's answers are one list of their own (guard/denial.rs), told in docs/guard.md; those of the admin API are
    // Keycloak's and stand in docs/openapi.json.
    let elsewhere = |name: &str| {
        ["guard/", "client/", "cli/", "server/admin/rest/"]
            .iter()
            .any(|other| name.starts_with(other))
    };
    let placed = |name: &str| PLACES.iter().any(|place| place.files.contains(&name));
    if let Some(stray) = sources
        .iter()
        .find(|source| !elsewhere(&source.name) && !placed(&source.name) && !answers(source).is_empty())
    {
        return Err(Failure::new(format!(
            "{} answers errors: give it a place in xtask/src/docs/places.rs",
            stray.name
        )));
    }
    let mut text = format!("{}\n{INTRODUCTION}", super::NOTICE);
    for Code {
        variant,
        text: code,
        status,
        meaning,
    } in &codes
    {
        let places = given
            .get(variant)
            .into_iter()
            .flatten()
            .filter_map(|&at| Some(PLACES.get(at)?.title));
        let places: Vec<&str> = places.collect();
        let places = if places.is_empty() {
            "not yet".to_owned()
        } else {
            places.join(", ")
        };
        let _ = writeln!(text, "| `{code}` | {status} | {meaning} | {places} |");
    }
    Ok(text + &texts + &pages::text(&sources)?)
}

fn heading(place: &Place) -> String {
    let Place { title, note, .. } = place;
    let note = if note.is_empty() {
        String::new()
    } else {
        format!("{note}\n\n")
    };
    let table = if place.status {
        "| Status | `error` | `error_description` |\n|---|---|---|\n"
    } else {
        "| `error` | `error_description` |\n|---|---|\n"
    };
    format!("\n## {title}\n\n{note}{table}")
}

fn given_at(answers: &[Answer], place: usize, given: &mut BTreeMap<String, BTreeSet<usize>>) {
    for code in answers.iter().filter_map(|answer| answer.code.clone()) {
        given.entry(code).or_default().insert(place);
    }
}

fn answers(source: &Source) -> Vec<Answer> {
    let made = MADE
        .iter()
        .filter(|(name, piece, ..)| source.name == *name && source.text.contains(piece));
    let made = made.map(|&(_, _, code, status, text)| Answer {
        code: code.map(str::to_owned),
        status: Some(status.to_owned()),
        text: text.to_owned(),
    });
    let mut matched = matched(&source.text);
    if let Some((_, code)) = CODED.iter().find(|(name, _)| *name == source.name) {
        for answer in matched.iter_mut().filter(|answer| answer.code.is_none()) {
            answer.code = Some((*code).to_owned());
        }
    }
    [called(&source.text), matched, spoken(source), made.collect()].concat()
}

fn row(answer: &Answer, codes: &[Code], with_status: bool) -> Option<String> {
    let own = answer
        .status
        .as_ref()
        .and_then(|name| STATUSES.iter().find(|(known, _)| known == name));
    let text = match answer.text.as_str() {
        "" => "no description".to_owned(),
        text => text.replace('|', "\\|"),
    };
    let Some(variant) = &answer.code else {
        return Some(format!("| {} | {text} | none |\n", own?.1));
    };
    let code = codes.iter().find(|code| code.variant == *variant)?;
    if answer.status.is_some() && own.is_none() {
        return None;
    }
    let status = own.map_or(code.status, |(_, status)| *status);
    let status = if with_status {
        format!("| {status} ")
    } else {
        String::new()
    };
    Some(format!("{status}| `{}` | {text} |\n", code.text))
}

#[cfg(test)]
mod tests {
    use super::{Answer, codes};

    #[test]
    fn codes_and_rows() {
        let codes =
            codes("error_codes! {\n    /// Broken. RFC 6749 §5.2\n    InvalidRequest \"invalid_request\" 400,\n}\n");
        let answer = |code: Option<&str>, status: Option<&str>| Answer {
            code: code.map(str::to_owned),
            status: status.map(str::to_owned),
            text: "text".into(),
        };
        let row = |code, status| super::row(&answer(code, status), &codes, true);
        assert_eq!(
            row(Some("InvalidRequest"), None).unwrap(),
            "| 400 | `invalid_request` | text |\n"
        );
        assert_eq!(
            row(Some("InvalidRequest"), Some("FORBIDDEN")).unwrap(),
            "| 403 | `invalid_request` | text |\n"
        );
        assert_eq!(row(None, Some("NOT_FOUND")).unwrap(), "| 404 | text | none |\n");
        assert_eq!(row(Some("Unknown"), None), None);
        assert_eq!(row(None, None), None);
    }
}
