//! Matching texts.

use keyward_domain::ports::users::Pattern;

/// A column in which a search looks, in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Username,
    Email,
    FirstName,
    LastName,
}

impl Column {
    pub(super) const ALL: [Self; 4] = [Self::Username, Self::Email, Self::FirstName, Self::LastName];

    /// Of `users`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
        }
    }

    /// Of `users u`.
    pub(super) const fn of_u(self) -> &'static str {
        match self {
            Self::Username => "u.username",
            Self::Email => "u.email",
            Self::FirstName => "u.first_name",
            Self::LastName => "u.last_name",
        }
    }
}

/// What is looked for.
pub(super) fn text(pattern: &Pattern) -> &str {
    match pattern {
        Pattern::Exact(text) | Pattern::Prefix(text) | Pattern::Infix(text) => text,
    }
}

/// The pattern of LIKE, with `!` before what stands for itself.
pub(super) fn like(pattern: &Pattern) -> String {
    let text = text(pattern).to_lowercase();
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    match pattern {
        Pattern::Exact(_) => escaped,
        Pattern::Prefix(_) => format!("{escaped}%"),
        Pattern::Infix(_) => format!("%{escaped}%"),
    }
}

/// The first text, in the order of bytes, that comes after all that begin with `prefix`; none when nothing does.
pub(super) fn after(prefix: &str) -> Option<String> {
    let mut rest: Vec<char> = prefix.chars().collect();
    while let Some(last) = rest.pop() {
        if let Some(next) = successor(last) {
            rest.push(next);
            return Some(rest.into_iter().collect());
        }
    }
    None
}

/// The order of characters is the order of their bytes in UTF-8.
fn successor(character: char) -> Option<char> {
    (character..=char::MAX).nth(1)
}

#[cfg(test)]
mod tests {
    use super::{Pattern, after, like};

    #[test]
    fn a_prefix_is_a_range() {
        for (prefix, end) in [
            ("al", "am"),
            ("a\u{7f}", "a\u{80}"),
            ("\u{d7ff}", "\u{e000}"),
            ("a\u{10ffff}", "b"),
        ] {
            assert_eq!(after(prefix).as_deref(), Some(end));
            assert!(*prefix < *end && *format!("{prefix}\u{10ffff}") < *end);
        }
        for everything_from in ["", "\u{10ffff}\u{10ffff}"] {
            assert_eq!(after(everything_from), None);
        }
    }

    #[test]
    fn what_like_reads_as_a_sign_stands_for_itself() {
        assert_eq!(like(&Pattern::Infix("50%_Off!".into())), "%50!%!_off!!%");
        assert_eq!(like(&Pattern::Prefix("A".into())), "a%");
    }
}
