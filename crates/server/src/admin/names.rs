//! How long a name may be.

use super::rest::AdminError;

/// Longest name in characters, as in Keycloak's tables. An index of PostgreSQL takes 2,704 bytes for a row, which two
/// such names fit into, whatever they are written in.
pub(crate) const LONGEST: usize = 255;

/// Whether a name is no longer than that.
pub(crate) fn fits(name: &str) -> bool {
    name.chars().count() <= LONGEST
}

/// Refuses a name that is longer; `what` is what the answer calls it.
pub(crate) fn check(what: &str, name: &str) -> Result<(), AdminError> {
    if fits(name) {
        Ok(())
    } else {
        Err(AdminError::Invalid(too_long(what).into()))
    }
}

/// Refuses attributes of which one has a longer name.
pub(crate) fn check_attributes<T>(
    attributes: impl IntoIterator<Item = (impl AsRef<str>, T)>,
) -> Result<(), AdminError> {
    let mut names = attributes.into_iter();
    names.try_for_each(|(name, _)| check("Attribute name", name.as_ref()))
}

/// What is said of one.
pub(crate) fn too_long(what: &str) -> String {
    format!("{what} is longer than {LONGEST} characters")
}
