//! What a vector says, as it says it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use keyward_jose::Algorithm;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::testing::{Mutation, TestKey};

/// A request, or several, and the answer that each must get.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Its name, unlike any other of the chapter.
    pub name: String,
    /// Where the rule or the attack is described.
    pub why: String,
    /// The configuration, by the name of its file.
    #[serde(default = "main")]
    pub config: String,
    /// The only ways to run a guard for which it makes sense; all when empty.
    #[serde(default)]
    pub only: Vec<Kind>,
    /// Whether it needs a guard that has seen nothing before.
    #[serde(default)]
    pub fresh: bool,
    /// The token, `{{token}}` in the request.
    #[serde(default)]
    pub token: Option<Template>,
    /// Further tokens by name.
    #[serde(default)]
    pub tokens: BTreeMap<String, Template>,
    /// What its issuer answers when it is asked about `token`.
    #[serde(default)]
    pub introspection: Option<Reply>,
    /// The request.
    #[serde(default)]
    pub request: RequestTemplate,
    /// The answer that it must get.
    #[serde(default)]
    pub expect: Option<Expect>,
    /// Several requests, one after the other, in place of `expect`.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// Ways to run a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// In the program that is guarded.
    Library,
    /// As a reverse proxy.
    Gateway,
    /// Asked by a proxy before it forwards.
    ForwardAuth,
}

/// One of several requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How long after the vector's beginning, in milliseconds. Time passes for libraries alone.
    #[serde(default)]
    pub at: u64,
    /// How often it is sent; the answer is the same each time.
    #[serde(default = "once")]
    pub times: usize,
    /// The request, where it is another than the vector's.
    #[serde(default)]
    pub request: Option<RequestTemplate>,
    /// What the issuer answers from now on.
    #[serde(default)]
    pub introspection: Option<Reply>,
    /// What is known from now on of the revocation of tokens, by `jti`: `stands`, `revoked`, `unknown`.
    #[serde(default)]
    pub revoke: BTreeMap<String, String>,
    /// The answer that it must get.
    pub expect: Expect,
}

/// A token, as what it has over a good token of its issuer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The issuer, by its name in the cast.
    #[serde(default = "acme")]
    pub issuer: String,
    /// The token itself, in place of all that follows.
    #[serde(default)]
    pub literal: Option<String>,
    /// Whether it begins with no claims at all.
    #[serde(default)]
    pub bare: bool,
    /// Members of the JOSE header; `null` leaves one out.
    #[serde(default)]
    pub header: Map<String, Value>,
    /// Claims; `null` leaves one out.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// Text before the header's closing brace.
    #[serde(default)]
    pub header_tail: String,
    /// Text before the closing brace of the claims.
    #[serde(default)]
    pub claims_tail: String,
    /// The text that is signed in place of the claims.
    #[serde(default)]
    pub payload: Option<String>,
    /// The key, where it is not the issuer's.
    #[serde(default)]
    pub key: Option<TestKey>,
    /// The algorithm, where it is not the key's first.
    #[serde(default)]
    pub algorithm: Option<Algorithm>,
    /// Changes, in their order.
    #[serde(default)]
    pub mutate: Vec<Mutation>,
}

/// What an issuer answers when it is asked about a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The status.
    #[serde(default = "ok")]
    pub status: u16,
    /// The media type.
    #[serde(default = "application_json")]
    pub media_type: String,
    /// The body, as JSON.
    #[serde(default)]
    pub json: Value,
    /// The body, as text.
    #[serde(default)]
    pub text: Option<String>,
    /// The body, as a signed token. RFC 9701 §5
    #[serde(default)]
    pub signed: Option<Template>,
    /// How long the issuer takes over it, in milliseconds.
    #[serde(default)]
    pub delay: u64,
}

/// A request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestTemplate {
    /// The method.
    pub method: String,
    /// Path and query, byte by byte.
    pub target: String,
    /// The value of `Host`; `null` sends none.
    pub host: Option<String>,
    /// Header fields in their order. When silent: the token as a bearer token, if there is one.
    pub headers: Option<Vec<(String, String)>>,
    /// Who is connected, where a test can choose it.
    pub peer: Option<IpAddr>,
    /// The request as bytes, in place of all of it: for what no library can hold.
    pub raw: Option<String>,
}

impl Default for RequestTemplate {
    fn default() -> Self {
        Self {
            method: "GET".into(),
            target: "/orders".into(),
            host: Some("api.example.com".into()),
            headers: None,
            peer: None,
            raw: None,
        }
    }
}

/// An answer. Beside what it says itself, an answer must be in order: see [`super::run`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The status.
    pub status: u16,
    /// The reason in the records, where the guard itself can be asked.
    #[serde(default)]
    pub reason: Option<String>,
    /// The `error` of the challenge and the problem.
    #[serde(default)]
    pub error: Option<String>,
    /// `WWW-Authenticate`.
    #[serde(default)]
    pub challenge: Option<Challenge>,
    /// Header fields: `null` is absent, `*x` holds x, `!x` does not hold x, all else is the whole value.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The body, as JSON.
    #[serde(default)]
    pub body: Option<Value>,
    /// What the API gets.
    #[serde(default)]
    pub upstream: Option<Upstream>,
    /// How often the issuer has been asked about the token by now.
    #[serde(default)]
    pub asked: Option<usize>,
}

/// A challenge.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Challenge {
    /// All of it.
    Exact(String),
    /// Parts that are in it.
    Holds(Vec<String>),
}

/// What the API gets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Path and query.
    #[serde(default)]
    pub target: Option<String>,
    /// Header fields, as in [`Expect::headers`].
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
}

fn main() -> String {
    "main".into()
}

fn acme() -> String {
    "acme".into()
}

fn application_json() -> String {
    "application/json".into()
}

const fn once() -> usize {
    1
}

const fn ok() -> u16 {
    200
}
