use std::net::SocketAddr;

use keyward_jose::Algorithm;
use keyward_jose::Algorithm::{EdDsa, Es256, Rs256};

use crate::request::{self, Credentials};
use crate::work::Work;

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
    /// A person's tokens renewed: each connection has its own refresh token, which rotates, and every answer has two
    /// signatures of this algorithm, that of the access token and that of the ID token.
    Refresh(Algorithm),
    /// What is known of a person, by an access token of this algorithm.
    Userinfo(Algorithm),
    /// A code by the cookie of a session and with `prompt=none`, and its tokens.
    CodeFlow(Algorithm),
    /// The login page, its form with a password, and the tokens for the code.
    PasswordLogin(Algorithm),
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
pub(crate) const SCENARIOS: [Scenario; 15] = [
    row(Endpoint::Token(Format::Jwt(Rs256)), Some(0.90), None),
    row(Endpoint::Token(Format::Jwt(Es256)), Some(0.65), Some(15_000.0)),
    row(Endpoint::Token(Format::Jwt(EdDsa)), Some(0.65), Some(15_000.0)),
    row(Endpoint::Token(Format::Opaque), None, Some(8_000.0)),
    row(Endpoint::Introspection(Format::Jwt(Rs256)), Some(0.60), Some(18_000.0)),
    row(Endpoint::Introspection(Format::Jwt(Es256)), Some(0.60), None),
    row(Endpoint::Introspection(Format::Opaque), None, None),
    row(Endpoint::Discovery, Some(0.75), Some(40_000.0)),
    row(Endpoint::Jwks, Some(0.75), Some(40_000.0)),
    row(Endpoint::Refresh(Rs256), Some(0.85), None),
    row(Endpoint::Refresh(Es256), None, Some(6_000.0)),
    row(Endpoint::Refresh(EdDsa), None, None),
    row(Endpoint::Userinfo(Rs256), Some(0.60), Some(18_000.0)),
    row(Endpoint::CodeFlow(Es256), None, Some(3_000.0)),
    row(Endpoint::PasswordLogin(Rs256), Some(0.95), None),
];

/// Every algorithm that an application is needed for.
pub(crate) const ALGORITHMS: [Algorithm; 3] = [Rs256, Es256, EdDsa];

/// Every format that a client is needed for.
pub(crate) const FORMATS: [Format; 4] = [
    Format::Jwt(Rs256),
    Format::Jwt(Es256),
    Format::Jwt(EdDsa),
    Format::Opaque,
];

pub(crate) const TOKEN: &str = "/realms/demo/protocol/openid-connect/token";
const INTROSPECTION: &str = "/realms/demo/protocol/openid-connect/token/introspect";
const USERINFO: &str = "/realms/demo/protocol/openid-connect/userinfo";
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
            Self::Refresh(algorithm) => format!("refresh {}", algorithm.name()),
            Self::Userinfo(algorithm) => format!("userinfo {}", algorithm.name()),
            Self::CodeFlow(algorithm) => format!("code flow {}", algorithm.name()),
            Self::PasswordLogin(algorithm) => format!("password login {}", algorithm.name()),
        }
    }

    /// The cryptography that it cannot do without, and how many of each.
    pub(crate) fn works(self) -> Vec<(Work, u8)> {
        match self {
            Self::Token(Format::Jwt(algorithm)) => vec![(Work::Sign(algorithm), 1)],
            // The same token comes again and again, and the server remembers that its signature was right.
            Self::Introspection(Format::Jwt(_)) | Self::Userinfo(_) => Vec::new(),
            Self::Refresh(algorithm) | Self::CodeFlow(algorithm) => vec![(Work::Sign(algorithm), 2)],
            Self::PasswordLogin(algorithm) => vec![(Work::Hash, 1), (Work::Sign(algorithm), 2)],
            Self::Token(Format::Opaque) | Self::Introspection(Format::Opaque) | Self::Discovery | Self::Jwks => {
                Vec::new()
            }
        }
    }

    /// How many bare answers belong to its ceiling. Beside the signatures of a refresh and the hash of a login they
    /// are left out: the targets are parts of the cryptography alone.
    pub(crate) fn answers(self) -> u8 {
        match self {
            Self::Refresh(_) | Self::PasswordLogin(_) => 0,
            Self::CodeFlow(_) => 2,
            _ => 1,
        }
    }

    /// What every answer's body must contain.
    pub(crate) fn contains(self) -> &'static str {
        match self {
            Self::Token(_) => "\"access_token\":",
            Self::Introspection(_) => "\"active\":true",
            Self::Discovery => "\"issuer\":",
            Self::Jwks => "\"keys\":",
            Self::Userinfo(_) => "\"email\":",
            Self::Refresh(_) | Self::CodeFlow(_) | Self::PasswordLogin(_) => "\"id_token\":",
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
    request::post_as(server, TOKEN, ("grant_type", "client_credentials"), client)
}

/// A question about a token (RFC 7662 §2.1).
pub(crate) fn introspection(server: SocketAddr, token: &str, caller: &Credentials) -> Vec<u8> {
    request::post_as(server, INTROSPECTION, ("token", token), caller)
}

/// A request for the realm's metadata.
pub(crate) fn discovery(server: SocketAddr) -> Vec<u8> {
    request::get(server, DISCOVERY, &[])
}

/// A request for the realm's keys.
pub(crate) fn jwks(server: SocketAddr) -> Vec<u8> {
    request::get(server, JWKS, &[])
}

/// A request for what is known of a person (OIDC Core §5.3.1).
pub(crate) fn userinfo(server: SocketAddr, token: &str) -> Vec<u8> {
    request::get(server, USERINFO, &[("Authorization", &format!("Bearer {token}"))])
}
