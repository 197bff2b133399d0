//! One record of each decision: who, what, why, and nothing that is secret.

use std::net::IpAddr;
use std::sync::Arc;

use http::Method;
use serde::Serialize;

use crate::caller::Caller;
use crate::denial::{Denial, Reason};
use crate::guard::{Decision, Verdict};

/// Somebody who is told of each decision: a log, metrics. Called on the request's way, so it must not wait.
pub trait Observer: Send + Sync {
    /// A decision was made.
    fn decided(&self, record: &Record<'_>);
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It may pass.
    Allow,
    /// It may not.
    Deny,
    /// It would not, but the route is in shadow mode.
    ShadowDeny,
    /// The guard answered it: a preflight, metadata.
    Answer,
}

impl Outcome {
    /// As in records and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::ShadowDeny => "shadow_deny",
            Self::Answer => "answer",
        }
    }
}

/// A decision, as it is recorded. The schema is all there is: no header, no query and no path of a request goes in, but
/// for the route that it met.
#[derive(Debug, Serialize)]
pub struct Record<'d> {
    /// Milliseconds of Unix time.
    pub at: u64,
    /// The request's id.
    pub request_id: &'d str,
    /// Who asked.
    pub address: IpAddr,
    /// How.
    pub method: &'d str,
    /// The route as it is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<&'d str>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was, or would have been, refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The status of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Whose token it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<&'d str>,
    /// The token's `client_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<&'d str>,
    /// The token's `sub`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<&'d str>,
    /// The token's `jti`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<&'d str>,
    /// The first eight hexadecimal digits of the token's SHA-256: tells tokens apart and gives none away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl<'d> Record<'d> {
    pub(crate) fn of(decision: &'d Decision, method: &'d Method) -> Self {
        let (outcome, denial): (Outcome, Option<&Denial>) = match (&decision.verdict, &decision.shadowed) {
            (Verdict::Deny(denial), _) => (Outcome::Deny, Some(denial)),
            (Verdict::Answer(_), _) => (Outcome::Answer, None),
            (Verdict::Allow, Some(denial)) => (Outcome::ShadowDeny, Some(denial)),
            (Verdict::Allow, None) => (Outcome::Allow, None),
        };
        let reason = denial.map(|denial| denial.reason);
        let caller = decision.known.as_ref();
        Self {
            at: decision.at.0,
            request_id: decision.request_id.to_str().unwrap_or("none"),
            address: decision.address,
            method: known_method(method),
            route: decision.route.as_ref().map(|route| &*route.name),
            outcome,
            reason: reason.map(Reason::code),
            status: reason.map(|reason| reason.outward().status),
            issuer: caller.map(|caller| caller.issuer()),
            client_id: caller.and_then(|caller: &Arc<Caller>| caller.client_id()),
            subject: caller.and_then(|caller| caller.subject()),
            token_id: caller.and_then(|caller| caller.token_id()),
            token: decision
                .token
                .map(|[a, b, c, d]| format!("{a:02x}{b:02x}{c:02x}{d:02x}")),
        }
    }
}

/// A method that somebody made up could hold anything.
fn known_method(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS
        | Method::TRACE
        | Method::CONNECT => method.as_str(),
        _ => "other",
    }
}
