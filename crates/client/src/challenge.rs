//! What an API says when it refuses a token. RFC 6750 §3

use http::header::{HeaderMap, WWW_AUTHENTICATE};
use http::{Response, StatusCode};

/// Whether another access token may do: the status is 401 and the challenge, if it names an error, names
/// `invalid_token`. A login that is too weak (RFC 9470 §3), a proof that is missing (RFC 9449 §7.1) or a malformed request
/// is not cured by a token of the same kind. RFC 6750 §3.1
pub fn wants_fresh_token<B>(response: &Response<B>) -> bool {
    is_stale(response.status(), response.headers())
}

pub(crate) fn is_stale(status: StatusCode, headers: &HeaderMap) -> bool {
    if status != StatusCode::UNAUTHORIZED {
        return false;
    }
    let challenges = headers.get_all(WWW_AUTHENTICATE).iter();
    let mut errors = challenges
        .filter_map(|value| value.to_str().ok())
        .flat_map(errors)
        .peekable();
    errors.peek().is_none() || errors.any(|error| error == "invalid_token")
}

/// The values of every `error` parameter. RFC 9110 §11.6.1
fn errors(mut rest: &str) -> Vec<String> {
    let mut errors = Vec::new();
    while let Some(start) = rest.find(is_token) {
        let (name, after) = token(rest.split_at(start).1);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let (text, after) = if let Some(quoted) = value.strip_prefix('"') {
            quoted_string(quoted)
        } else {
            let (text, after) = token(value);
            (text.to_owned(), after)
        };
        if name.eq_ignore_ascii_case("error") {
            errors.push(text);
        }
        rest = after;
    }
    errors
}

fn token(text: &str) -> (&str, &str) {
    text.split_at(text.find(|character| !is_token(character)).unwrap_or(text.len()))
}

/// What stands before the closing quotation mark, and what after it. RFC 9110 §5.6.4
fn quoted_string(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    (value, characters.as_str())
}

/// RFC 9110 §5.6.2
fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn stale(status: u16, challenges: &[&str]) -> bool {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for challenge in challenges {
            let value = HeaderValue::from_str(challenge).unwrap();
            response.headers_mut().append(WWW_AUTHENTICATE, value);
        }
        wants_fresh_token(&response)
    }

    #[test]
    fn an_invalid_token_and_a_bare_401_are_worth_another_token() {
        for challenges in [
            &[][..],
            &["Bearer"],
            &["Bearer realm=\"shop\""],
            &["Bearer realm=\"error=insufficient_scope\""],
            &["Bearer realm=\"shop\", error=\"invalid_token\", error_description=\"The token expired\""],
            &["bearer ERROR = invalid_token"],
            &["Negotiate YWJj==", "DPoP algs=\"ES256\", error=\"invalid_token\""],
            &["Bearer x=\"a\\\"b\", error=\"invalid_token\""],
        ] {
            assert!(stale(401, challenges), "{challenges:?}");
        }
    }

    #[test]
    fn other_refusals_are_not() {
        for error in [
            "insufficient_user_authentication",
            "insufficient_scope",
            "invalid_request",
            "use_dpop_nonce",
            "invalid_dpop_proof",
            "invalid_token2",
            "",
        ] {
            assert!(
                !stale(401, &[&format!("Bearer realm=\"r\", error=\"{error}\"")]),
                "{error}"
            );
        }
        for status in [200, 400, 403, 407, 500] {
            assert!(!stale(status, &["Bearer error=\"invalid_token\""]), "{status}");
        }
    }

    #[test]
    fn broken_challenges_end() {
        for challenge in ["=", "a==\"", "error=\"", "error=", ", , =\"\\", "a b c \"\"\""] {
            let _ = stale(401, &[challenge]);
        }
    }
}
