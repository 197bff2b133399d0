//! Rust source as tokens, as far as reading answers needs them.

/// A token. Numbers and lifetimes are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// An identifier or a keyword.
    Word(String),
    /// A string literal without quotes, its escapes resolved.
    Text(String),
    /// Any other character.
    Mark(char),
}

/// The tokens of a source; comments are none.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut rest = source;
    let mut found = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, behind) = match first {
            '/' if rest.starts_with("//") => (None, rest.split_once('\n').map_or("", |(_, behind)| behind)),
            '"' => text(rest),
            'r' if rest.starts_with("r\"") || rest.starts_with("r#") => raw(rest),
            'b' if ["b\"", "br\"", "br#"].iter().any(|start| rest.starts_with(start)) => (None, tail(rest, 1)),
            '\'' => (None, quoted(rest)),
            _ if first.is_alphanumeric() || first == '_' => word(rest),
            _ => {
                let mark = (!first.is_whitespace()).then_some(Token::Mark(first));
                (mark, tail(rest, first.len_utf8()))
            }
        };
        found.extend(token);
        rest = behind;
    }
    found
}

fn tail(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

fn word(text: &str) -> (Option<Token>, &str) {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    let word = text.get(..end).unwrap_or_default();
    let is_number = word.starts_with(|c: char| c.is_ascii_digit());
    ((!is_number).then(|| Token::Word(word.to_owned())), tail(text, end))
}

fn text(quoted: &str) -> (Option<Token>, &str) {
    let mut value = String::new();
    let mut chars = quoted.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (Some(Token::Text(value)), tail(quoted, at + 1)),
            '\\' => match chars.next() {
                Some((_, '\n')) => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some((_, 'n')) => value.push('\n'),
                Some((_, c)) => value.push(c),
                None => {}
            },
            _ => value.push(c),
        }
    }
    (None, "")
}

fn raw(text: &str) -> (Option<Token>, &str) {
    let hashes = tail(text, 1).chars().take_while(|&c| c == '#').count();
    let Some(body) = tail(text, 1 + hashes).strip_prefix('"') else {
        return word(text);
    };
    let end = format!("\"{}", "#".repeat(hashes));
    body.split_once(&end).map_or((None, ""), |(value, behind)| {
        (Some(Token::Text(value.to_owned())), behind)
    })
}

/// What stands behind a character literal, or behind the tick of a lifetime.
fn quoted(text: &str) -> &str {
    let mut chars = text.char_indices().skip(1);
    let closing = match chars.next() {
        Some((_, '\\')) => text.char_indices().skip(3).find(|&(_, c)| c == '\''),
        _ => chars.next().filter(|&(_, c)| c == '\''),
    };
    tail(text, closing.map_or(1, |(at, _)| at + 1))
}

#[cfg(test)]
mod tests {
    use super::{Token, tokens};

    #[test]
    fn strings_comments_and_characters_do_not_confuse_each_other() {
        let source = "// \"no\"\nf('\"', '\\'', \"a \\\n    b\\\"\", br#\"{\"e\"}\"#, &'a x, 10_000)";
        let words: Vec<String> = tokens(source)
            .into_iter()
            .map(|token| match token {
                Token::Word(word) => word,
                Token::Text(text) => format!("<{text}>"),
                Token::Mark(mark) => mark.to_string(),
            })
            .collect();
        assert_eq!(words.join(" "), "f ( , , <a b\"> , <{\"e\"}> , & a x , )");
    }
}
