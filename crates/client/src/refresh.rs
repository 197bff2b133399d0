//! Tokens for a user who has logged in, kept fresh by the refresh token. RFC 6749 §6

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyward_protocol::error::ErrorCode;
use thiserror::Error;

use crate::form::Form;
use crate::kept::Kept;
use crate::secret::Secret;
use crate::time::{Clock, SystemClock, UnixMillis};
use crate::token::{AccessToken, TokenEndpoint, TokenError, TokenSet};
use crate::tokens::Tokens;

/// A user's access token, renewed before it ends. A clone shares it.
///
/// Each refresh token is sent once: callers who need a new access token at the same moment share one request, and a
/// caller that goes away does not take the answer with it, in which a new refresh token may stand. RFC 9700 §4.14.2
#[derive(Clone)]
pub struct UserTokens {
    shared: Arc<Shared>,
}

struct Shared {
    endpoint: TokenEndpoint,
    refresh_token: Mutex<Option<Secret>>,
    kept: Kept<RefreshError>,
    changed: Box<dyn Fn(&TokenSet) + Send + Sync>,
}

/// How [`UserTokens`] keeps tokens.
pub struct RefreshOptions {
    /// How long before its end an access token is replaced.
    pub renew_early: Duration,
    /// Called with each new set, for a program that stores them; the set's refresh token is the one to use next.
    pub changed: Box<dyn Fn(&TokenSet) + Send + Sync>,
    /// What the time is read from.
    pub clock: Arc<dyn Clock>,
}

impl Default for RefreshOptions {
    /// Thirty seconds, nothing stored, the system's clock.
    fn default() -> Self {
        Self {
            renew_early: Duration::from_secs(30),
            changed: Box::new(|_| ()),
            clock: Arc::new(SystemClock),
        }
    }
}

/// Why a user's tokens could not be refreshed.
#[derive(Debug, Clone, Error)]
pub enum RefreshError {
    /// There is no refresh token, or the issuer takes it no more: the user must log in again. RFC 6749 §5.2
    #[error("the user must log in again")]
    LoginRequired,
    /// It may work another time.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl UserTokens {
    /// Keeps tokens that a login or a store gave.
    pub fn new(endpoint: TokenEndpoint, tokens: TokenSet, options: RefreshOptions) -> Self {
        Self {
            shared: Arc::new(Shared {
                endpoint,
                refresh_token: Mutex::new(tokens.refresh_token),
                kept: Kept::new(Some(tokens.access_token), options.renew_early, options.clock),
                changed: options.changed,
            }),
        }
    }

    /// The refresh token that would be sent next.
    pub fn refresh_token(&self) -> Option<Secret> {
        self.shared.refresh_token().clone()
    }

    fn ask(&self, now: UnixMillis) -> impl Future<Output = Result<Arc<AccessToken>, RefreshError>> + Send + use<> {
        let shared = self.shared.clone();
        async move { shared.refresh(now).await }
    }
}

impl Shared {
    /// Runs alone: [`Kept`] sees to it.
    async fn refresh(&self, now: UnixMillis) -> Result<Arc<AccessToken>, RefreshError> {
        let sent = self.refresh_token().clone().ok_or(RefreshError::LoginRequired)?;
        let form = Form::new()
            .with("grant_type", "refresh_token")
            .with("refresh_token", sent.reveal());
        let mut tokens = match self.endpoint.request(form, None, now).await {
            Err(error) if error.is(ErrorCode::InvalidGrant) => {
                *self.refresh_token() = None;
                return Err(RefreshError::LoginRequired);
            }
            tokens => tokens?,
        };
        // Without a new one the old one goes on. RFC 6749 §6
        let next = tokens.refresh_token.get_or_insert(sent).clone();
        *self.refresh_token() = Some(next);
        // Nobody has verified it, and the one of the login says who the user is. OIDC Core §12.2
        tokens.id_token = None;
        (self.changed)(&tokens);
        Ok(self.kept.store(tokens.access_token))
    }

    fn refresh_token(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.refresh_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tokens for UserTokens {
    type Error = RefreshError;

    async fn token(&self) -> Result<Arc<AccessToken>, RefreshError> {
        let token = self.shared.kept.token(|now| self.ask(now)).await;
        token.unwrap_or(Err(RefreshError::Token(TokenError::Stopped)))
    }

    async fn renew(&self, refused: &AccessToken) -> Result<Arc<AccessToken>, RefreshError> {
        let token = self.shared.kept.renew(refused, |now| self.ask(now)).await;
        token.unwrap_or(Err(RefreshError::Token(TokenError::Stopped)))
    }
}

impl fmt::Debug for UserTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserTokens")
            .field("endpoint", &self.shared.endpoint)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RefreshOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshOptions")
            .field("renew_early", &self.renew_early)
            .finish_non_exhaustive()
    }
}
