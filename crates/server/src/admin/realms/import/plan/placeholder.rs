//! A secret that a file means to get from somewhere else. Taken as it stands it would be one that everybody knows.

/// What is wrong with it.
pub(super) const UNFILLED: &str = "is a placeholder that nobody filled in: keyward realm import and keyward serve --import \
                                   take its value from the environment, where no variable has this name";

/// Whether the whole text is a `${NAME}`.
pub(super) fn is_placeholder(secret: &str) -> bool {
    secret
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|name| !name.contains(['$', '{', '}']))
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn a_whole_text_is_one() {
        for secret in ["${APP_SECRET}", "${env.APP_SECRET}", "${}"] {
            assert!(is_placeholder(secret), "{secret}");
        }
        for secret in ["x${A}", "${A}x", "${A}${B}", "$A", "${A", ""] {
            assert!(!is_placeholder(secret), "{secret}");
        }
    }
}
