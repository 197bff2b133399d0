//! The errors that a source answers with: code, status and text, as its literals say them.

use std::collections::BTreeMap;

use super::token::{Token, tokens};

/// An error answer. What a call does not say itself is `None`: the code then decides the status.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Answer {
    /// The variant of `ErrorCode`.
    pub(super) code: Option<String>,
    /// The constant of `StatusCode`.
    pub(super) status: Option<String>,
    /// The text for people.
    pub(super) text: String,
}

/// Those of calls that name a code or a status beside a text, and of the two that stand for a failed client
/// authentication.
pub(super) fn called(source: &str) -> Vec<Answer> {
    let tokens = tokens(source);
    let mut open: Vec<Answer> = Vec::new();
    let mut found: Vec<Answer> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = |distance: usize| at.checked_sub(distance).and_then(|at| tokens.get(at)).and_then(word);
        match token {
            Token::Mark('(') => {
                let stands_for = matches!(before(1), Some("answer" | "challenged")).then(|| "InvalidClient".to_owned());
                open.push(Answer { code: stands_for, ..Answer::default() });
            }
            // A body in braces is no argument any more.
            Token::Mark('{') => open.push(Answer { text: "{".into(), ..Answer::default() }),
            Token::Mark(')' | '}') => drop(open.pop()),
            Token::Word(name) => {
                if let (Some(group), Some(kind)) = (open.last_mut(), before(3)) {
                    match kind {
                        "ErrorCode" => group.code = Some(name.clone()),
                        "StatusCode" => group.status = Some(name.clone()),
                        _ => {}
                    }
                }
                // A status chosen before the call has the code that the call below names.
                if before(3) == Some("ErrorCode") {
                    let chosen = found.iter_mut().filter(|answer| answer.code.as_deref() == Some(""));
                    chosen.for_each(|answer| answer.code = Some(name.clone()));
                }
            }
            Token::Text(text) if !text.is_empty() => {
                let mut around = open.iter().rev().take(3).take_while(|group| group.text.is_empty());
                let Some(group) = around.find(|group| group.code.is_some() || group.status.is_some()) else { continue };
                let named = open.len().checked_sub(1).is_some() && plain(&tokens, at);
                let code = group.code.clone().or((!named).then(String::new));
                found.push(Answer { code, status: group.status.clone(), text: text.clone() });
            }
            Token::Text(_) | Token::Mark(_) => {}
        }
    }
    found
}

/// Whether the call around a token is `plain_error`, whose `error` is the text itself.
fn plain(tokens: &[Token], at: usize) -> bool {
    let callee = tokens.get(..at).unwrap_or_default().iter().rposition(|token| *token == Token::Mark('('));
    callee.and_then(|at| tokens.get(at.checked_sub(1)?)).and_then(word) == Some("plain_error")
}

/// Those of an enum whose `code` and `description` are one match each.
pub(super) fn matched(source: &str) -> Vec<Answer> {
    let mut function = "";
    let mut variants: Vec<&str> = Vec::new();
    let mut codes: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::new();
    let tokens = tokens(source);
    for (at, token) in tokens.iter().enumerate() {
        let before = |distance: usize| at.checked_sub(distance).and_then(|at| tokens.get(at)).and_then(word);
        match token {
            Token::Word(name) if before(1) == Some("fn") => function = name,
            Token::Word(name) if before(3) == Some("Self") => variants.push(name),
            Token::Word(name) if before(3) == Some("ErrorCode") && function == "code" => {
                codes.extend(variants.drain(..).map(|variant| (variant, name.as_str())));
                codes.insert("", name);
            }
            Token::Text(text) if function == "description" => {
                for variant in variants.drain(..) {
                    let code = codes.get(variant).or_else(|| codes.get("")).map(|&code| code.to_owned());
                    found.push(Answer { code, status: None, text: text.clone() });
                }
            }
            Token::Word(_) | Token::Text(_) | Token::Mark(_) => {}
        }
    }
    found
}

fn word(token: &Token) -> Option<&str> {
    match token {
        Token::Word(word) => Some(word),
        Token::Text(_) | Token::Mark(_) => None,
    }
}
