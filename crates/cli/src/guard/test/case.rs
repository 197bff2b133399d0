//! The file of cases.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use http::Method;
use keyward_guard::Reason;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use super::claims;
use super::token::TokenTemplate;
use crate::config::file::toml_failure;
use crate::failure::Failure;

/// Every case of a file.
pub(super) struct Cases {
    pub(super) all: Vec<Case>,
    /// The names of claims as they are written, each with the line of its table.
    claims: Vec<(usize, String)>,
    place: String,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// What every token has, unless its case says otherwise.
    #[serde(default)]
    token: TokenTemplate,
    #[serde(rename = "case")]
    cases: Vec<Spanned<Case>>,
}

/// A request and what it should come to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// For whoever reads the result; the request by default.
    #[serde(default)]
    pub(super) name: String,
    /// `METHOD TARGET`.
    pub(super) request: RequestLine,
    /// The host that is asked for.
    #[serde(default)]
    pub(super) host: Option<String>,
    /// Who is connected; this machine by default.
    #[serde(default)]
    pub(super) peer: Option<IpAddr>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) token: Option<TokenTemplate>,
    /// How often it is sent; the last one counts.
    #[serde(default = "once")]
    pub(super) times: u32,
    pub(super) expect: Expected,
    #[serde(skip)]
    pub(super) line: usize,
}

/// Method and target.
pub(super) struct RequestLine {
    pub(super) method: Method,
    pub(super) target: String,
}

/// What a request should come to: `403`, or `{ status = 403, reason = "scope" }`. 200 is a request that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub(super) struct Expected {
    pub(super) status: u16,
    pub(super) reason: Option<KnownReason>,
}

/// The code of a reason that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownReason(pub(super) &'static str);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a status like 403, or a table like { status = 403, reason = \"scope\" }"
)]
enum Written {
    Status(u16),
    Both(Both),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    status: u16,
    #[serde(default)]
    reason: Option<KnownReason>,
}

impl Cases {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::path("read the cases", path, &error))?;
        Self::parse(&text, path.display().to_string())
    }

    fn parse(text: &str, place: String) -> Result<Self, Failure> {
        let document: Document = toml::from_str(text).map_err(|error| toml_failure(text, &place, &error))?;
        let number = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        let of_all = text.find("[token]").map_or(1, number);
        let names = |token: &TokenTemplate| token.claims.keys().cloned().collect::<Vec<_>>();
        let mut claims: Vec<(usize, String)> = names(&document.token).into_iter().map(|name| (of_all, name)).collect();
        let all = document.cases.into_iter().map(|case| {
            let line = number(case.span().start);
            let case = case.into_inner();
            claims.extend(case.token.iter().flat_map(names).map(|name| (line, name)));
            Case {
                line,
                token: case.token.map(|token| token.over(&document.token)),
                name: if case.name.is_empty() {
                    format!("{} {}", case.request.method, case.request.target)
                } else {
                    case.name
                },
                ..case
            }
        });
        Ok(Self {
            all: all.collect(),
            claims,
            place,
        })
    }

    /// What is said of claims whose names look like slips. Policies ask for those of `asked_for`.
    pub(super) fn warnings(&self, asked_for: &BTreeSet<String>) -> Vec<String> {
        let place = &self.place;
        let slips = self.claims.iter().filter_map(|(line, name)| {
            let meant = claims::meant(name, asked_for)?;
            Some(format!(
                "warning: {place}:{line}: the token has a claim {name:?}, did you mean {meant:?}?"
            ))
        });
        slips.collect()
    }

    /// Where a case stands.
    pub(super) fn place(&self, case: &Case) -> String {
        format!("{}:{}", self.place, case.line)
    }

    /// Why a case cannot be tried.
    pub(super) fn wrong(&self, case: &Case, why: &str) -> Failure {
        Failure::new(format!("{}: {why}", self.place(case)))
    }
}

impl<'de> Deserialize<'de> for RequestLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unreadable = || de::Error::custom(format!("{text:?} is no request; write it like \"GET /orders?page=2\""));
        let (method, target) = text.split_once(' ').ok_or_else(unreadable)?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| unreadable())?;
        Ok(Self {
            method,
            target: target.trim().to_owned(),
        })
    }
}

impl<'de> Deserialize<'de> for KnownReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut codes = Reason::ALL.iter().map(|reason| reason.code());
        codes.find(|code| *code == text).map(Self).ok_or_else(|| {
            let known: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
            de::Error::custom(format!("there is no reason {text:?}; there are {}", known.join(", ")))
        })
    }
}

impl From<Written> for Expected {
    fn from(written: Written) -> Self {
        match written {
            Written::Status(status) => Self { status, reason: None },
            Written::Both(Both { status, reason }) => Self { status, reason },
        }
    }
}

const fn once() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::{Cases, Expected, KnownReason};

    fn parse(text: &str) -> Result<Cases, String> {
        Cases::parse(text, "cases.toml".into()).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_case_says_where_it_stands_and_what_it_expects() {
        let cases = parse(
            "[token]\naud = \"api\"\n\n[[case]]\nrequest = \"GET /a\"\nexpect = 200\n\n[[case]]\nname = \"no\"\nrequest = \
             \"GET /b\"\ntoken = { sub = \"x\" }\nexpect = { status = 403, reason = \"scope\" }\n",
        )
        .unwrap();
        let [first, second] = cases.all.as_slice() else {
            panic!()
        };
        assert_eq!((&*first.name, cases.place(first).as_str()), ("GET /a", "cases.toml:4"));
        assert!(first.token.is_none());
        assert_eq!(
            first.expect,
            Expected {
                status: 200,
                reason: None
            }
        );
        assert_eq!((&*second.name, second.line), ("no", 8));
        let reason = Some(KnownReason("scope"));
        assert_eq!(second.expect, Expected { status: 403, reason });
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (case, part) in [
            ("request = \"/a\"\nexpect = 200", "cases.toml:2: \"/a\" is no request"),
            (
                "request = \"GET /a\"\nexpect = { status = 1, reason = \"x\" }",
                "a status like 403",
            ),
            (
                "request = \"GET /a\"\nexpekt = 200",
                "cases.toml:3: unknown field \"expekt\"",
            ),
        ] {
            let error = parse(&format!("[[case]]\n{case}\n")).err().unwrap();
            assert!(error.contains(part), "{error}");
        }
    }
}
