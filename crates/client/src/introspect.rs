//! Asking the issuer whether a token is active. RFC 7662, RFC 9701

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value};
use thiserror::Error;

pub use self::answer::AnswerError;
use crate::client_auth::ClientAuthentication;
use crate::endpoint::{Endpoint, EndpointError};
use crate::form::Form;
use crate::issuer::Issuer;
use crate::jwks::{JwksCache, KeyError};
use crate::time::{Clock, SystemClock, UnixMillis};
use crate::transport::{Answer, Transport};

mod answer;

/// The media type of a signed answer. RFC 9701 §4
const SIGNED: &str = "application/token-introspection+jwt";

/// The longest answer, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Asks one issuer about tokens.
#[derive(Clone)]
pub struct Introspector {
    endpoint: Endpoint,
    client: ClientAuthentication,
    form: AnswerForm,
    clock: Arc<dyn Clock>,
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
    /// No answer came.
    #[error("introspection: {0}")]
    Endpoint(#[from] EndpointError),
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
            Self::Endpoint(error) => error.code(),
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
        let endpoint = Endpoint::discovered(issuer, "introspection_endpoint", |metadata| {
            metadata.introspection_endpoint.as_ref()
        });
        Self::new(endpoint, client)
    }

    /// Asks at this URL, with plain JSON for an answer.
    pub fn at(transport: Transport, url: impl Into<String>, client: ClientAuthentication) -> Self {
        Self::new(Endpoint::at(transport, url.into()), client)
    }

    fn new(endpoint: Endpoint, client: ClientAuthentication) -> Self {
        let transport = endpoint.transport().clone().with_max_body(MAX_ANSWER_BYTES);
        Self {
            endpoint: endpoint.with_transport(transport),
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
        self.endpoint = self.endpoint.with_transport(transport);
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
        let form = Form::new().with("token", token).with("token_type_hint", "access_token");
        let answer = self.endpoint.post(form, &self.client, accept).await?;
        match answer.status {
            StatusCode::OK => self.read(&answer, now).await,
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Err(IntrospectError::Credentials(status)),
            status => Err(IntrospectError::Status(status)),
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
