//! The token endpoint. RFC 6749 §3.2

use std::fmt;

use super::{TokenError, TokenSet, response};
use crate::client_auth::ClientAuthentication;
use crate::endpoint::Endpoint;
use crate::form::Form;
use crate::issuer::Issuer;
use crate::time::UnixMillis;
use crate::transport::Transport;

/// Where this program gets tokens, and as which client.
#[derive(Clone)]
pub struct TokenEndpoint {
    endpoint: Endpoint,
    client: ClientAuthentication,
}

impl TokenEndpoint {
    /// The endpoint that the issuer's metadata name. RFC 8414 §2
    pub fn of_issuer(issuer: Issuer, client: ClientAuthentication) -> Self {
        let endpoint = Endpoint::discovered(issuer, "token_endpoint", |metadata| metadata.token_endpoint.as_ref());
        Self { endpoint, client }
    }

    /// The endpoint at this URL.
    pub fn at(transport: Transport, url: impl Into<String>, client: ClientAuthentication) -> Self {
        let endpoint = Endpoint::at(transport, url.into());
        Self { endpoint, client }
    }

    /// The client that asks.
    pub fn client_id(&self) -> &str {
        self.client.client_id()
    }

    /// Sends one request of any grant type; `form` holds all but the client. RFC 6749 §4
    ///
    /// # Errors
    /// [`TokenError`]
    pub async fn request(&self, form: Form, scope: Option<&str>, now: UnixMillis) -> Result<TokenSet, TokenError> {
        let answer = self.endpoint.post(form, &self.client, "application/json").await?;
        response::read(&answer, scope, now)
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoint")
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}
