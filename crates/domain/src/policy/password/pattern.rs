//! `regexPattern`: a regular expression that the whole password must match.

use std::fmt;

use regex_lite::{Regex, RegexBuilder};

mod java;

use java::Translated;

/// How large a compiled expression may be, in bytes: a few thousand states, which on the longest password are some
/// million steps.
const MAX_SIZE: usize = 128 * 1024;
/// How deep groups may lie in each other.
const MAX_DEPTH: u32 = 50;

/// Why an expression cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// There is none.
    #[error("Config required")]
    Absent,
    /// It is no regular expression, or a part of it cannot be checked in linear time: look-around elsewhere than at the
    /// beginning, a back reference, an atomic group or a possessive quantifier. Or it has a property of Unicode
    /// (`\p{L}`) or sets of characters in each other, which the library does not know.
    #[error("Not a valid regular expression, or one that is not supported")]
    Unsupported,
    /// It is too large when compiled.
    #[error("Too large a regular expression")]
    TooLarge,
}

/// An expression in Java's language, as Keycloak has it, checked by a library whose time grows with the length of the
/// password alone, whatever the expression is. Characters count as in Java: `\d`, `\w`, `\s` and `(?i)` know ASCII only.
///
/// Look-ahead at the beginning, as in `^(?=.*\d)(?=.*[a-z])(?!.*\s).{8,}$`, becomes an expression of its own each time;
/// people write their policies so.
#[derive(Clone)]
pub(super) struct Pattern {
    /// The whole, and then what each look-ahead asks for.
    conditions: Vec<Condition>,
}

#[derive(Clone)]
struct Condition {
    expression: Regex,
    /// A negative look-ahead must not match.
    must_match: bool,
}

impl Pattern {
    pub(super) fn parse(java: &str) -> Result<Self, PatternError> {
        if java.is_empty() {
            return Err(PatternError::Absent);
        }
        let Translated { flags, ahead, whole } = java::translate(java).ok_or(PatternError::Unsupported)?;
        let mut conditions = vec![Condition {
            expression: compile(flags, &whole, r"\z")?,
            must_match: true,
        }];
        for (must_match, part) in ahead {
            conditions.push(Condition {
                expression: compile(flags, &part, "")?,
                must_match,
            });
        }
        Ok(Self { conditions })
    }

    pub(super) fn matches(&self, password: &str) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.all(|condition| condition.expression.is_match(password) == condition.must_match)
    }
}

/// From the beginning of the password, and to `end`.
fn compile(flags: &str, body: &str, end: &str) -> Result<Regex, PatternError> {
    // Alone first: a bracket too many must not close the group around it.
    build(body)?;
    build(&format!(r"{flags}\A(?:{body}){end}"))
}

fn build(expression: &str) -> Result<Regex, PatternError> {
    let built = RegexBuilder::new(expression)
        .size_limit(MAX_SIZE)
        .nest_limit(MAX_DEPTH)
        .build();
    built.map_err(|error| {
        if error.to_string().contains("size limit") {
            PatternError::TooLarge
        } else {
            PatternError::Unsupported
        }
    })
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern")
    }
}

#[cfg(test)]
mod tests;
