//! Regular expressions. They are matched in linear time, whoever wrote them.

use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};

use super::{Broken, INVALID, MISSING, Options, demand, message};

/// Longest expression in bytes.
const LONGEST: usize = 1000;

/// Most bytes that a compiled expression may take.
const LARGEST: usize = 256 * 1024;

/// Judges a value, which must match as a whole.
pub(super) fn judge(value: &str, options: &Options) -> Result<(), Broken> {
    let pattern = options.get("pattern").and_then(Value::as_str).unwrap_or_default();
    let matches = compile(pattern).is_some_and(|regex| regex.is_match(value));
    demand(matches, message(options, "error-pattern-no-match"), || {
        vec![json!(pattern)]
    })
}

/// What is wrong with the options. Look-around and back references cannot be matched in linear time and are not taken.
pub(super) fn mistakes(options: &Options) -> Vec<(&'static str, &'static str)> {
    match options.get("pattern").and_then(Value::as_str) {
        None => vec![("pattern", MISSING)],
        Some(pattern) if compile(pattern).is_none() => vec![("pattern", INVALID)],
        Some(_) => Vec::new(),
    }
}

fn compile(pattern: &str) -> Option<Regex> {
    if pattern.len() > LONGEST {
        return None;
    }
    let build = |pattern: &str| {
        RegexBuilder::new(pattern)
            .size_limit(LARGEST)
            .dfa_size_limit(LARGEST)
            .build()
            .ok()
    };
    // By itself first: a bracket too many must not end the group that stands around it.
    build(pattern)?;
    build(&format!("^(?:{pattern})$"))
}
