//! One text of a statement for both engines.

use std::sync::OnceLock;

/// A statement with the placeholders `$1`, `$2`, … It lives in a `static`.
#[derive(Debug)]
pub(crate) struct Sql {
    text: &'static str,
    sqlite: OnceLock<String>,
}

impl Sql {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            sqlite: OnceLock::new(),
        }
    }

    /// As PostgreSQL reads it.
    pub(crate) const fn postgres(&self) -> &'static str {
        self.text
    }

    /// As SQLite reads it: there `$1` is a name, numbered by its first appearance, while `?1` is a number. No
    /// statement has a dollar sign for anything else.
    pub(crate) fn sqlite(&self) -> &str {
        self.sqlite.get_or_init(|| self.text.replace('$', "?"))
    }
}

#[cfg(test)]
mod tests {
    use super::Sql;

    #[test]
    fn placeholders_are_numbers_on_both_engines() {
        static SWAPPED: Sql = Sql::new("select $2 || '-' || $1");
        assert_eq!(SWAPPED.postgres(), "select $2 || '-' || $1");
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        let text: String = conn
            .query_row(SWAPPED.sqlite(), ["first", "second"], |row| row.get(0))
            .unwrap();
        assert_eq!(text, "second-first");
    }
}
