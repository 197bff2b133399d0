use std::net::SocketAddr;

use keyward_jose::Algorithm;

use crate::request::{self, Credentials};
use crate::signature::Work;

/// One row of the bench: what is asked, and what counts as good.
pub(crate) struct Scenario {
    /// What is asked.
    pub(crate) endpoint: Endpoint,
    /// The least part of the ceiling of the same run; decides where it is given, as machines differ in class.
    pub(crate) target_ratio: Option<f64>,
    /// The least number of answers a second.
    pub(crate) target_per_second: Option<f64>,
}

/// What is asked.
#[derive(Clone, Copy)]
pub(crate) enum Endpoint {
    /// An access token by client_credentials.
    Token(Format),
    /// The state of such a token.
    Introspection(Format),
    /// The realm's metadata.
    Discovery,
    /// The realm's keys.
    Jwks,
}

/// How an access token is written.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    /// A JWT signed with this algorithm.
    Jwt(Algorithm),
    /// A reference that only the server can read.
    Opaque,
}

/// Every row, in the order of the table.
pub(crate) const SCENARIOS: [Scenario; 9] = [
    row(Endpoint::Token(Format::Jwt(Algorithm::Rs256)), Some(0.90), None),
    row(
        Endpoint::Token(Format::Jwt(Algorithm::Es256)),
        Some(0.65),
        Some(15_000.0),
    ),
    row(
        Endpoint::Token(Format::Jwt(Algorithm::EdDsa)),
        Some(0.65),
        Some(15_000.0),
    ),
    row(Endpoint::Token(Format::Opaque), None, Some(8_000.0)),
    row(
        Endpoint::Introspection(Format::Jwt(Algorithm::Rs256)),
        Some(0.60),
        Some(18_000.0),
    ),
    row(Endpoint::Introspection(Format::Jwt(Algorithm::Es256)), Some(0.60), None),
    row(Endpoint::Introspection(Format::Opaque), None, None),
    row(Endpoint::Discovery, Some(0.75), Some(40_000.0)),
    row(Endpoint::Jwks, Some(0.75), Some(40_000.0)),
];

/// Every format that a client is needed for.
pub(crate) const FORMATS: [Format; 4] = [
    Format::Jwt(Algorithm::Rs256),
    Format::Jwt(Algorithm::Es256),
    Format::Jwt(Algorithm::EdDsa),
    Format::Opaque,
];

const TOKEN: &str = "/realms/demo/protocol/openid-connect/token";
const INTROSPECTION: &str = "/realms/demo/protocol/openid-connect/token/introspect";
const JWKS: &str = "/realms/demo/protocol/openid-connect/certs";
const DISCOVERY: &str = "/realms/demo/.well-known/openid-configuration";

const fn row(endpoint: Endpoint, target_ratio: Option<f64>, target_per_second: Option<f64>) -> Scenario {
    Scenario {
        endpoint,
        target_ratio,
        target_per_second,
    }
}

impl Endpoint {
    /// The row's name.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Token(format) => format!("client_credentials {}", format.name()),
            Self::Introspection(format) => format!("introspection {}", format.name()),
            Self::Discovery => "discovery".to_owned(),
            Self::Jwks => "JWKS".to_owned(),
        }
    }

    /// The cryptography that an answer cannot do without.
    pub(crate) fn work(self) -> Option<Work> {
        match self {
            Self::Token(Format::Jwt(algorithm)) => Some(Work::Sign(algorithm)),
            Self::Introspection(Format::Jwt(algorithm)) => Some(Work::Verify(algorithm)),
            _ => None,
        }
    }

    /// What every answer's body must contain.
    pub(crate) fn contains(self) -> &'static str {
        match self {
            Self::Token(_) => "\"access_token\":",
            Self::Introspection(_) => "\"active\":true",
            Self::Discovery => "\"issuer\":",
            Self::Jwks => "\"keys\":",
        }
    }
}

impl Format {
    /// `RS256` or `opaque`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jwt(algorithm) => algorithm.name(),
            Self::Opaque => "opaque",
        }
    }

    /// The client that gets its tokens in this format.
    pub(crate) fn client_id(self) -> String {
        format!("bench-{}", self.name().to_lowercase())
    }

    /// Whether a token is of this format, as far as it can be told from outside.
    pub(crate) fn fits(self, token: &str) -> bool {
        match self {
            Self::Jwt(algorithm) => {
                keyward_jose::Unverified::parse(token).is_ok_and(|unverified| unverified.alg() == algorithm)
            }
            Self::Opaque => !token.contains('.'),
        }
    }
}

/// A request for a token (RFC 6749 §4.4.2).
pub(crate) fn token(server: SocketAddr, client: &Credentials) -> Vec<u8> {
    request::post(server, TOKEN, ("grant_type", "client_credentials"), client)
}

/// A question about a token (RFC 7662 §2.1).
pub(crate) fn introspection(server: SocketAddr, token: &str, caller: &Credentials) -> Vec<u8> {
    request::post(server, INTROSPECTION, ("token", token), caller)
}

/// A request for the realm's metadata.
pub(crate) fn discovery(server: SocketAddr) -> Vec<u8> {
    request::get(server, DISCOVERY)
}

/// A request for the realm's keys.
pub(crate) fn jwks(server: SocketAddr) -> Vec<u8> {
    request::get(server, JWKS)
}
