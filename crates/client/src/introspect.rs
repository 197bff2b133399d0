//! Asking the issuer whether a token is active. RFC 7662, RFC 9701

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value};
use thiserror::Error;

pub use self::answer::AnswerError;
use crate::client_auth::ClientAuthentication;
use crate::form::Form;
use crate::issuer::{DiscoveryError, Issuer};
use crate::jwks::{JwksCache, KeyError};
use crate::time::{Clock, SystemClock, UnixMillis};
use crate::transport::{Answer, Transport, TransportError};

mod answer;

/// The media type of a signed answer. RFC 9701 §4
const SIGNED: &str = "application/token-introspection+jwt";

/// Asks one issuer about tokens.
#[derive(Clone)]
pub struct Introspector {
    transport: Transport,
    endpoint: Endpoint,
    client: ClientAuthentication,
    form: AnswerForm,
    clock: Arc<dyn Clock>,
}

#[derive(Clone)]
enum Endpoint {
    Discovered(Issuer),
    Url(String),
}

#[derive(Clone)]
enum AnswerForm {
    Json,
    Signed { issuer: String, keys: JwksCache },
}

/// What the issuer says of a token.
#[derive(Clone, PartialEq)]
pub enum Introspection {
    /// The token is not active, or not for this client to know. RFC 7662 §2.2
    Inactive,
    /// The token is active; these are the members of the answer, `active` among them. Audience, issuer and scope are for
    /// the caller to judge.
    Active(Map<String, Value>),
}

/// Why it is not known whether a token is active. None of these says anything about the token.
#[derive(Debug, Clone, Error)]
pub enum IntrospectError {
    /// The issuer's metadata are not known.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The issuer's metadata name no introspection endpoint. RFC 8414 §2
    #[error("the issuer's metadata have no introspection_endpoint")]
    NoEndpoint,
    /// No answer came.
    #[error("introspection: {0}")]
    Transport(#[from] TransportError),
    /// The issuer refuses this program's own credentials: 401 or 403. RFC 7662 §2.3
    #[error("the issuer refuses the credentials of this resource server: status {}", .0.as_u16())]
    Credentials(StatusCode),
    /// Another status than 200.
    #[error("introspection: status {}", .0.as_u16())]
    Status(StatusCode),
    /// The answer is not what was asked for.
    #[error("introspection: {0}")]
    Answer(#[from] AnswerError),
    /// The key that signed the answer cannot be had.
    #[error("introspection: {0}")]
    Key(#[from] KeyError),
}

impl IntrospectError {
    /// A stable word for metrics and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Discovery(error) => error.code(),
            Self::NoEndpoint => "no_endpoint",
            Self::Transport(error) => error.code(),
            Self::Credentials(_) => "credentials",
            Self::Status(_) => "status",
            Self::Answer(_) => "answer",
            Self::Key(_) => "key",
        }
    }
}

impl Introspector {
    /// Asks at the endpoint that the issuer's metadata name, with plain JSON for an answer.
    pub fn of_issuer(issuer: Issuer, client: ClientAuthentication) -> Self {
        let transport = issuer.transport().clone();
        Self::new(transport, Endpoint::Discovered(issuer), client)
    }

    /// Asks at this URL, with plain JSON for an answer.
    pub fn at(transport: Transport, url: impl Into<String>, client: ClientAuthentication) -> Self {
        Self::new(transport, Endpoint::Url(url.into()), client)
    }

    fn new(transport: Transport, endpoint: Endpoint, client: ClientAuthentication) -> Self {
        Self {
            transport: transport.with_max_body(64 * 1024),
            endpoint,
            client,
            form: AnswerForm::Json,
            clock: Arc::new(SystemClock),
        }
    }

    /// Asks for signed answers and takes no others. `issuer` and `keys` are those of the authorization server.
    /// RFC 9701 §4
    #[must_use]
    pub fn signed(mut self, issuer: impl Into<String>, keys: JwksCache) -> Self {
        let issuer = issuer.into();
        self.form = AnswerForm::Signed { issuer, keys };
        self
    }

    /// The same under another transport: another time limit, another longest body.
    #[must_use]
    pub fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Asks whether an access token is active. RFC 7662 §2.1
    ///
    /// # Errors
    /// [`IntrospectError`]
    pub async fn introspect(&self, token: &str) -> Result<Introspection, IntrospectError> {
        self.introspect_at(token, self.clock.now()).await
    }

    /// [`Introspector::introspect`] at an instant that the caller has read.
    ///
    /// # Errors
    /// [`IntrospectError`]
    pub async fn introspect_at(&self, token: &str, now: UnixMillis) -> Result<Introspection, IntrospectError> {
        let accept = match &self.form {
            AnswerForm::Json => "application/json",
            AnswerForm::Signed { .. } => SIGNED,
        };
        let mut form = Form::new().with("token", token).with("token_type_hint", "access_token");
        let authorization = self.client.present(&mut form);
        let url = self.url().await?;
        let answer = self
            .transport
            .post_form(&url, &form, authorization.as_ref(), accept)
            .await?;
        match answer.status {
            StatusCode::OK => self.read(&answer, now).await,
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(IntrospectError::Credentials(status)),
            status => {
                self.forget(status);
                Err(IntrospectError::Status(status))
            }
        }
    }

    async fn url(&self) -> Result<String, IntrospectError> {
        match &self.endpoint {
            Endpoint::Url(url) => Ok(url.clone()),
            Endpoint::Discovered(issuer) => {
                let metadata = issuer.metadata().await?;
                metadata
                    .introspection_endpoint
                    .clone()
                    .ok_or(IntrospectError::NoEndpoint)
            }
        }
    }

    /// The endpoint may have moved.
    fn forget(&self, status: StatusCode) {
        if let (Endpoint::Discovered(issuer), StatusCode::NOT_FOUND) = (&self.endpoint, status) {
            issuer.forget();
        }
    }

    async fn read(&self, answer: &Answer, now: UnixMillis) -> Result<Introspection, IntrospectError> {
        let media_type = answer.media_type();
        match &self.form {
            AnswerForm::Json if media_type == "application/json" => Ok(answer::json(&answer.body)?),
            AnswerForm::Signed { issuer, keys } if media_type == SIGNED => {
                let expected = answer::Expected {
                    issuer,
                    audience: self.client.client_id(),
                };
                answer::signed(&answer.body, expected, keys, now).await
            }
            AnswerForm::Json | AnswerForm::Signed { .. } => Err(AnswerError::MediaType.into()),
        }
    }
}

impl fmt::Debug for Introspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspector")
            .field("client_id", &self.client.client_id())
            .finish_non_exhaustive()
    }
}

/// Claims are personal data.
impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inactive => "Inactive",
            Self::Active(_) => "Active(..)",
        })
    }
}
