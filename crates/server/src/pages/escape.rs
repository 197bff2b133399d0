//! Text made harmless in HTML, as an element's content and as a quoted attribute.

use std::fmt;

use minijinja::{Error, Output, State, Value, escape_formatter};

/// How templates print: text through [`Escaped`], anything else as the engine does. The engine's own escaping is as
/// safe, but also spells `/` as a reference, which the little programs that read a form's `action` do not expect.
pub(super) fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => Ok(write!(out, "{}", Escaped(text))?),
        _ => escape_formatter(out, state, value),
    }
}

/// Displays text with `& < > " '` as character references. HTML Living Standard §13.1.4
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (before, after) = rest.split_at(at);
            f.write_str(before)?;
            let mut after = after.chars();
            f.write_str(match after.next() {
                Some('&') => "&amp;",
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some('"') => "&quot;",
                _ => "&#39;",
            })?;
            rest = after.as_str();
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_characters_are_replaced_and_no_other() {
        assert_eq!(
            Escaped("a/b?x=1&y='2'\"<>").to_string(),
            "a/b?x=1&amp;y=&#39;2&#39;&quot;&lt;&gt;"
        );
        assert_eq!(Escaped("登录 {{7*7}}").to_string(), "登录 {{7*7}}");
        assert_eq!(Escaped("").to_string(), "");
    }
}
