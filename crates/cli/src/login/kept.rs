//! A login, as it is kept.

use std::fmt;
use std::path::{Path, PathBuf};

use keyward_client::{
    ClientAuthentication, Form, Issuer, PlainHttp, Secret, TokenEndpoint, TokenError, TokenSet, Transport,
    TransportOptions, UnixMillis,
};
use serde::{Deserialize, Serialize, Serializer};

use super::proof;
use crate::failure::Failure;

/// Somebody at a server.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Login {
    /// Where it is, without a slash at the end.
    pub(crate) server: String,
    pub(super) realm: String,
    pub(super) client_id: String,
    /// Whether the client proves itself with a secret, which is not kept.
    pub(super) is_confidential: bool,
    pub(super) grant: Grant,
    pub(super) who: String,
    pub(super) trust: Trust,
    pub(super) access_token: Token,
    pub(super) issued_at: u64,
    pub(super) expires_at: u64,
    pub(super) refresh_token: Option<Token>,
}

/// How they logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Grant {
    Browser,
    Password,
    ClientCredentials,
}

/// How far the other end is trusted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Trust {
    ca_file: Option<PathBuf>,
    allow_http: bool,
}

/// A token in the file.
#[derive(Clone, Deserialize)]
pub(super) struct Token(Secret);

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        Self(Secret::new(text))
    }
}

impl Token {
    pub(super) fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.reveal())
    }
}

impl Trust {
    /// The file is found from everywhere later.
    pub(super) fn new(ca_file: Option<&Path>, allow_http: bool) -> Result<Self, Failure> {
        let absolute = |file: &Path| {
            std::path::absolute(file).map_err(|error| Failure::path("read the certificates", file, &error))
        };
        Ok(Self {
            ca_file: ca_file.map(absolute).transpose()?,
            allow_http,
        })
    }

    pub(super) fn transport(&self) -> Result<Transport, Failure> {
        let roots_pem = match &self.ca_file {
            None => Vec::new(),
            Some(path) => std::fs::read(path).map_err(|error| Failure::path("read the certificates", path, &error))?,
        };
        let options = TransportOptions {
            plain_http: if self.allow_http {
                PlainHttp::Allowed
            } else {
                PlainHttp::LoopbackOnly
            },
            roots_pem,
            ..TransportOptions::default()
        };
        Transport::new(&options).map_err(|error| Failure::new(format!("--ca-file: {error}")))
    }
}

impl Login {
    /// Connections as the login had them.
    pub(crate) fn transport(&self) -> Result<Transport, Failure> {
        self.trust.transport()
    }

    /// Takes over what the token endpoint gave.
    pub(super) fn take(&mut self, tokens: &TokenSet, now: UnixMillis) {
        self.access_token = tokens.access_token.reveal().into();
        self.issued_at = now.0;
        self.expires_at = tokens.access_token.expires_at().0;
        self.refresh_token = tokens.refresh_token.as_ref().map(|token| token.reveal().into());
    }

    /// The tokens, as old as they are.
    pub(super) fn tokens(&self) -> Result<TokenSet, TokenError> {
        let refresh_token = self.refresh_token.as_ref().map(|token| token.0.clone());
        TokenSet::kept(
            self.access_token.0.clone(),
            UnixMillis(self.expires_at),
            refresh_token,
            UnixMillis(self.issued_at),
        )
    }

    pub(super) fn issuer(&self, transport: Transport) -> Issuer {
        Issuer::new(transport, format!("{}/realms/{}", self.server, self.realm))
    }

    /// Where new tokens come from. `None` when the client needs its secret and the environment has none.
    pub(super) fn endpoint(&self, transport: Transport) -> Option<TokenEndpoint> {
        let client = if self.is_confidential {
            ClientAuthentication::secret_basic(self.client_id.as_str(), proof::client_secret()?.reveal())
        } else {
            ClientAuthentication::public(self.client_id.as_str())
        };
        Some(TokenEndpoint::of_issuer(self.issuer(transport), client))
    }

    /// Who is logged in, where.
    pub(super) fn in_words(&self) -> String {
        let Self {
            server,
            realm,
            client_id,
            who,
            ..
        } = self;
        match self.grant {
            Grant::ClientCredentials => format!("logged in at {server} as the client {client_id} of realm {realm}"),
            Grant::Browser | Grant::Password => {
                format!("logged in at {server} as {who} of realm {realm} (client {client_id})")
            }
        }
    }
}

/// What a client asks with for itself. RFC 6749 §4.4
pub(super) fn client_credentials() -> Form {
    Form::new().with("grant_type", "client_credentials")
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("server", &self.server)
            .field("realm", &self.realm)
            .finish_non_exhaustive()
    }
}
