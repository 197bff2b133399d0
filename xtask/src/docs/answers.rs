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

/// Calls whose answer is a code without a text.
const BARE: [&str; 3] = ["bare", "unless_silent", "Refuse"];

/// Those of calls that name a code or a status beside a text, and of the two that stand for a failed client
/// authentication.
pub(super) fn called(source: &str) -> Vec<Answer> {
    let tokens = tokens(source);
    // What is known of each open bracket; nothing of a brace, as a body is no argument.
    let mut open: Vec<Option<Answer>> = Vec::new();
    // Whether what is called answers with the code alone.
    let mut bare: Vec<bool> = Vec::new();
    let mut found: Vec<Answer> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = |distance: usize| at.checked_sub(distance).and_then(|at| tokens.get(at)).and_then(word);
        match token {
            Token::Mark('(') => {
                let method = at.checked_sub(2).and_then(|at| tokens.get(at)) == Some(&Token::Mark('.'));
                let refusal =
                    before(1) == Some("challenged") || (method && matches!(before(1), Some("answer" | "caller")));
                let code = refusal.then(|| "InvalidClient".to_owned());
                open.push(Some(Answer {
                    code,
                    ..Answer::default()
                }));
                bare.push(before(1).is_some_and(|callee| BARE.contains(&callee)));
            }
            Token::Mark('{') => {
                open.push(None);
                bare.push(false);
            }
            Token::Mark(')' | '}') => {
                open.pop();
                bare.pop();
            }
            Token::Word(name) if before(3) == Some("ErrorCode") => {
                if bare.last() == Some(&true) {
                    found.push(Answer {
                        code: Some(name.clone()),
                        ..Answer::default()
                    });
                }
                if let Some(Some(group)) = open.last_mut() {
                    group.code = Some(name.clone());
                }
                // A status chosen before the call has the code that the call below it names.
                let chosen = found.iter_mut().filter(|answer| answer.code.as_deref() == Some(""));
                chosen.for_each(|answer| answer.code = Some(name.clone()));
            }
            Token::Word(name) if before(3) == Some("StatusCode") => {
                if let Some(Some(group)) = open.last_mut() {
                    group.status = Some(name.clone());
                }
            }
            // A text in braces is a body written out, and an empty one is replaced.
            Token::Text(text) if !text.is_empty() && !text.starts_with('{') => {
                let mut around = open.iter().rev().map_while(Option::as_ref).take(3);
                if let Some(group) = around.find(|group| group.code.is_some() || group.status.is_some()) {
                    let code = group.code.clone().or((!is_plain(&tokens, at)).then(String::new));
                    found.push(Answer {
                        code,
                        status: group.status.clone(),
                        text: text.clone(),
                    });
                }
            }
            Token::Word(_) | Token::Text(_) | Token::Mark(_) => {}
        }
    }
    found
}

/// Whether the call around a token is `plain_error`, whose `error` is the text itself.
fn is_plain(tokens: &[Token], at: usize) -> bool {
    let callee = tokens
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rposition(|token| *token == Token::Mark('('));
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
            Token::Word(name) if before(1) == Some("fn") => {
                function = name;
                variants.clear();
            }
            Token::Word(name) if before(3) == Some("Self") => variants.push(name),
            Token::Word(name) if before(3) == Some("ErrorCode") && function == "code" => {
                codes.extend(variants.drain(..).map(|variant| (variant, name.as_str())));
                codes.insert("", name);
            }
            Token::Text(text) if function == "description" => {
                for variant in variants.drain(..) {
                    let code = codes
                        .get(variant)
                        .or_else(|| codes.get(""))
                        .map(|&code| code.to_owned());
                    found.push(Answer {
                        code,
                        status: None,
                        text: text.clone(),
                    });
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

#[cfg(test)]
mod tests {
    use super::{Answer, called, matched};

    fn shown(answers: &[Answer]) -> Vec<String> {
        let word = |word: &Option<String>| word.clone().unwrap_or("-".into());
        answers
            .iter()
            .map(|a| format!("{} {} {}", word(&a.code), word(&a.status), a.text))
            .collect()
    }

    #[test]
    fn calls_that_answer() {
        let source = r#"
            fn a() {
                let (status, text) = match x { A => (StatusCode::CONFLICT, "busy") };
                error_with_status(status, ErrorCode::InvalidRequest, text);
                plain_error(StatusCode::NOT_FOUND, "gone");
                error(ErrorCode::ServerError, &format!("Request {id}"));
                refused.answer(&headers, "who");
                form.caller(&params, "nobody");
                Refused::bare(ErrorCode::AccessDenied);
                unless_silent(Next::Login { again: true }, ErrorCode::LoginRequired);
                tracing::warn!("not this");
                error(error.code(), error.description())
            }"#;
        assert_eq!(
            shown(&called(source)),
            [
                "InvalidRequest CONFLICT busy",
                "- NOT_FOUND gone",
                "ServerError - Request {id}",
                "InvalidClient - who",
                "InvalidClient - nobody",
                "AccessDenied - ",
                "LoginRequired - "
            ]
        );
    }

    #[test]
    fn matches_that_answer() {
        let source = r#"
            fn code(self) -> ErrorCode { match self { Self::A | Self::B(_) => ErrorCode::X, Self::C => ErrorCode::Y } }
            fn description(self) -> &'static str { match self { Self::A => "a", Self::B(_) | Self::C => "bc" } }"#;
        assert_eq!(shown(&matched(source)), ["X - a", "X - bc", "Y - bc"]);
    }
}
