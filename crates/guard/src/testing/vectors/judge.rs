//! Whether an answer is the one that was wanted.

use std::collections::BTreeMap;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use super::{Answer, Challenge, Expect, Kind, Request};
use crate::request_id::REQUEST_ID;

/// The one description of everything that is wrong with a token.
const TOKEN: &str = "The access token is missing what it needs, has ended, or is not for this API";

/// What is wrong with an answer. Nothing when it is the one that was wanted.
pub(super) fn judge(expect: &Expect, request: &Request, kind: Kind, answer: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |what: &str, wanted: &dyn std::fmt::Debug, got: &dyn std::fmt::Debug| {
        let (wanted, got) = (format!("{wanted:?}"), format!("{got:?}"));
        if wanted != got {
            wrong.push(format!("{what}: wanted {wanted}, got {got}"));
        }
    };
    check("status", &expect.status, &answer.status.as_u16());
    if kind == Kind::Library {
        check("reason", &expect.reason, &answer.reason);
    }
    let challenge = text(&answer.headers, WWW_AUTHENTICATE.as_str());
    let has_body = request.method != Method::HEAD;
    if has_body || challenge.is_some() {
        check("error", &expect.error, &told_error(answer));
    }
    match &expect.challenge {
        Some(Challenge::Exact(exact)) => check("challenge", &Some(exact), &challenge.as_ref()),
        Some(Challenge::Holds(parts)) => {
            for part in parts {
                let held = challenge.as_ref().is_some_and(|challenge| challenge.contains(part));
                check(&format!("challenge with `{part}`"), &true, &held);
            }
        }
        None => {}
    }
    if let Some(body) = &expect.body {
        check(
            "body",
            body,
            &serde_json::from_slice::<Value>(&answer.body).unwrap_or_default(),
        );
    }
    wrong.extend(fields("header", &expect.headers, &answer.headers));
    match (&expect.upstream, &answer.upstream) {
        (Some(wanted), Some(seen)) => {
            if wanted.target.as_ref().is_some_and(|target| *target != seen.target) {
                wrong.push(format!(
                    "the API's target: wanted {:?}, got {:?}",
                    wanted.target, seen.target
                ));
            }
            wrong.extend(fields(
                "the API's header",
                &wanted.headers,
                &without_empty(&seen.headers),
            ));
        }
        (Some(_), None) => wrong.push("the API got nothing".to_owned()),
        (None, Some(_)) if expect.status != 200 => wrong.push("the API got a request that was refused".to_owned()),
        (None, _) => {}
    }
    wrong.extend(
        order(answer, has_body, challenge.as_deref())
            .into_iter()
            .map(str::to_owned),
    );
    wrong
}

/// What every refusal has, whatever the reason. RFC 6750 §3, RFC 9457 §3
fn order(answer: &Answer, has_body: bool, challenge: Option<&str>) -> Vec<&'static str> {
    let status = answer.status.as_u16();
    if status < 400 || answer.upstream.is_some() {
        return Vec::new();
    }
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let member = |name: &str| problem.get(name).unwrap_or(&Value::Null);
    let request_id = text(&answer.headers, REQUEST_ID.as_str());
    let error = told_error(answer);
    let described = format!("error_description=\"{TOKEN}\"");
    let rules = [
        (
            answer.headers.get_all(WWW_AUTHENTICATE).iter().count() <= 1,
            "two challenges",
        ),
        (status != 401 || challenge.is_some(), "a 401 without challenge"),
        (
            challenge.is_none_or(|text| text.starts_with("Bearer ")),
            "a challenge for another scheme",
        ),
        (
            challenge.is_none() || matches!(status, 400 | 401 | 403),
            "a challenge where no other credential would help",
        ),
        (
            !has_body || text(&answer.headers, CONTENT_TYPE.as_str()).as_deref() == Some("application/problem+json"),
            "no problem in the body",
        ),
        (
            text(&answer.headers, CACHE_CONTROL.as_str()).as_deref() == Some("no-store"),
            "a refusal that may be kept",
        ),
        (!has_body || member("status") == status, "another status in the problem"),
        (
            request_id.is_some() && (!has_body || member("request_id").as_str() == request_id.as_deref()),
            "no request id, or two",
        ),
        (
            !has_body || error.is_none() || member("reason").as_str() == error.as_deref(),
            "another error in the problem than in the challenge",
        ),
        (
            error.as_deref() != Some("invalid_token") || challenge.is_some_and(|text| text.contains(&described)),
            "a description that says what is wrong with the token",
        ),
    ];
    rules
        .into_iter()
        .filter(|(kept, _)| !kept)
        .map(|(_, broken)| broken)
        .collect()
}

/// The `error` of the challenge; where there is no challenge, the problem's, if it is no reason of the guard's own.
fn told_error(answer: &Answer) -> Option<String> {
    if let Some(challenge) = text(&answer.headers, WWW_AUTHENTICATE.as_str()) {
        let (_, after) = challenge.split_once(" error=\"")?;
        return after.split_once('"').map(|(error, _)| error.to_owned());
    }
    let problem: Value = serde_json::from_slice(&answer.body).ok()?;
    let told = problem.get("reason")?.as_str()?;
    crate::denial::Reason::ALL
        .iter()
        .all(|reason| reason.code() != told)
        .then(|| told.to_owned())
}

fn fields(what: &str, wanted: &BTreeMap<String, Option<String>>, headers: &HeaderMap) -> Vec<String> {
    let wrong = wanted.iter().filter_map(|(name, wanted)| {
        let got = text(headers, name);
        let held = match (wanted.as_deref(), got.as_deref()) {
            (None, None) => true,
            (Some(wanted), got) => match (wanted.strip_prefix('*'), wanted.strip_prefix('!'), got) {
                (Some(part), _, Some(got)) => got.contains(part),
                (_, Some(part), got) => got.is_none_or(|got| !got.contains(part)),
                (_, None, got) => got == Some(wanted),
            },
            (None, Some(_)) => false,
        };
        (!held).then(|| format!("{what} {name}: wanted {wanted:?}, got {got:?}"))
    });
    wrong.collect()
}

/// Some proxies can only empty a field, not take it away.
fn without_empty(headers: &HeaderMap) -> HeaderMap {
    let said = headers.iter().filter(|(_, value)| !value.is_empty());
    said.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The value of a field, several with commas between.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(HeaderValue::as_bytes)
        .map(String::from_utf8_lossy)
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}
