//! One text of a statement for both engines.

use std::borrow::Cow;
use std::sync::OnceLock;

/// A statement with the placeholders `$1`, `$2`, …
#[derive(Clone, Debug)]
pub(crate) struct Sql {
    text: Cow<'static, str>,
    takes_long: bool,
    sqlite: OnceLock<String>,
}

impl Sql {
    /// A statement that lives in a `static`: each connection prepares it once.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            takes_long: false,
            sqlite: OnceLock::new(),
        }
    }

    /// A statement that was put together for one query, of fixed fragments alone. PostgreSQL does not keep it:
    /// there what is prepared stays until the connection closes. SQLite keeps what was used last.
    pub(crate) const fn built(text: String) -> Self {
        Self {
            text: Cow::Owned(text),
            takes_long: true,
            sqlite: OnceLock::new(),
        }
    }

    /// The same statement where an index leads to each of its few rows.
    pub(crate) const fn by_index(mut self) -> Self {
        self.takes_long = false;
        self
    }

    /// The same statement where it may look at many rows.
    pub(crate) const fn long(mut self) -> Self {
        self.takes_long = true;
        self
    }

    /// Whether it may look at many rows.
    pub(crate) const fn takes_long(&self) -> bool {
        self.takes_long
    }

    /// Whether it was put together for one query.
    pub(crate) const fn is_built(&self) -> bool {
        matches!(self.text, Cow::Owned(_))
    }

    /// As PostgreSQL reads it.
    pub(crate) fn postgres(&self) -> &str {
        &self.text
    }

    /// As SQLite reads it: there `$1` is a name, numbered by its first appearance, while `?1` is a number; a text needs
    /// no cast to be read as JSON; and whoever writes is alone, so that no row is locked. No statement has a dollar
    /// sign, `::json` or a lock for anything else.
    pub(crate) fn sqlite(&self) -> &str {
        self.sqlite.get_or_init(|| {
            let text = self.text.replace('$', "?").replace("::json", "");
            text.replace(" for no key update", "")
        })
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

    #[test]
    fn only_postgresql_locks_a_row() {
        static LOCK: Sql = Sql::new("select 1 where $1 = 1 for no key update");
        assert_eq!(LOCK.postgres(), "select 1 where $1 = 1 for no key update");
        assert_eq!(LOCK.sqlite(), "select 1 where ?1 = 1");
    }

    #[test]
    fn a_member_of_json_is_read_without_a_cast_on_sqlite() {
        static MEMBER: Sql = Sql::new("select $1::json ->> 'address'");
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        let text: String = conn
            .query_row(MEMBER.sqlite(), [r#"{"address":"192.0.2.1"}"#], |row| row.get(0))
            .unwrap();
        assert_eq!(text, "192.0.2.1");
    }
}
