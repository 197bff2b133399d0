//! What came from the server, for people.

use serde_json::Value;

use crate::failure::Failure;
use crate::output;

/// A heading and the member below it.
pub(crate) type Column = (&'static str, &'static str);

/// Prints a list: a line for each of its objects, in columns.
pub(crate) fn table(columns: &[Column], list: &Value) -> Result<(), Failure> {
    let headings = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let objects = list.as_array().into_iter().flatten();
    let rows = objects.map(|object| columns.iter().map(|(_, member)| cell(object.get(member))).collect());
    lines(&std::iter::once(headings).chain(rows).collect::<Vec<_>>())
}

/// Prints an object: a line for each member that says something. `hidden` are those that are not for the screen.
pub(crate) fn details(object: &Value, hidden: &[&str]) -> Result<(), Failure> {
    let members = object.as_object().into_iter().flatten();
    let rows: Vec<Vec<String>> = members
        .filter(|(name, _)| !hidden.contains(&name.as_str()))
        .map(|(name, value)| vec![plain(name), cell(Some(value))])
        .filter(|row| row.last().is_some_and(|value| !value.is_empty()))
        .collect();
    lines(&rows)
}

/// A text without what a terminal would act on: names are chosen by anybody.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|sign| match sign {
            '\n' | '\t' => ' ',
            sign if sign.is_control() || is_direction(sign) => '\u{fffd}',
            sign => sign,
        })
        .collect()
}

/// Signs that turn the direction of what follows.
fn is_direction(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A value on one line.
pub(super) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(is)) => if *is { "yes" } else { "no" }.to_owned(),
        Some(Value::String(text)) => plain(text),
        Some(Value::Array(list)) if list.iter().all(|value| !value.is_object() && !value.is_array()) => {
            let cells: Vec<String> = list.iter().map(|value| cell(Some(value))).collect();
            cells.join(" ")
        }
        Some(Value::Object(map)) if map.is_empty() => String::new(),
        Some(value) => plain(&value.to_string()),
    }
}

/// Each column is as wide as its widest cell; the last one ends where it ends.
fn lines(rows: &[Vec<String>]) -> Result<(), Failure> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        output::line(cells.join("  ").trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_for_people() {
        assert_eq!(cell(Some(&json!(true))), "yes");
        assert_eq!(cell(Some(&json!(["a", 1]))), "a 1");
        assert_eq!(cell(Some(&json!({}))), "");
        assert_eq!(cell(Some(&json!({ "a": [1] }))), "{\"a\":[1]}");
        assert_eq!(cell(None), "");
    }

    #[test]
    fn a_name_does_not_drive_the_terminal() {
        assert_eq!(
            plain("a\u{1b}]0;x\u{7}b\u{202e}c\n"),
            "a\u{fffd}]0;x\u{fffd}b\u{fffd}c "
        );
    }
}
