//! Which item a line of formatted source begins.

/// An item at its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'s> {
    /// Its name; for an `impl` block that of the type.
    pub(super) name: &'s str,
    /// Columns before it.
    pub(super) indent: usize,
    /// Whether it is an `impl` block or a trait, whose functions carry its name.
    pub(super) owns: bool,
}

const KEYWORDS: [&str; 9] = [
    "fn",
    "struct",
    "enum",
    "union",
    "type",
    "const",
    "static",
    "mod",
    "macro_rules!",
];

/// The item that begins in a line. An invocation of a macro at the left margin counts, as its variants and fields
/// are told apart by nothing else.
pub(super) fn begins(line: &str) -> Option<Item<'_>> {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    let bare = without_modifiers(text);
    let item = |name, owns| {
        Some(Item { name, indent, owns }).filter(|item: &Item<'_>| !item.name.is_empty() && item.name != "_")
    };
    if let Some(rest) = bare.strip_prefix("impl").filter(|rest| rest.starts_with([' ', '<'])) {
        return item(implemented(rest), true);
    }
    if let Some(rest) = bare.strip_prefix("trait ") {
        return item(identifier(rest), true);
    }
    let (keyword, rest) = bare.split_once(' ')?;
    if KEYWORDS.contains(&keyword) && !(keyword == "mod" && rest.ends_with(';')) {
        return item(identifier(rest), false);
    }
    let called = keyword.strip_suffix('!')?;
    if indent == 0 && identifier(called) == called {
        return item(called, false);
    }
    None
}

/// The identifier at the beginning of a text.
pub(super) fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn without_modifiers(mut text: &str) -> &str {
    loop {
        let rest = match text.split_once(' ') {
            Some(("pub" | "async" | "unsafe" | "default", rest)) => rest,
            Some((word, rest)) if word.starts_with("pub(") && word.ends_with(')') => rest,
            Some(("const", rest)) if ["fn ", "async ", "unsafe "].iter().any(|word| rest.starts_with(word)) => rest,
            _ => return text,
        };
        text = rest;
    }
}

/// The type that an `impl` is for, from what follows the word.
fn implemented(header: &str) -> &str {
    let mut depth = 0;
    let end = header.char_indices().find(|&(_, c)| {
        depth += match c {
            '<' => 1,
            '>' => -1,
            _ => 0,
        };
        depth == 0
    });
    let rest = end.and_then(|(at, _)| header.get(at + 1..)).unwrap_or(header);
    let rest = rest.split_once(" for ").map_or(rest, |(_, kind)| kind);
    let rest = rest.trim_start_matches([' ', '&']).trim_start_matches("dyn ");
    let path = rest.split(['<', ' ', '{']).next().unwrap_or_default();
    identifier(path.rsplit("::").next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::begins;

    #[test]
    fn items_and_their_names() {
        for (line, name, owns) in [
            ("pub(crate) async fn token(call: Call) -> X {", "token", false),
            ("    pub const fn code(self) -> ErrorCode {", "code", false),
            ("pub const MAX: usize = 3;", "MAX", false),
            ("impl<'a> Params<'a> {", "Params", true),
            ("impl<D: Into<X>> fmt::Debug for wire::Basic<'_> {", "Basic", true),
            ("impl Settings {", "Settings", true),
            ("pub trait Store: Send + Sync {", "Store", true),
            ("macro_rules! error_codes {", "error_codes", false),
            ("error_codes! {", "error_codes", false),
        ] {
            let item = begins(line).unwrap();
            assert_eq!((item.name, item.owns), (name, owns), "{line}");
        }
        for line in [
            "mod tests;",
            "    vec! [1]",
            "let x = 1;",
            "const _: () = ();",
            "",
            "    Self::A => 1,",
        ] {
            assert_eq!(begins(line), None, "{line}");
        }
    }
}
