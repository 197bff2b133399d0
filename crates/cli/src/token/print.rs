//! What came, on stdout.

use keyward_client::time::{Clock as _, SystemClock};
use keyward_client::{Secret, TokenSet};
use serde::Serialize;

use crate::failure::Failure;
use crate::output;

/// How much goes to stdout.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// The access token alone, for `$(…)`.
    Token,
    /// Everything, in one line.
    Json,
}

/// A token response. RFC 6749 §5.1
#[derive(Serialize)]
struct Everything<'t> {
    access_token: &'t str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'t str>,
}

/// Prints the tokens, and on stderr what they are.
pub(super) fn tokens(tokens: &TokenSet, client_id: &str, issuer: &str, output: Output) -> Result<(), Failure> {
    let token = &tokens.access_token;
    // The part of a second that has passed since it came counts for nothing.
    let left = token.expires_at().since(SystemClock.now()).as_millis();
    let expires_in = u64::try_from(left.div_ceil(1000)).unwrap_or(u64::MAX);
    if output == Output::Json {
        return output::json(&Everything {
            access_token: token.reveal(),
            token_type: "Bearer",
            expires_in,
            scope: token.scope(),
            refresh_token: tokens.refresh_token.as_ref().map(Secret::reveal),
            id_token: tokens.id_token.as_ref().map(Secret::reveal),
        });
    }
    let scope = scope(token.scope());
    eprintln!("a token for {client_id} of {issuer}, for {expires_in} s{scope}");
    if tokens.refresh_token.is_some() {
        eprintln!("a refresh token came too: --json prints it");
    }
    output::line(token.reveal())
}

/// What is said of the scope: nothing of one that is empty.
fn scope(scope: Option<&str>) -> String {
    match scope {
        None => ", scope: not told".to_owned(),
        Some("") => String::new(),
        Some(scope) => format!(", scope: {scope}"),
    }
}

#[cfg(test)]
mod tests {
    use super::scope;

    #[test]
    fn an_empty_scope_is_not_mentioned() {
        assert_eq!(scope(Some("a b")), ", scope: a b");
        assert_eq!(scope(Some("")), "");
        assert_eq!(scope(None), ", scope: not told");
    }
}
