//! A form that is sent. RFC 6749 §B

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// What is not unreserved is escaped. RFC 3986 §2.3
const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The body of a request in `application/x-www-form-urlencoded`. Holds secrets: never printed, wiped when dropped.
#[derive(Clone, Default)]
pub struct Form {
    text: Zeroizing<String>,
}

impl Form {
    /// No parameter yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a parameter at the end. RFC 6749 §B
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.push(name, value);
        self
    }

    /// Adds a parameter at the end. RFC 6749 §B
    pub fn push(&mut self, name: &str, value: &str) {
        if !self.text.is_empty() {
            self.text.push('&');
        }
        self.text.extend(encode(name));
        self.text.push('=');
        self.text.extend(encode(value));
    }

    /// The text that is sent; the query of a URL has the same form.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The pieces of an encoded value. A space becomes `%20`, which decoders of forms and of URLs read alike. RFC 6749 §B
pub(crate) fn encode(value: &str) -> impl Iterator<Item = &str> {
    utf8_percent_encode(value, &ESCAPED)
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped() {
        let form = Form::new()
            .with("scope", "a b")
            .with("client_secret", "p&=+%\u{fc}~-._");
        assert_eq!(form.as_str(), "scope=a%20b&client_secret=p%26%3D%2B%25%C3%BC~-._");
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Form::new().with("token", "secret")), "Form { .. }");
    }
}
