//! What gives access tokens.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use crate::token::AccessToken;

/// Something that has an access token at any time: for a program itself ([`crate::TokenSource`]) or for a user who has
/// logged in ([`crate::UserTokens`]).
pub trait Tokens: Send + Sync {
    /// Why there is no token.
    type Error: Error + Send + Sync + 'static;

    /// A token that holds now. Many callers may ask at once; the issuer is asked once.
    fn token(&self) -> impl Future<Output = Result<Arc<AccessToken>, Self::Error>> + Send;

    /// Another token than the one that an API has just refused.
    fn renew(&self, refused: &AccessToken) -> impl Future<Output = Result<Arc<AccessToken>, Self::Error>> + Send;
}
