//! The id that ties an answer, its log lines and its events together.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use keyward_domain::Entropy;
use keyward_jose::digest;

/// The header, in requests and answers.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The caller's own id when it is sane (so that traces of proxies go on), else a new one of 96 bits.
pub(crate) fn of(headers: &HeaderMap, entropy: &mut dyn Entropy) -> HeaderValue {
    if let Some(value) = headers.get(HEADER)
        && is_sane(value.as_bytes())
    {
        return value.clone();
    }
    let mut bytes = [0; 12];
    entropy.fill(&mut bytes);
    HeaderValue::from_str(&digest::b64url_encode(&bytes)).unwrap_or(HeaderValue::from_static("none"))
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
