//! Tokens for a program itself. RFC 6749 §4.4

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::form::Form;
use crate::kept::Kept;
use crate::time::{Clock, SystemClock, UnixMillis};
use crate::token::{AccessToken, TokenEndpoint, TokenError};
use crate::tokens::Tokens;

/// A program's own access token, kept and renewed before it ends. A clone shares it.
#[derive(Clone)]
pub struct TokenSource {
    shared: Arc<Shared>,
}

struct Shared {
    endpoint: TokenEndpoint,
    request: ClientCredentials,
    kept: Kept<TokenError>,
}

/// What is asked for.
#[derive(Clone)]
pub struct ClientCredentials {
    /// The scope, or the issuer's default for the client. RFC 6749 §3.3
    pub scope: Option<String>,
    /// The APIs that the token is for. RFC 8707 §2
    pub resources: Vec<String>,
    /// How long before its end a token is replaced.
    pub renew_early: Duration,
    /// What the time is read from.
    pub clock: Arc<dyn Clock>,
}

impl ClientCredentials {
    /// This scope, and the rest by default. RFC 6749 §3.3
    pub fn scoped(scope: impl Into<String>) -> Self {
        Self {
            scope: Some(scope.into()),
            ..Self::default()
        }
    }
}

impl Default for ClientCredentials {
    /// The issuer's default scope, thirty seconds, the system's clock.
    fn default() -> Self {
        Self {
            scope: None,
            resources: Vec::new(),
            renew_early: Duration::from_secs(30),
            clock: Arc::new(SystemClock),
        }
    }
}

impl TokenSource {
    /// Prepares a source; the first token is asked for when it is needed.
    pub fn new(endpoint: TokenEndpoint, request: ClientCredentials) -> Self {
        let kept = Kept::new(None, request.renew_early, request.clock.clone());
        Self {
            shared: Arc::new(Shared {
                endpoint,
                request,
                kept,
            }),
        }
    }

    fn ask(&self, now: UnixMillis) -> impl Future<Output = Result<Arc<AccessToken>, TokenError>> + Send + use<> {
        let shared = self.shared.clone();
        async move {
            let scope = shared.request.scope.as_deref();
            let mut form = Form::new().with("grant_type", "client_credentials");
            if let Some(scope) = scope {
                form.push("scope", scope);
            }
            for resource in &shared.request.resources {
                form.push("resource", resource);
            }
            let tokens = shared.endpoint.request(form, scope, now).await?;
            Ok(shared.kept.store(tokens.access_token))
        }
    }
}

impl Tokens for TokenSource {
    type Error = TokenError;

    async fn token(&self) -> Result<Arc<AccessToken>, TokenError> {
        let token = self.shared.kept.token(|now| self.ask(now)).await;
        token.unwrap_or(Err(TokenError::Stopped))
    }

    async fn renew(&self, refused: &AccessToken) -> Result<Arc<AccessToken>, TokenError> {
        let token = self.shared.kept.renew(refused, |now| self.ask(now)).await;
        token.unwrap_or(Err(TokenError::Stopped))
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSource")
            .field("endpoint", &self.shared.endpoint)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("scope", &self.scope)
            .field("resources", &self.resources)
            .field("renew_early", &self.renew_early)
            .finish_non_exhaustive()
    }
}
