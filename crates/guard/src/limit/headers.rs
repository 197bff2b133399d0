//! How limits show in answers.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use super::{Report, Standing};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const LEGACY_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const LEGACY_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const LEGACY_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// In which fields an answer shows how the caller stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HeaderStyle {
    /// `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10: every limit, and in how many
    /// seconds more of it is there.
    #[default]
    Draft10,
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset`, as many gateways send them: the limit
    /// that is nearest to its end, and in how many seconds all of it is there again.
    Legacy,
    /// Only `Retry-After`.
    None,
}

impl HeaderStyle {
    /// Sets the fields of an answer, and `Retry-After` for a refused request, in whole seconds and at least one.
    /// RFC 9110 §10.2.3, RFC 6585 §4
    pub fn set(self, report: &Report, headers: &mut HeaderMap) {
        match self {
            Self::Draft10 => draft(report, headers),
            Self::Legacy => legacy(report, headers),
            Self::None => {}
        }
        if let Some(after) = report.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(secs(after)));
        }
    }
}

fn draft(report: &Report, headers: &mut HeaderMap) {
    let (mut policies, mut limits) = (String::new(), String::new());
    for standing in report.standings() {
        if !policies.is_empty() {
            policies.push_str(", ");
            limits.push_str(", ");
        }
        let (limit, quota) = (standing.limit.name(), standing.limit.quota());
        // Writing to a String never fails.
        let _ = write!(policies, "\"{limit}\";q={};w={}", quota.requests(), quota.window_secs());
        let _ = write!(limits, "\"{limit}\";r={}", standing.remaining);
        // The same instant as in `Retry-After`.
        let more_after = standing.retry_after.unwrap_or(standing.more_after);
        if !more_after.is_zero() {
            let _ = write!(limits, ";t={}", secs(more_after));
        }
    }
    set(headers, POLICY, policies);
    set(headers, LIMIT, limits);
}

fn legacy(report: &Report, headers: &mut HeaderMap) {
    let Some(nearest) = report.standings().iter().min_by_key(|standing| nearness(standing)) else {
        return;
    };
    headers.insert(LEGACY_LIMIT, HeaderValue::from(nearest.limit.quota().requests()));
    headers.insert(LEGACY_REMAINING, HeaderValue::from(nearest.remaining));
    headers.insert(LEGACY_RESET, HeaderValue::from(secs(nearest.reset_after)));
}

/// First what refused, the longest wait before others; then what has least left.
fn nearness(standing: &Standing) -> (Reverse<Option<Duration>>, u32) {
    (Reverse(standing.retry_after), standing.remaining)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if value.is_empty() {
        return;
    }
    // The names of limits have nothing that a field cannot hold.
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// Whole seconds, rounded up, and at least one: with zero, clients come again at once.
fn secs(span: Duration) -> u64 {
    let whole = span.as_secs();
    let secs = if span.subsec_nanos() > 0 { whole + 1 } else { whole };
    secs.max(1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::limit::{Limit, Place, Quota, Source};

    fn standing(name: &str, remaining: u32, more: u64, reset: u64, retry: Option<u64>) -> Standing {
        let quota = Quota::gcra(600, Duration::from_mins(1), 50).unwrap();
        Standing {
            limit: Arc::new(Limit::new(name, quota, Place::Local).unwrap()),
            remaining,
            more_after: Duration::from_millis(more),
            reset_after: Duration::from_millis(reset),
            retry_after: retry.map(Duration::from_millis),
        }
    }

    fn fields(style: HeaderStyle, standings: Vec<Standing>) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        style.set(&Report::new(standings, Source::Local), &mut headers);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let mut fields: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        fields.sort();
        fields
    }

    fn expected(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect()
    }

    #[test]
    fn a_refusal_in_each_style() {
        let refused = || vec![standing("default", 0, 11_001, 59_000, Some(11_001))];
        assert_eq!(
            fields(HeaderStyle::Draft10, refused()),
            expected(&[
                ("ratelimit", r#""default";r=0;t=12"#),
                ("ratelimit-policy", r#""default";q=600;w=60"#),
                ("retry-after", "12"),
            ])
        );
        assert_eq!(
            fields(HeaderStyle::Legacy, refused()),
            expected(&[
                ("retry-after", "12"),
                ("x-ratelimit-limit", "600"),
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "59"),
            ])
        );
        assert_eq!(fields(HeaderStyle::None, refused()), expected(&[("retry-after", "12")]));
    }

    #[test]
    fn several_limits() {
        let standings = || {
            vec![
                standing("client", 40, 100, 1_000, None),
                standing("address", 3, 5_000, 60_000, None),
                standing("route", 50, 0, 0, None),
            ]
        };
        assert_eq!(
            fields(HeaderStyle::Draft10, standings()),
            expected(&[
                ("ratelimit", r#""client";r=40;t=1, "address";r=3;t=5, "route";r=50"#),
                (
                    "ratelimit-policy",
                    r#""client";q=600;w=60, "address";q=600;w=60, "route";q=600;w=60"#
                ),
            ])
        );
        assert_eq!(fields(HeaderStyle::Legacy, standings())[1].1, "3");
        let mut refused = standings();
        refused.push(standing("subject", 7, 9_000, 30_000, Some(9_000)));
        assert_eq!(
            fields(HeaderStyle::Legacy, refused),
            expected(&[
                ("retry-after", "9"),
                ("x-ratelimit-limit", "600"),
                ("x-ratelimit-remaining", "7"),
                ("x-ratelimit-reset", "30"),
            ])
        );
    }

    #[test]
    fn nobody_is_told_to_come_back_in_no_time() {
        let refused = vec![standing("default", 0, 1, 1, Some(1))];
        assert_eq!(fields(HeaderStyle::None, refused), expected(&[("retry-after", "1")]));
    }

    #[test]
    fn nothing_counted_shows_nothing() {
        for style in [HeaderStyle::Draft10, HeaderStyle::Legacy, HeaderStyle::None] {
            assert_eq!(fields(style, Vec::new()), []);
        }
    }
}
