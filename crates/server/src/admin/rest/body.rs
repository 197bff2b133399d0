//! The body of a request: bounded, and JSON of a known shape.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value, json};

use super::error::AdminError;
use super::mistake::{self, Mistake};
use crate::app::App;

/// Longest body of an ordinary request, in bytes.
const LONGEST: usize = 1024 * 1024;

/// A representation of Keycloak's: the name that errors use, and the members that are known beside its typed ones.
pub(crate) trait Representation: DeserializeOwned {
    /// Keycloak's class, as in `UserRepresentation`.
    const NAME: &'static str;

    /// Members that are kept and given back but not read.
    const KEPT: &'static [&'static str];

    /// What the typed members left over.
    fn rest(&self) -> &Map<String, Value>;
}

/// Reads a body whole.
pub(super) async fn read(app: &App, body: Body, large: bool) -> Result<Bytes, AdminError> {
    let limit = if large {
        app.settings.realm_file_bytes()
    } else {
        LONGEST
    };
    let within = Duration::from_secs(app.settings.request_timeout_secs);
    match tokio::time::timeout(within, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(AdminError::TooLarge),
        Ok(Err(_)) => Err(AdminError::BadRequest("request body is incomplete".into())),
        Err(_) => Err(AdminError::Slow),
    }
}

/// A representation, with an error for every member that Keycloak does not know.
pub(crate) fn representation<T: Representation>(body: &[u8]) -> Result<T, AdminError> {
    let parsed: T = json(body)?;
    match parsed.rest().keys().find(|name| !T::KEPT.contains(&name.as_str())) {
        None => Ok(parsed),
        Some(unknown) => Err(unrecognized(body, T::NAME, unknown)),
    }
}

/// The error of a member that Keycloak does not know.
pub(super) fn unrecognized(body: &[u8], name: &str, member: &str) -> AdminError {
    let (line, column) = place(body, member);
    AdminError::BadRequest(format!(
        "Invalid json representation for {name}. Unrecognized field \"{member}\" at line {line} column {column}."
    ))
}

/// Any JSON. As in Keycloak, what is no JSON is one error, and a value of a wrong type another of the same words; which
/// value that is stands beside them.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, AdminError> {
    if has_nul(body) {
        return Err(holds_nul());
    }
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => match mistake::read::<T>(body) {
            Err(mistake) => wrong_member(&mistake),
            Ok(_) => wrong_kind(),
        },
        Category::Io | Category::Syntax | Category::Eof => {
            AdminError::InvalidInput("invalid_request", "Cannot parse the JSON".into())
        }
    })
}

/// The error of a value of a wrong type.
pub(super) fn wrong_kind() -> AdminError {
    AdminError::InvalidInput("unknown_error", "Cannot parse the JSON".into())
}

/// The same where it is known which.
fn wrong_member(mistake: &Mistake) -> AdminError {
    AdminError::InvalidField(json!({
        "error": "unknown_error",
        "error_description": "Cannot parse the JSON",
        "errors": [mistake],
    }))
}

/// Whether a text of the JSON holds U+0000, which PostgreSQL does not store: both engines take the same texts.
pub(crate) fn has_nul(body: &[u8]) -> bool {
    const NUL: &[u8] = b"\\u0000";
    let mut places = body.windows(NUL.len()).enumerate().filter(|(_, window)| *window == NUL);
    // A backslash before it may be what is escaped.
    places.any(|(at, _)| {
        let before = body.get(..at).unwrap_or_default();
        before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
    })
}

/// The answer to a text with U+0000.
pub(super) fn holds_nul() -> AdminError {
    AdminError::InvalidInput("invalid_request", "No text may hold the character U+0000".into())
}

/// A representation as JSON, for an event or a document.
pub(crate) fn value(representation: &impl serde::Serialize) -> Result<Value, AdminError> {
    serde_json::to_value(representation)
        .map_err(|error| AdminError::Fault(keyward_domain::Fault::Corrupt(format!("representation: {error}"))))
}

/// Line and column where Keycloak's parser stands when it finds the first member of this name: in front of its value if
/// that is a text, a list or an object, else behind it.
fn place(body: &[u8], member: &str) -> (usize, usize) {
    let text = String::from_utf8_lossy(body);
    let quoted = Value::String(member.to_owned()).to_string();
    let name = text.find(&quoted).map_or(0, |start| start + quoted.len());
    let rest = text.get(name..).unwrap_or_default();
    let value = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ':');
    let seen = match value.chars().next() {
        Some('"' | '[' | '{') => 1,
        _ => value.find([',', '}', ' ', '\n', '\r', '\t']).unwrap_or(value.len()),
    };
    let end = name + (rest.len() - value.len()) + seen;
    let before = text.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::{has_nul, place};

    #[test]
    fn an_unknown_member_is_pointed_at() {
        assert_eq!(
            place(br#"{"username": "x1", "noSuchField": 1}"#, "noSuchField"),
            (1, 36)
        );
        assert_eq!(place(b"{\n \"a\": 1}", "a"), (2, 8));
        assert_eq!(place(br#"{"value":"a","foo":"x"}"#, "foo"), (1, 21));
    }

    #[test]
    fn the_character_that_no_text_may_hold_is_found() {
        assert!(has_nul(br#"{"a":"b\u0000"}"#) && has_nul(br#"{"a":"\\\u0000"}"#));
        assert!(!has_nul(br#"{"a":"\\u0000"}"#) && !has_nul(br#"{"a":"u0000"}"#));
    }
}
