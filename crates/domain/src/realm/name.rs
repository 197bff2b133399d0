//! The name of a realm.

use std::fmt;

/// 1 to 60 characters of `A-Z a-z 0-9 - _ .`, not starting with a dot: it is a path segment of every URL of the
/// realm and must not need encoding there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RealmName(String);

/// A text is not a realm name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a realm name has 1 to 60 characters of A-Z a-z 0-9 - _ . and does not start with a dot")]
pub struct RealmNameError;

impl RealmName {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, RealmNameError> {
        let fits = (1..=60).contains(&text.len())
            && !text.starts_with('.')
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(RealmNameError)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RealmName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::RealmName;

    #[test]
    fn names_need_no_encoding_in_a_path() {
        for good in ["demo", "my-realm_2.eu", "A"] {
            assert!(RealmName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a b", "ü", "a%2f", &"x".repeat(61)] {
            assert!(RealmName::parse(bad).is_err(), "{bad}");
        }
    }
}
