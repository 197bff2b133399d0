//! Logging a user in from a program on the user's own machine. RFC 8252, RFC 6749 §4.1
//!
//! The login itself happens in the user's browser; the answer comes back to a port of 127.0.0.1 that is open for this
//! one login. PKCE (RFC 7636), `state`, `iss` (RFC 9207) and the ID token's `nonce` tie the answer to the question.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use keyward_jose::random;
use keyward_protocol::metadata::ProviderMetadata;
use thiserror::Error;

use self::callback::{Callback, ExpectedCallback};
use self::loopback::{Loopback, Outcome};
use self::request::Draft;
use crate::client_auth::ClientAuthentication;
use crate::form::Form;
use crate::id_token::{ExpectedIdToken, IdToken, IdTokenError};
use crate::issuer::{DiscoveryError, Issuer};
use crate::jwks::{JwksCache, JwksOptions};
use crate::refresh::{RefreshOptions, UserTokens};
use crate::secret::Secret;
use crate::time::{Clock, SystemClock};
use crate::token::{Refusal, TokenEndpoint, TokenError, TokenSet};

pub use self::browser::open_browser;

mod browser;
mod callback;
mod loopback;
mod request;

/// Logs users in at one issuer.
pub struct NativeLogin {
    issuer: Issuer,
    keys: JwksCache,
    endpoint: TokenEndpoint,
    options: LoginOptions,
}

/// How [`NativeLogin`] asks.
pub struct LoginOptions {
    /// The scope; with `openid` in it there is an ID token. OIDC Core §3.1.2.1
    pub scope: String,
    /// Who is expected to log in. OIDC Core §3.1.2.1
    pub login_hint: Option<String>,
    /// `login`, `consent`, `select_account`. OIDC Core §3.1.2.1
    pub prompt: Option<String>,
    /// How strong the login must be, the best first. OIDC Core §3.1.2.1
    pub acr_values: Option<String>,
    /// The APIs that the access token is for. RFC 8707 §2
    pub resources: Vec<String>,
    /// The path of the redirect URI that the client is registered with, as `http://127.0.0.1/callback`; the port is
    /// chosen anew each time. RFC 8252 §7.3
    pub redirect_path: String,
    /// How long the user may take.
    pub wait: Duration,
    /// Shows a URL to the user.
    pub open: Opener,
    /// What the time is read from.
    pub clock: Arc<dyn Clock>,
}

/// Shows a URL to the user: opens a browser, prints it, both.
pub type Opener = Box<dyn Fn(&str) -> io::Result<()> + Send + Sync>;

impl Default for LoginOptions {
    /// `openid`, `/callback`, five minutes, the user's browser.
    fn default() -> Self {
        Self {
            scope: "openid".to_owned(),
            login_hint: None,
            prompt: None,
            acr_values: None,
            resources: Vec::new(),
            redirect_path: "/callback".to_owned(),
            wait: Duration::from_mins(5),
            open: Box::new(open_browser),
            clock: Arc::new(SystemClock),
        }
    }
}

/// A login that succeeded.
#[derive(Debug)]
pub struct Login {
    /// The tokens. An ID token among them is the one that was verified.
    pub tokens: TokenSet,
    /// Who logged in, if `openid` was asked for.
    pub id_token: Option<IdToken>,
    endpoint: TokenEndpoint,
}

