//! The id that ties an answer, its record and the API's own log together.

use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};
use keyward_jose::{digest, random};

/// Where it travels.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives each request an id: a random text of this process and a counter, so that an id costs no randomness and never
/// repeats.
pub struct RequestIds {
    /// Random, so that ids of two processes do not meet.
    process: String,
    next: AtomicU64,
}

impl RequestIds {
    /// Begins to count.
    pub fn new() -> Self {
        let mut bytes = [0; 9];
        random::fill(&mut bytes);
        Self {
            process: digest::b64url_encode(&bytes),
            next: AtomicU64::new(0),
        }
    }

    /// The id that a request brings, if it is one (so that traces of proxies go on), or a new one.
    pub fn of(&self, headers: &HeaderMap) -> HeaderValue {
        if let Some(value) = headers.get(REQUEST_ID)
            && is_sane(value.as_bytes())
        {
            return value.clone();
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        HeaderValue::try_from(format!("{}-{number:x}", self.process)).unwrap_or(HeaderValue::from_static("none"))
    }
}

impl Default for RequestIds {
    fn default() -> Self {
        Self::new()
    }
}

/// Nothing that could end a line of a log, or be long.
fn is_sane(value: &[u8]) -> bool {
    (8..=64).contains(&value.len())
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_injection_is_not_taken_over() {
        assert!(is_sane(b"01JD3Y-abc_9.x"));
        for bad in [
            &b"short"[..],
            b"line\nbreak-1",
            b"quote\"quote",
            &[b'a'; 65],
            "ümlaut-x".as_bytes(),
        ] {
            assert!(!is_sane(bad), "{bad:?}");
        }
        let ids = RequestIds::new();
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
    }
}
