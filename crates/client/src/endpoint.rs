//! An endpoint of an issuer, at a known URL or at the one that its metadata name.

use http::StatusCode;
use keyward_protocol::metadata::ProviderMetadata;
use thiserror::Error;

use crate::client_auth::ClientAuthentication;
use crate::form::Form;
use crate::issuer::{DiscoveryError, Issuer};
use crate::transport::{Answer, Transport, TransportError};

/// Why an endpoint did not answer.
#[derive(Debug, Clone, Error)]
pub enum EndpointError {
    /// The issuer's metadata are not known.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The issuer's metadata do not name the endpoint. RFC 8414 §2
    #[error("the issuer's metadata have no {0}")]
    Missing(&'static str),
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl EndpointError {
    /// A stable word for metrics and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Discovery(error) => error.code(),
            Self::Missing(_) => "no_endpoint",
            Self::Transport(error) => error.code(),
        }
    }
}

/// Where forms are posted.
#[derive(Clone)]
pub(crate) struct Endpoint {
    transport: Transport,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Url(String),
    Discovered {
        issuer: Issuer,
        member: &'static str,
        of: fn(&ProviderMetadata) -> Option<&String>,
    },
}

impl Endpoint {
    pub(crate) fn at(transport: Transport, url: String) -> Self {
        Self {
            transport,
            place: Place::Url(url),
        }
    }

    /// The endpoint that the metadata name as `member`.
    pub(crate) fn discovered(
        issuer: Issuer,
        member: &'static str,
        of: fn(&ProviderMetadata) -> Option<&String>,
    ) -> Self {
        Self {
            transport: issuer.transport().clone(),
            place: Place::Discovered { issuer, member, of },
        }
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Posts `form` as `client`. An endpoint that is not there is looked up again the next time.
    pub(crate) async fn post(
        &self,
        mut form: Form,
        client: &ClientAuthentication,
        accept: &str,
    ) -> Result<Answer, EndpointError> {
        let authorization = client.present(&mut form);
        let url = self.url().await?;
        let answer = self
            .transport
            .post_form(&url, &form, authorization.as_ref(), accept)
            .await?;
        if let (Place::Discovered { issuer, .. }, StatusCode::NOT_FOUND) = (&self.place, answer.status) {
            issuer.forget();
        }
        Ok(answer)
    }

    async fn url(&self) -> Result<String, EndpointError> {
        match &self.place {
            Place::Url(url) => Ok(url.clone()),
            Place::Discovered { issuer, member, of } => {
                let metadata = issuer.metadata().await?;
                of(&metadata).cloned().ok_or(EndpointError::Missing(member))
            }
        }
    }
}
