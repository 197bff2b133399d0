//! The access token of a kept login, renewed as it ends, by one command at a time.

use std::sync::{Arc, Mutex, PoisonError};

use keyward_client::time::{Clock as _, SystemClock};
use keyward_client::{
    AccessToken, ClientCredentials, RefreshError, RefreshOptions, TokenSet, TokenSource, Tokens, Transport, UserTokens,
};
use thiserror::Error;

use super::kept::{Grant, Login};
use super::logins::Logins;
use crate::admin_api::ended;
use crate::failure::Failure;
use crate::token::refused;

/// The tokens of a login.
pub(crate) struct KeptTokens {
    server: String,
    transport: Transport,
    /// The one that was used last, so that a command with many calls reads the file once.
    held: Mutex<Login>,
}

/// Why there is no token: a line for the person at the terminal.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct NoToken(Failure);

impl From<NoToken> for Failure {
    fn from(error: NoToken) -> Self {
        error.0
    }
}

impl From<Failure> for NoToken {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl KeptTokens {
    pub(crate) fn new(login: Login, transport: Transport) -> Self {
        Self {
            server: login.server.clone(),
            transport,
            held: Mutex::new(login),
        }
    }

    /// A token that is not `refused`: another command's, or a new one.
    async fn another(&self, refused: Option<&AccessToken>) -> Result<Arc<AccessToken>, Failure> {
        let mut logins = Logins::locked()?;
        let over = || Failure::new(ended(&self.server));
        let mut login = logins.at(&self.server).cloned().ok_or_else(over)?;
        let tokens = login.tokens().map_err(|_| over())?;
        let is_another = refused.is_none_or(|refused| refused.reveal() != tokens.access_token.reveal());
        if is_another && is_fresh(&login) {
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = login;
            return Ok(Arc::new(tokens.access_token));
        }
        let tokens = self.renewed(&login, tokens).await?;
        login.take(&tokens, SystemClock.now());
        logins.update(login.clone())?;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = login;
        Ok(Arc::new(tokens.access_token))
    }

    /// New tokens of the same login.
    async fn renewed(&self, login: &Login, old: TokenSet) -> Result<TokenSet, Failure> {
        let over = || Failure::new(ended(&self.server));
        let Some(endpoint) = login.endpoint(self.transport.clone()) else {
            return Err(Failure::new(format!(
                "{}. The secret of client {} is needed again: set KEYWARD_CLIENT_SECRET",
                ended(&self.server),
                login.client_id
            )));
        };
        if login.grant == Grant::ClientCredentials {
            let source = TokenSource::new(endpoint, ClientCredentials::default());
            let token = source.token().await.map_err(|error| refused(&error))?;
            return Ok(TokenSet {
                access_token: AccessToken::clone(&token),
                refresh_token: None,
                id_token: None,
            });
        }
        let got = Arc::<Mutex<Option<TokenSet>>>::default();
        let into = Arc::clone(&got);
        let options = RefreshOptions {
            changed: Box::new(move |tokens| {
                *into.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokens.clone());
            }),
            ..RefreshOptions::default()
        };
        let token = old.access_token.clone();
        let user = UserTokens::new(endpoint, old, options);
        match user.renew(&token).await {
            Ok(_) => {}
            Err(RefreshError::LoginRequired) => return Err(over()),
            Err(RefreshError::Token(error)) => return Err(refused(&error)),
        }
        let got = got.lock().unwrap_or_else(PoisonError::into_inner).take();
        got.ok_or_else(over)
    }
}

/// Whether the token lasts for a call or two: ten seconds, or half its life when that is shorter.
fn is_fresh(login: &Login) -> bool {
    let early = 10_000.min(login.expires_at.saturating_sub(login.issued_at) / 2);
    SystemClock.now().0 + early < login.expires_at
}

impl Tokens for KeptTokens {
    type Error = NoToken;

    async fn token(&self) -> Result<Arc<AccessToken>, NoToken> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if is_fresh(&held)
            && let Ok(tokens) = held.tokens()
        {
            return Ok(Arc::new(tokens.access_token));
        }
        Ok(self.another(None).await?)
    }

    async fn renew(&self, refused: &AccessToken) -> Result<Arc<AccessToken>, NoToken> {
        Ok(self.another(Some(refused)).await?)
    }
}
