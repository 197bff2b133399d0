//! A path of the admin API, whose parts cannot become something else than a part.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is not unreserved is escaped, and dots too: `..` must not climb. RFC 3986 §2.3
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// A path, with its query.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    text: String,
    query: String,
    realm: Option<String>,
    is_sound: bool,
}

impl Path {
    /// The realms.
    pub(crate) fn realms() -> Self {
        Self {
            text: "/admin/realms".to_owned(),
            query: String::new(),
            realm: None,
            is_sound: true,
        }
    }

    /// One realm.
    pub(crate) fn realm(name: &str) -> Self {
        let mut path = Self::realms().part(name);
        path.realm = Some(name.to_owned());
        path
    }

    /// A part that the API names.
    #[must_use]
    pub(crate) fn then(mut self, words: &str) -> Self {
        self.text.push('/');
        self.text.push_str(words);
        self
    }

    /// A part that somebody chose. One that is empty, or that proxies take for a step up, is never sent.
    #[must_use]
    pub(crate) fn part(mut self, value: &str) -> Self {
        self.is_sound &= !matches!(value, "" | "." | "..");
        self.text.push('/');
        self.text.extend(utf8_percent_encode(value, &ESCAPED));
        self
    }

    /// A parameter of the query.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(name);
        self.query.push('=');
        self.query.extend(utf8_percent_encode(value, &ESCAPED));
        self
    }

    /// What is sent, if it may be.
    pub(super) fn sent(&self) -> Option<String> {
        self.is_sound.then(|| format!("{}{}", self.text, self.query))
    }

    /// The realm that it is in.
    pub(super) fn realm_name(&self) -> Option<&str> {
        self.realm.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn parts_stay_parts() {
        let path = Path::realm("a/b").then("roles").part("x?y#z%2f ü").with("q", "a&b=c");
        assert_eq!(
            path.sent().unwrap(),
            "/admin/realms/a%2Fb/roles/x%3Fy%23z%252f%20%C3%BC?q=a%26b%3Dc"
        );
        assert_eq!(path.realm_name(), Some("a/b"));
        assert_eq!(Path::realm("v1.2").sent().unwrap(), "/admin/realms/v1%2E2");
    }

    #[test]
    fn a_step_up_is_never_sent() {
        for value in ["", ".", ".."] {
            assert_eq!(Path::realm("shop").then("roles").part(value).sent(), None, "{value:?}");
        }
    }
}
