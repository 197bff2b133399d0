//! Texts that must not be printed.

use std::fmt;

/// A secret of a request, borrowed from its parameters: a password, a code, a token, an assertion. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret<'a>(pub(crate) &'a str);

impl<'a> Secret<'a> {
    /// The text itself, to be compared in constant time or verified, and not to be kept.
    pub const fn reveal(self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Some(Secret("pass"))), "Some([redacted])");
        assert_eq!(Secret("pass").reveal(), "pass");
    }
}
