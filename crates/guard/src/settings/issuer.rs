//! `[[issuer]]`.

use serde::Deserialize;

use super::{Reference, Span, list};

/// An issuer whose tokens are taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table: [[issuer]]")]
pub struct Issuer {
    /// The name by which policies call it.
    pub id: String,
    /// Its issuer identifier, exactly as in the `iss` of its tokens. RFC 8414 §2
    pub url: String,
    /// The address of its keys, when it publishes no metadata, or they are nearer elsewhere.
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// Whether the guard is ready only when this issuer's keys are there; true by default.
    #[serde(default = "yes")]
    pub required: bool,
    /// What its access tokens look like: `"rfc9068"` (the default), `"keycloak"`, `"keyward"` or `"auth0"`.
    #[serde(default)]
    pub preset: Preset,
    /// Signature algorithms that are taken, by default `["RS256", "PS256", "ES256", "EdDSA"]`. Neither `none` nor an HMAC can be named.
    #[serde(default = "algorithms", deserialize_with = "list::list")]
    pub algorithms: Vec<String>,
    /// Values of the JOSE header's `typ` that are taken, without `application/`; in place of the preset's.
    #[serde(default, deserialize_with = "list::optional")]
    pub token_types: Option<Vec<String>>,
    /// How far its clock may be from ours; `30s` by default, `60s` at most.
    #[serde(default = "skew")]
    pub clock_skew: Span,
    /// The longest life of a token (`exp` less `iat`); `24h` by default.
    #[serde(default = "lifetime")]
    pub max_lifetime: Span,
    /// Whether `http` is good enough for an address that is not on this machine; false by default.
    #[serde(default)]
    pub allow_http: bool,
    /// A file of PEM certificates that vouch for its TLS, beside those that everybody trusts.
    #[serde(default)]
    pub ca_file: Option<std::path::PathBuf>,
    /// How its keys are kept.
    #[serde(default)]
    pub jwks: Jwks,
    /// How it is asked about a token. RFC 7662
    #[serde(default)]
    pub introspection: Option<Introspection>,
}

/// What an issuer's access tokens look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// `typ` is `at+jwt`. RFC 9068 §2.1
    #[default]
    Rfc9068,
    /// Keycloak: `typ` is `JWT`, and a claim `typ` says `Bearer`.
    Keycloak,
    /// Keyward: what Keycloak's look like, or RFC 9068.
    Keyward,
    /// Auth0 and others: `typ` is `JWT` or `at+jwt`, and nothing says that it is an ID token.
    Auth0,
}

/// How keys are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table like { refresh = \"10m\" }")]
pub struct Jwks {
    /// How often they are fetched; `10m` by default.
    pub refresh: Span,
    /// How often at most they are fetched because a token names a key that is not there; `30s` by default.
    pub kid_miss_interval: Span,
    /// How long they are believed while the issuer cannot be reached; `24h` by default.
    pub max_stale: Span,
    /// How long one fetch may take; `5s` by default.
    pub timeout: Span,
    /// The longest document, 262144 bytes by default.
    pub max_bytes: usize,
    /// The most keys in it, 64 by default.
    pub max_keys: usize,
}

impl Default for Jwks {
    fn default() -> Self {
        Self {
            refresh: Span::secs(600),
            kid_miss_interval: Span::secs(30),
            max_stale: Span::secs(86_400),
            timeout: Span::secs(5),
            max_bytes: 262_144,
            max_keys: 64,
        }
    }
}

/// How an issuer is asked about a token. RFC 7662 §2
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table: [issuer.introspection]")]
pub struct Introspection {
    /// Who asks.
    pub client_id: String,
    /// The secret of who asks.
    pub client_secret: Reference,
    /// How the secret is sent: `"client_secret_basic"` (the default) or `"client_secret_post"`.
    #[serde(default)]
    pub auth: ClientAuthentication,
    /// The endpoint, when the issuer's metadata does not say it.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// How long a good answer is believed, `10s` by default; never beyond the token's own end.
    #[serde(default = "positive")]
    pub cache_ttl: Span,
    /// How long a bad answer is believed; `5s` by default.
    #[serde(default = "negative")]
    pub negative_ttl: Span,
    /// How long an answer may take; `2s` by default.
    #[serde(default = "patience")]
    pub timeout: Span,
    /// Whether the answer must be signed, RFC 9701; false by default.
    #[serde(default)]
    pub signed: bool,
}

/// How a secret is sent. RFC 6749 §2.3.1
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// In the `Authorization` header.
    #[default]
    ClientSecretBasic,
    /// In the form.
    ClientSecretPost,
}

const fn yes() -> bool {
    true
}

fn algorithms() -> Vec<String> {
    ["RS256", "PS256", "ES256", "EdDSA"].map(str::to_owned).into()
}

const fn skew() -> Span {
    Span::secs(30)
}

const fn lifetime() -> Span {
    Span::secs(86_400)
}

const fn positive() -> Span {
    Span::secs(10)
}

const fn negative() -> Span {
    Span::secs(5)
}

const fn patience() -> Span {
    Span::millis(2_000)
}