/// Why a login failed.
#[derive(Debug, Error)]
pub enum LoginError {
    /// The issuer's metadata are not known.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The issuer's metadata name no authorization endpoint. RFC 8414 §2
    #[error("the issuer's metadata have no authorization_endpoint")]
    NoEndpoint,
    /// No port of 127.0.0.1 could be opened.
    #[error("no port for the browser's answer: {0}")]
    Listen(#[source] io::Error),
    /// The browser could not be opened.
    #[error("the browser could not be opened: {0}")]
    Browser(#[source] io::Error),
    /// The user did not come back in time.
    #[error("nobody logged in in time")]
    Timeout,
    /// The issuer or the user said no. RFC 6749 §4.1.2.1
    #[error("the login was refused: {0}")]
    Refused(Refusal),
    /// The answer is from another issuer than was asked. RFC 9207 §2.4
    #[error("the answer is from another issuer")]
    IssuerMismatch,
    /// The answer has neither code nor error. RFC 6749 §4.1.2
    #[error("the answer has no code")]
    NoCode,
    /// The code was not exchanged for tokens.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// `openid` was asked for and no ID token came. OIDC Core §3.1.3.3
    #[error("there is no ID token")]
    NoIdToken,
    /// The ID token is not believed.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
}

impl NativeLogin {
    /// Prepares logins of a client, which is a public one as a rule. RFC 8252 §8.4
    pub fn new(issuer: Issuer, client: ClientAuthentication, options: LoginOptions) -> Self {
        let jwks = JwksOptions {
            clock: options.clock.clone(),
            ..JwksOptions::default()
        };
        Self {
            keys: JwksCache::of_issuer(issuer.clone(), jwks),
            endpoint: TokenEndpoint::of_issuer(issuer.clone(), client),
            issuer,
            options,
        }
    }

    /// Shows the issuer's login to the user and waits for the answer. RFC 8252 §4.1
    ///
    /// # Errors
    /// [`LoginError`]
    pub async fn login(&self) -> Result<Login, LoginError> {
        let metadata = self.issuer.metadata().await?;
        let loopback = Loopback::bind(&self.options.redirect_path)
            .await
            .map_err(LoginError::Listen)?;
        let mut random = [[0; 32]; 3];
        for bytes in &mut random {
            random::fill(bytes);
        }
        let draft = Draft::new(loopback.redirect_uri(), random);
        let url = draft
            .url(&metadata, self.endpoint.client_id(), &self.options)
            .ok_or(LoginError::NoEndpoint)?;
        (self.options.open)(&url).map_err(LoginError::Browser)?;
        let expected = self.expected(&draft, &metadata);
        let (callback, browser) = tokio::time::timeout(self.options.wait, loopback.wait(expected))
            .await
            .map_err(|_| LoginError::Timeout)?;
        let login = self.finish(callback, &draft).await;
        let outcome = if login.is_ok() {
            Outcome::SignedIn
        } else {
            Outcome::Failed
        };
        browser.show(outcome).await;
        login
    }

    fn expected(&self, draft: &Draft, metadata: &ProviderMetadata) -> ExpectedCallback {
        ExpectedCallback {
            state: draft.state.clone(),
            issuer: self.issuer.url().to_owned(),
            iss_promised: metadata.authorization_response_iss_parameter_supported == Some(true),
        }
    }

    async fn finish(&self, callback: Callback, draft: &Draft) -> Result<Login, LoginError> {
        let code = match callback {
            Callback::Code(code) => code,
            Callback::Refused(refusal) => return Err(LoginError::Refused(refusal)),
            Callback::IssuerMismatch => return Err(LoginError::IssuerMismatch),
            Callback::NoCode => return Err(LoginError::NoCode),
        };
        let tokens = self.exchange(&code, draft).await?;
        let id_token = self.id_token(&tokens, draft).await?;
        Ok(Login {
            tokens,
            id_token,
            endpoint: self.endpoint.clone(),
        })
    }

    /// RFC 6749 §4.1.3, RFC 7636 §4.5
    async fn exchange(&self, code: &Secret, draft: &Draft) -> Result<TokenSet, TokenError> {
        let form = Form::new()
            .with("grant_type", "authorization_code")
            .with("code", code.reveal())
            .with("redirect_uri", &draft.redirect_uri)
            .with("code_verifier", draft.verifier.reveal());
        let scope = Some(self.options.scope.as_str());
        self.endpoint.request(form, scope, self.options.clock.now()).await
    }

    async fn id_token(&self, tokens: &TokenSet, draft: &Draft) -> Result<Option<IdToken>, LoginError> {
        if !self.options.asks_for_id_token() {
            return Ok(None);
        }
        let token = tokens.id_token.as_ref().ok_or(LoginError::NoIdToken)?;
        let expected = ExpectedIdToken {
            issuer: self.issuer.url(),
            client_id: self.endpoint.client_id(),
            nonce: Some(&draft.nonce),
            access_token: Some(tokens.access_token.reveal()),
        };
        let now = self.options.clock.now();
        Ok(Some(IdToken::verify(token.reveal(), expected, &self.keys, now).await?))
    }
}

impl LoginOptions {
    fn asks_for_id_token(&self) -> bool {
        self.scope.split(' ').any(|scope| scope == "openid")
    }
}

impl Login {
    /// Keeps the tokens fresh from now on.
    pub fn keep_fresh(self, options: RefreshOptions) -> UserTokens {
        UserTokens::new(self.endpoint, self.tokens, options)
    }
}

impl fmt::Debug for NativeLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NativeLogin")
            .field("issuer", &self.issuer)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LoginOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginOptions")
            .field("scope", &self.scope)
            .field("redirect_path", &self.redirect_path)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}
