//! What the admin API says when it does not do what was asked, as a line for the person at the terminal.

use http::StatusCode;
use keyward_client::TransportError;
use serde_json::Value;

use super::show::plain;
use super::wrong_value;
use crate::failure::Failure;
use crate::place::Named;

/// What a realm that is missing is answered with.
const NO_REALM: &str = "Realm not found.";

/// The most characters of a server's text that are shown.
const SHOWN: usize = 400;

/// Whether it is the realm that is missing.
pub(super) fn is_of_realm(body: &[u8]) -> bool {
    said(body, None).is_some_and(|text| text == NO_REALM)
}

/// A status that is no success.
pub(super) fn failure(status: StatusCode, body: &[u8], server: &str, realm: Option<&str>) -> Failure {
    let said = said(body, realm);
    Failure::new(match (status, &said, realm) {
        (StatusCode::UNAUTHORIZED, _, _) => ended(server),
        (StatusCode::FORBIDDEN, _, Some(realm)) => format!(
            "your roles do not allow this in realm {realm:?}. keyward whoami says who you are; ask whoever may to give \
             you the admin role for it"
        ),
        (StatusCode::FORBIDDEN, _, None) => {
            "your roles do not allow this. keyward whoami says who you are; realms are made with the role create-realm"
                .to_owned()
        }
        (StatusCode::NOT_FOUND, Some(text), Some(realm)) if text == NO_REALM => {
            format!("there is no realm {realm:?}. keyward realm list names them")
        }
        (StatusCode::NOT_FOUND, None, _) => format!("{server} has no such thing, or no admin API"),
        (StatusCode::CONFLICT, Some(text), _) => realm_of(text).map_or_else(|| text.clone(), realm_exists),
        (_, Some(text), _) if status.is_client_error() => mended(text, body, realm),
        (_, Some(text), _) => format!("{server} could not do it: {text} (status {})", status.as_u16()),
        (_, None, _) => format!("{server} could not do it: status {}", status.as_u16()),
    })
}

/// A login that is over.
pub(crate) fn ended(server: &str) -> String {
    format!("the login at {server} has ended. Log in again with keyward login {server}")
}

/// A realm that is there already.
fn realm_exists(name: &str) -> String {
    format!("Realm {name} already exists. keyward realm show {name} shows it, keyward realm set {name} changes it")
}

/// The same of a database, on which no command changes a realm.
pub(crate) fn realm_exists_in(database: &Named, name: &str) -> String {
    format!(
        "Realm {name} already exists. keyward realm list {database} names them; over a login (keyward login URL) keyward \
         realm set {name} changes it"
    )
}

/// The realm that a server says is there already.
fn realm_of(text: &str) -> Option<&str> {
    text.strip_prefix("Realm ")?.strip_suffix(" already exists")
}

/// No answer.
pub(crate) fn unreachable(server: &str, error: &TransportError) -> Failure {
    Failure::of(&format!("cannot reach {server}: {error}"))
}

/// The text of an answer: one line, without what a terminal would act on.
fn said(body: &[u8], realm: Option<&str>) -> Option<String> {
    let said: Value = serde_json::from_slice(body).ok()?;
    let text = wrong_value::line(&said, realm).or_else(|| {
        let mut names = ["errorMessage", "error_description", "error"].into_iter();
        names.find_map(|name| said.get(name)?.as_str()).map(str::to_owned)
    });
    let text = text.or_else(|| problems(body, realm).into_iter().next())?;
    // The bare status says nothing.
    Some(shown(&text)).filter(|text| !text.is_empty() && !text.starts_with("HTTP "))
}

fn shown(text: &str) -> String {
    let text: String = plain(text).chars().take(SHOWN).collect();
    text.replace('`', "\"")
}

/// What is to be mended. One thing is the line itself; several have a line each before the one that says so.
fn mended(text: &str, body: &[u8], realm: Option<&str>) -> String {
    match problems(body, realm).as_slice() {
        [] => text.to_owned(),
        [one] => one.clone(),
        several => {
            for line in several {
                eprintln!("{line}");
            }
            format!("nothing was changed: mend what stands above{}", more(body))
        }
    }
}

/// What is wrong where, as servers of ours tell it, or Keycloak of a person: a line for each.
fn problems(body: &[u8], realm: Option<&str>) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let listed = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    listed
        .filter_map(|problem| {
            let [path, message] = ["path", "message"].map(|name| problem.get(name).and_then(Value::as_str));
            let told = path.zip(message).map(|(path, message)| format!("{path}: {message}"));
            told.or_else(|| wrong_value::line(problem, realm))
                .map(|line| shown(&line))
        })
        .collect()
}

/// How many problems the server did not tell.
fn more(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match body.get("more").and_then(Value::as_u64) {
        None | Some(0) => String::new(),
        Some(more) => format!(", and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: u16, body: &str) -> String {
        failure(
            StatusCode::from_u16(status).unwrap(),
            body.as_bytes(),
            "https://id",
            Some("shop"),
        )
        .to_string()
    }

    #[test]
    fn a_line_says_what_and_why() {
        assert_eq!(
            line(409, r#"{"errorMessage":"User exists with same username"}"#),
            "User exists with same username"
        );
        assert_eq!(
            line(409, r#"{"errorMessage":"Realm shop already exists"}"#),
            "Realm shop already exists. keyward realm show shop shows it, keyward realm set shop changes it"
        );
        assert_eq!(
            line(404, r#"{"error":"Realm not found."}"#),
            "there is no realm \"shop\". keyward realm list names them"
        );
        assert_eq!(
            line(404, r#"{"error":"Could not find client"}"#),
            "Could not find client"
        );
        let unknown = "https://id has no such thing, or no admin API";
        assert_eq!(line(404, r#"{"error":"HTTP 404 Not Found"}"#), unknown);
        assert_eq!(line(404, "<html>"), unknown);
        assert_eq!(
            line(401, "{}"),
            "the login at https://id has ended. Log in again with keyward login https://id"
        );
        assert_eq!(
            line(
                400,
                r#"{"field":"username","errorMessage":"error-invalid-length","params":["username",3,255]}"#
            ),
            "username: must have 3 to 255 characters"
        );
        assert_eq!(
            line(
                400,
                r#"{"error":"unknown_error","error_description":"Cannot parse the JSON",
                    "errors":[{"path":"enabled","message":"must be a boolean"}]}"#
            ),
            "enabled: must be a boolean"
        );
        let several = r#"{"errorMessage":"a: wrong","errors":[{"path":"a","message":"wrong"},{"path":"b","message":"wrong"}],
            "more":2}"#;
        assert_eq!(
            line(400, several),
            "nothing was changed: mend what stands above, and 2 more"
        );
        let several = r#"{"errors":[{"field":"a","errorMessage":"error-invalid-number","params":["a"]},{"field":"b","errorMessage":"x"}]}"#;
        assert_eq!(line(400, several), "nothing was changed: mend what stands above");
        assert!(line(403, "{}").starts_with("your roles do not allow this in realm \"shop\""));
        assert_eq!(
            line(503, r#"{"error":"temporarily_unavailable"}"#),
            "https://id could not do it: temporarily_unavailable (status 503)"
        );
    }

    #[test]
    fn what_a_server_says_does_not_drive_the_terminal() {
        let said = line(400, r#"{"errorMessage":"a\u001b[2Jb\nc\u009bd"}"#);
        assert!(!said.chars().any(char::is_control), "{said:?}");
        assert_eq!(
            line(400, &format!(r#"{{"error":"{}"}}"#, "a".repeat(5000))).len(),
            SHOWN
        );
    }
}
