//! Calling an API with a token that is renewed once. RFC 6750 §3.1

use std::error::Error;
use std::future::Future;

use http::{HeaderValue, Response};
use thiserror::Error;

use crate::challenge::wants_fresh_token;
use crate::tokens::Tokens;

/// Why a call has no answer.
#[derive(Debug, Error)]
pub enum CallError<T: Error, E: Error> {
    /// There is no token.
    #[error("no access token: {0}")]
    Token(#[source] T),
    /// The request was not answered.
    #[error(transparent)]
    Send(E),
}

/// Calls an API: `send` makes the request, with the given value of `Authorization`, and sends it.
///
/// An answer that says that the token does not hold (any more) makes `send` run once more with a fresh one, and its
/// second answer is the result, whatever it says. So `send` must be able to run twice; a request whose body can be read
/// once is sent without this function.
///
/// # Errors
/// [`CallError`]
pub async fn call<T, B, E, F>(
    tokens: &T,
    mut send: impl FnMut(HeaderValue) -> F,
) -> Result<Response<B>, CallError<T::Error, E>>
where
    T: Tokens,
    E: Error,
    F: Future<Output = Result<Response<B>, E>>,
{
    let token = tokens.token().await.map_err(CallError::Token)?;
    let response = send(token.authorization()).await.map_err(CallError::Send)?;
    if !wants_fresh_token(&response) {
        return Ok(response);
    }
    let token = tokens.renew(&token).await.map_err(CallError::Token)?;
    send(token.authorization()).await.map_err(CallError::Send)
}
