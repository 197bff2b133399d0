//! nginx's `auth_request`. It takes 2xx for leave and passes 401 (with its challenge) and 403 on; everything else
//! becomes 500. `docs/guard/nginx.conf` turns `X-Guard-Status` back into the status that is meant.

use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::asked::{Asked, Unreadable, client, method, only};

/// The body of a refusal, which nginx throws away, as one line.
const PROBLEM: HeaderName = HeaderName::from_static("x-guard-problem");

/// `$request_uri`, `$request_method`, `$host` and `$proxy_add_x_forwarded_for`.
pub(super) fn asked(question: &Parts) -> Result<Asked<'_>, Unreadable> {
    let headers = &question.headers;
    Ok(Asked {
        method: method(headers, "x-original-method")?,
        target: only(headers, "x-original-uri")?,
        host: only(headers, "x-original-host")?,
        client: client(headers)?,
    })
}

/// Which refusals reach the client as they are.
pub(super) fn passes_on(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

/// Puts the body where nginx can find it.
pub(super) fn carry<B: AsRef<[u8]>>(response: &mut Response<B>) {
    if let Ok(problem) = HeaderValue::from_bytes(response.body().as_ref()) {
        response.headers_mut().insert(PROBLEM, problem);
    }
}
