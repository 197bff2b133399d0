//! The structs of the configuration as their sources declare them.

use super::item::{begins, identifier};

/// A field with what says how it is read.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: String,
    /// Its doc comment in one line.
    pub(super) doc: String,
    /// Whether it may be left out, and then gets a default.
    pub(super) defaulted: bool,
    /// The function named by `serde(default = "…")`.
    pub(super) function: Option<String>,
    /// The struct that has it.
    pub(super) owner: String,
}

/// The fields of a struct; `None` when the sources declare no such struct.
pub(super) fn fields(sources: &str, name: &str) -> Option<Vec<Field>> {
    let (mut doc, mut serde, mut container) = (String::new(), String::new(), None);
    let mut fields = Vec::new();
    for line in sources.lines() {
        let text = line.trim();
        if let Some(comment) = text.strip_prefix("///") {
            doc.push_str(if doc.is_empty() { comment.trim_start() } else { comment });
        } else if text.starts_with("#[") {
            serde.push_str(text.strip_prefix("#[serde(").unwrap_or_default());
        } else {
            match &container {
                None if text.contains("struct ") && begins(line).is_some_and(|item| item.name == name) => {
                    container = Some(words(&serde).any(|word| word == "default"));
                }
                Some(_) if text == "}" => break,
                Some(all) => fields.extend(field(text, &doc, &serde, *all, name)),
                None => {}
            }
            doc.clear();
            serde.clear();
        }
    }
    container.map(|_| fields)
}

fn field(text: &str, doc: &str, serde: &str, all: bool, owner: &str) -> Option<Field> {
    let (name, kind) = text.trim_end_matches(',').split_once(": ")?;
    let function = serde
        .split_once("default = \"")
        .and_then(|(_, rest)| rest.split_once('"'));
    Some(Field {
        name: name.rsplit(' ').next()?.to_owned(),
        kind: kind.to_owned(),
        doc: doc.to_owned(),
        defaulted: all || kind.starts_with("Option<") || words(serde).any(|word| word == "default"),
        function: function.map(|(name, _)| name.to_owned()),
        owner: owner.to_owned(),
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// The words of an enum in lower case, the default first.
pub(super) fn choices(sources: &str, name: &str) -> Option<Vec<String>> {
    let mut lines = sources
        .lines()
        .skip_while(|line| !line.ends_with(&format!("enum {name} {{")));
    lines.next()?;
    let mut choices = Vec::new();
    let mut default = false;
    for text in lines.map(str::trim).take_while(|text| *text != "}") {
        match text {
            _ if text.starts_with("//") || text.starts_with("#[") => {}
            _ => choices.insert(if default { 0 } else { choices.len() }, identifier(text).to_lowercase()),
        }
        default = text == "#[default]";
    }
    Some(choices)
}

#[cfg(test)]
mod tests {
    use super::{choices, fields};

    const SOURCE: &str = "\
/// The table.
#[derive(Clone, Default)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogSettings {
    /// How much,
    /// in words.
    #[serde(default = \"default_level\")]
    pub(crate) level: String,
    pub(crate) file: Option<PathBuf>,
}
enum Format {
    /// Lines.
    Text,
    #[default]
    Json,
}
struct Tls {
    cert: PathBuf,
}
";

    #[test]
    fn fields_with_their_docs_and_defaults() {
        let found = fields(SOURCE, "LogSettings").unwrap();
        let level = found.first().unwrap();
        assert_eq!(
            (
                level.name.as_str(),
                level.kind.as_str(),
                level.doc.as_str(),
                level.function.as_deref()
            ),
            ("level", "String", "How much, in words.", Some("default_level"))
        );
        assert_eq!(
            found.iter().map(|field| field.defaulted).collect::<Vec<_>>(),
            [true, true]
        );
        assert!(!fields(SOURCE, "Tls").unwrap().first().unwrap().defaulted);
        assert!(fields(SOURCE, "Log").is_none());
    }

    #[test]
    fn choices_begin_with_the_default() {
        assert_eq!(choices(SOURCE, "Format").unwrap(), ["json", "text"]);
    }
}
