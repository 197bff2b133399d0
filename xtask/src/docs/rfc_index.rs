//! `docs/rfc-index.md`: which code keeps which passage of which standard.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::item::{Item, begins};
use super::source::{self, Source};
use super::tag::{Tag, tags};
use crate::shell::{Failure, Outcome};

type Index = BTreeMap<Tag, BTreeSet<String>>;

const INTRODUCTION: &str = "# Standards, and where the code keeps them

Every tag in a comment of the sources, by section. `protocol/error.rs:ErrorCode::status` stands for the item
`ErrorCode::status` in `crates/protocol/src/error.rs`; a file alone is about the passage as a whole.
";

/// The document.
pub(super) fn text() -> Outcome<String> {
    let mut index = Index::new();
    for source in source::all()? {
        collect(&source, &mut index)?;
    }
    let mut text = format!("{}\n{INTRODUCTION}", super::NOTICE);
    let mut standard = "";
    for (tag, places) in &index {
        if tag.standard != standard {
            standard = &tag.standard;
            let _ = write!(text, "\n## {standard}\n\n| Section | Code |\n|---|---|\n");
        }
        let section = tag
            .link()
            .map_or_else(|| tag.to_string(), |link| format!("[{tag}]({link})"));
        let places: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
        let _ = writeln!(text, "| {section} | {} |", places.join("<br>"));
    }
    Ok(text)
}

/// The comments that wait for the code below them.
#[derive(Default)]
struct Waiting {
    comment: String,
    in_attribute: bool,
}

fn collect(source: &Source, index: &mut Index) -> Outcome {
    let mut put = |comment: &str, item: &str| -> Outcome {
        let tags = tags(comment)
            .map_err(|word| Failure::new(format!("{}: {word} is a section of no standard I know", source.name)))?;
        for tag in tags {
            index.entry(tag).or_default().insert(format!("{}{item}", source.name));
        }
        Ok(())
    };
    let mut module = String::new();
    let mut waiting = Waiting::default();
    let mut open: Vec<Item<'_>> = Vec::new();
    for line in source.text.lines() {
        let text = line.trim_start();
        if let Some(comment) = text.strip_prefix("//!") {
            module.push_str(comment);
            module.push(' ');
        } else if text.starts_with("//") {
            waiting.comment.push_str(text.trim_start_matches('/'));
            waiting.comment.push(' ');
        } else if waiting.in_attribute || text.starts_with("#[") {
            waiting.in_attribute = !text.ends_with(']');
        } else {
            let indent = line.len() - text.len();
            let began = begins(line);
            if let Some(item) = began {
                open.retain(|outer| outer.indent < indent);
                open.push(item);
            }
            let place = place(&open, indent + usize::from(began.is_some()));
            put(&waiting.comment, &place)?;
            waiting.comment.clear();
            if let Some((_, comment)) = text.split_once(" // ") {
                put(comment, &place)?;
            }
        }
    }
    put(&module, "")
}

/// The innermost item that begins before a column: the one around the code there.
fn place(open: &[Item<'_>], indent: usize) -> String {
    let mut around = open.iter().rev().filter(|item| item.indent < indent);
    match (around.next(), around.next()) {
        (Some(item), Some(outer)) if outer.owns => format!(":{}::{}", outer.name, item.name),
        (Some(item), _) => format!(":{}", item.name),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Index, Source, collect};

    #[test]
    fn tags_lead_to_the_item_below_or_around() {
        let text = "\
//! All of it. RFC 9449
/// Keeps. RFC 9449 §4.3
#[expect(
    reason = \"long\"
)]
pub fn verify() {
    const HERE: u8 = 1;
    // Inside. RFC 9449 §5
    other();
}
impl Proof {
    /// Parsed: RFC 9449 §4.2, RFC
    /// 7515 §7.1.
    pub const fn parse() {}
}
pub enum Refused {
    /// Late. RFC 9449 §11.1
    Late, // RFC 9449 §8
}
";
        let (name, text) = ("protocol/dpop.rs".to_owned(), text.to_owned());
        let mut index = Index::new();
        collect(&Source { name, text }, &mut index).unwrap();
        let found: Vec<String> = index
            .iter()
            .map(|(tag, places)| format!("{tag} {}", places.iter().cloned().collect::<String>()))
            .collect();
        assert_eq!(
            found,
            [
                "RFC 7515 §7.1 protocol/dpop.rs:Proof::parse",
                "RFC 9449 protocol/dpop.rs",
                "RFC 9449 §4.2 protocol/dpop.rs:Proof::parse",
                "RFC 9449 §4.3 protocol/dpop.rs:verify",
                "RFC 9449 §5 protocol/dpop.rs:verify",
                "RFC 9449 §8 protocol/dpop.rs:Refused",
                "RFC 9449 §11.1 protocol/dpop.rs:Refused",
            ]
        );
    }
}
