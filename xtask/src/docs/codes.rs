//! The table of error codes, as the protocol crate declares it.

/// A row of the table.
pub(super) struct Code {
    /// The variant of `ErrorCode`.
    pub(super) variant: String,
    /// The code as sent.
    pub(super) text: String,
    /// The HTTP status.
    pub(super) status: u16,
    /// The doc comment.
    pub(super) meaning: String,
}

/// The rows in their order: a doc comment, then `Variant "text" status,`.
pub(super) fn codes(source: &str) -> Vec<Code> {
    let mut meaning = String::new();
    let mut found = Vec::new();
    for line in source
        .lines()
        .skip_while(|line| *line != "error_codes! {")
        .map(str::trim)
    {
        let words: Vec<&str> = line.trim_end_matches(',').split(' ').collect();
        if let Some(doc) = line.strip_prefix("///") {
            meaning.push_str(if meaning.is_empty() { doc.trim_start() } else { doc });
        } else if let [variant, text, status] = words.as_slice()
            && let Ok(status) = status.parse()
        {
            let (variant, text) = ((*variant).to_owned(), text.trim_matches('"').to_owned());
            found.push(Code {
                variant,
                text,
                status,
                meaning: std::mem::take(&mut meaning),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn rows_of_the_table() {
        let source = "\
fn f() {}
error_codes! {
    /// Late,
    /// or never. RFC 8628 §3.5
    SlowDown \"slow_down\" 400,
}
";
        let found = codes(source);
        let code = found.first().unwrap();
        assert_eq!(
            (code.variant.as_str(), code.text.as_str(), code.status),
            ("SlowDown", "slow_down", 400)
        );
        assert_eq!(code.meaning, "Late, or never. RFC 8628 §3.5");
    }
}
