//! What a refused caller is told: a status, a challenge, and a problem. RFC 6750 §3, RFC 9470 §3, RFC 9728 §5.1, RFC 9457

use std::fmt::Write as _;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use keyward_protocol::error::ErrorCode;
use serde::Serialize;

use crate::denial::{Denial, Reason, Wanted};
use crate::guard::Decision;
use crate::request_id::REQUEST_ID;

/// How long to wait when nothing better is known, in seconds.
const RETRY_UNAVAILABLE: &str = "2";

/// The body of a refusal. RFC 9457 §3.1
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    /// The error of the challenge, or the reason where there is none.
    reason: &'static str,
    request_id: &'a str,
    #[serde(rename = "violated-policies", skip_serializing_if = "Option::is_none")]
    violated_policies: Option<[&'a str; 1]>,
}

/// What challenges say of the API itself.
pub(crate) struct Challenger {
    /// Such as `Bearer realm="api", resource_metadata="https://…"`.
    prefix: String,
}

impl Challenger {
    /// Of an API with this realm, and its metadata at this address.
    pub(crate) fn new(realm: &str, metadata: Option<&str>) -> Self {
        let mut prefix = format!("Bearer realm=\"{}\"", quoted(realm));
        if let Some(url) = metadata {
            let _ = write!(prefix, ", resource_metadata=\"{}\"", quoted(url));
        }
        Self { prefix }
    }

    /// The answer to a request that is refused.
    pub(crate) fn respond(&self, decision: &Decision, denial: &Denial) -> Response<Bytes> {
        let outward = denial.reason.outward();
        let request_id = decision.request_id.to_str().unwrap_or("none");
        let problem = Problem {
            r#type: problem_type(denial.reason),
            title: outward.title,
            status: outward.status,
            reason: outward.error.map_or_else(|| denial.reason.code(), ErrorCode::as_str),
            request_id,
            violated_policies: match &denial.wanted {
                Wanted::Later { policy: Some(name), .. } => Some([name]),
                _ => None,
            },
        };
        let mut response = Response::new(serde_json::to_vec(&problem).unwrap_or_default().into());
        *response.status_mut() = StatusCode::from_u16(outward.status).unwrap_or(StatusCode::FORBIDDEN);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REQUEST_ID, decision.request_id.clone());
        if let Some(challenge) = self.challenge(decision, denial) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        match &denial.wanted {
            Wanted::Methods(methods) => {
                if let Ok(methods) = HeaderValue::from_str(methods) {
                    headers.insert(ALLOW, methods);
                }
            }
            Wanted::Later { after, .. } => {
                let secs = after.as_secs() + u64::from(after.subsec_nanos() > 0);
                headers.insert(RETRY_AFTER, HeaderValue::from(secs.max(1)));
            }
            Wanted::Nothing | Wanted::Scope(_) | Wanted::StepUp { .. } => {}
        }
        if outward.status == 503 {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(RETRY_UNAVAILABLE));
        }
        response
    }

    /// With 401 always, and with 403 when a scope is missing. RFC 6750 §3
    fn challenge(&self, decision: &Decision, denial: &Denial) -> Option<HeaderValue> {
        let outward = denial.reason.outward();
        if outward.status != 401 && denial.reason != Reason::Scope && denial.reason != Reason::SeveralCredentials {
            return None;
        }
        let mut text = self.prefix.clone();
        let mut add = |name: &str, value: &str| {
            let _ = write!(text, ", {name}=\"{}\"", quoted(value));
        };
        if let Some(error) = outward.error {
            add("error", error.as_str());
            add("error_description", outward.title);
        }
        match &denial.wanted {
            Wanted::Scope(scope) => add("scope", scope),
            Wanted::StepUp { acr_values, max_age } => {
                if let Some(acr_values) = acr_values {
                    add("acr_values", acr_values);
                }
                if let Some(max_age) = max_age {
                    add("max_age", &max_age.to_string());
                }
            }
            Wanted::Nothing | Wanted::Methods(_) | Wanted::Later { .. } => {
                let policy = decision.route.as_ref().and_then(|route| route.policy.as_ref());
                if let Some(policy) = policy.filter(|policy| !policy.scope_text.is_empty()) {
                    add("scope", &policy.scope_text);
                }
            }
        }
        HeaderValue::try_from(text).ok()
    }
}

/// Where the IANA registers one that fits, it says more than nothing.
const fn problem_type(reason: Reason) -> &'static str {
    match reason {
        Reason::Limit | Reason::Failures => "https://iana.org/assignments/http-problem-types#quota-exceeded",
        Reason::KeysUnavailable
        | Reason::IntrospectionUnavailable
        | Reason::RevocationUnknown
        | Reason::LimitUnavailable => "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
        _ => "about:blank",
    }
}

/// Text within quotes, without what would end them. RFC 9110 §5.6.4
fn quoted(text: &str) -> String {
    text.chars()
        .filter(|character| matches!(character, ' '..='~') && !matches!(character, '"' | '\\'))
        .collect()
}
