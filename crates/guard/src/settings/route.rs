//! `[[route]]` and `[cors]`.

use serde::Deserialize;

use super::{Span, list};

/// Which requests meet which policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table: [[route]]")]
pub struct Route {
    /// The host that is asked for; every host when silent.
    #[serde(default)]
    pub host: Option<String>,
    /// The path: `/orders/{id}` for one segment, `/files/{*rest}` for all that follow, `/files` itself and
    /// `/files/` too. Compared decoded.
    pub path: String,
    /// Methods, such as `["GET", "POST"]`; all when silent. `GET` means `HEAD` too.
    #[serde(default, deserialize_with = "list::optional")]
    pub methods: Option<Vec<String>>,
    /// What a caller needs.
    #[serde(default)]
    pub policy: Option<String>,
    /// Whether nothing is needed; false by default. To be written, never assumed.
    #[serde(default)]
    pub public: bool,
    /// Limits, by name, beside those of the policy.
    #[serde(default, deserialize_with = "list::list")]
    pub limits: Vec<String>,
    /// `"enforce"` (the default), or `"shadow"`: refusals are only counted and recorded.
    #[serde(default)]
    pub mode: Mode,
    /// Whether the API gets the caller's token too, beside what the guard says of it; true by default.
    #[serde(default = "yes")]
    pub forward_credential: bool,
    /// Where the gateway sends what may pass, such as `http://orders:8080`.
    #[serde(default)]
    pub upstream: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Whether refusals are carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They are.
    #[default]
    Enforce,
    /// They are only counted and recorded: for trying a policy on real traffic.
    Shadow,
}

/// Which web pages may call. A preflight is answered before anybody is asked for a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table: [cors]")]
pub struct Cors {
    /// Origins, such as `https://app.example.com`, or `*` alone for all (then never with credentials).
    #[serde(deserialize_with = "list::list")]
    pub origins: Vec<String>,
    /// Methods that pages may use; by default the usual six.
    #[serde(default = "methods", deserialize_with = "list::list")]
    pub methods: Vec<String>,
    /// Headers that pages may send; by default `authorization`, `content-type` and `x-request-id`.
    #[serde(default = "headers", deserialize_with = "list::list")]
    pub headers: Vec<String>,
    /// Headers that pages may read, beside those of the guard.
    #[serde(default, deserialize_with = "list::list")]
    pub expose: Vec<String>,
    /// Whether cookies may go with it; false by default.
    #[serde(default)]
    pub credentials: bool,
    /// How long a browser may remember the answer; `10m` by default.
    #[serde(default = "max_age")]
    pub max_age: Span,
}

fn methods() -> Vec<String> {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        .map(str::to_owned)
        .into()
}

fn headers() -> Vec<String> {
    ["authorization", "content-type", "x-request-id"]
        .map(str::to_owned)
        .into()
}

const fn max_age() -> Span {
    Span::secs(600)
}
