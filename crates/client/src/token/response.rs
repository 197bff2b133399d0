//! Reading what a token endpoint answers. RFC 6749 §5.1, §5.2

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use super::{AccessToken, Lifetime, Refusal, TokenError, TokenSet};
use crate::json;
use crate::secret::Secret;
use crate::time::UnixMillis;
use crate::transport::Answer;

/// How long a token is believed to live when the issuer does not say. RFC 6749 §5.1
const UNSAID_LIFETIME: Duration = Duration::from_mins(1);

#[derive(Deserialize)]
struct Success {
    access_token: Secret,
    token_type: String,
    expires_in: Option<u64>,
    refresh_token: Option<Secret>,
    id_token: Option<Secret>,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    error: String,
    error_description: Option<String>,
}

/// The tokens of an answer to a request that asked for `scope` and was sent at `now`: the time on the way shortens the
/// token's life and never lengthens it.
pub(super) fn read(answer: &Answer, scope: Option<&str>, now: UnixMillis) -> Result<TokenSet, TokenError> {
    if answer.status != StatusCode::OK {
        return Err(refusal(answer));
    }
    let success: Success = json::parse(&answer.body).map_err(|_| TokenError::Malformed)?;
    if !success.token_type.eq_ignore_ascii_case("Bearer") {
        return Err(TokenError::TokenType);
    }
    let lifetime = Lifetime {
        from: now,
        until: now.plus(success.expires_in.map_or(UNSAID_LIFETIME, Duration::from_secs)),
    };
    let scope = success.scope.or_else(|| scope.map(str::to_owned));
    Ok(TokenSet {
        access_token: AccessToken::parse(success.access_token, lifetime, scope)?,
        refresh_token: success.refresh_token,
        id_token: success.id_token,
    })
}

fn refusal(answer: &Answer) -> TokenError {
    json::parse::<Failure>(&answer.body)
        .ok()
        .and_then(|failure| Refusal::parse(&failure.error, failure.error_description.as_deref()))
        .map_or(TokenError::Status(answer.status), TokenError::Refused)
}
