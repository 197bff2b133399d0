//! The id that ties an answer, its log lines and its events together.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use keyward_domain::Entropy;
use keyward_jose::digest;

/// The header, in requests and answers.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Makes ids: a random text of this process and a counter, so that an id costs no randomness and never repeats.
pub(crate) struct RequestIds {
    process: String,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(entropy: &mut dyn Entropy) -> Self {
        let mut bytes = [0; 9];
        entropy.fill(&mut bytes);
        Self {
            process: digest::b64url_encode(&bytes),
            next: AtomicU64::new(0),
        }
    }

    /// The caller's own id when it is sane (so that traces of proxies go on), else a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        if let Some(value) = headers.get(HEADER)
            && is_sane(value.as_bytes())
        {
            return value.clone();
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        HeaderValue::from_maybe_shared(Bytes::from(format!("{}-{number:x}", self.process)))
            .unwrap_or(HeaderValue::from_static("none"))
    }
}

/// 8 to 64 characters that need no escaping anywhere.
fn is_sane(value: &[u8]) -> bool {
    (8..=64).contains(&value.len())
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::is_sane;

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
    }
}
