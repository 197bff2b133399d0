//! The documents that `keycloak-js` loads into hidden frames of an application: one that watches the session, two
//! that find out whether this server's cookies reach a frame at all.
//!
//! The watcher answers `"<client_id> <session_state>"` with `unchanged`, `changed` or `error` (OIDC Session
//! Management §3.1); before its first answer to an origin it asks `…/init?client_id=…&origin=…`, which must say 2xx to
//! an origin of that client. The other two post `supported` or `unsupported` to whoever embeds them.

use axum::body::Body;
use axum::http::Response;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

use super::escape::Escaped;
use super::policy::{hash, header};

const WATCH: &str = include_str!("watch.js");
const STEP_ONE: &str = include_str!("step1.js");
const STEP_TWO: &str = include_str!("step2.js");

/// `login-status-iframe.html`: compares the session state that an application knows with the cookie of this name,
/// which scripts can read and whose value is the session's id.
pub(crate) fn login_status_iframe(cookie_name: &str) -> Response<Body> {
    // Asked for again each time: the cookie's name may change with the server's settings.
    framed(WATCH, &format!(" data-cookie=\"{}\"", Escaped(cookie_name)), "no-cache")
}

/// `3p-cookies/step1.html`: sets a test cookie as the session's cookies are set, and goes on to the second step.
pub(crate) fn third_party_cookies_step1() -> Response<Body> {
    framed(STEP_ONE, "", "no-store")
}

/// `3p-cookies/step2.html`: says whether the test cookie came through.
pub(crate) fn third_party_cookies_step2() -> Response<Body> {
    framed(STEP_TWO, "", "no-store")
}

/// A document of one script that any site may embed. There is no `frame-ancestors`: even its `*` would leave out the
/// private schemes under which mobile shells load their applications.
fn framed(script: &str, attributes: &str, cache: &'static str) -> Response<Body> {
    let document = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Keyward</title></head>\n\
         <body{attributes}>\n<script>{script}</script>\n</body>\n</html>\n"
    );
    let mut response = Response::new(Body::from(document));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        header(&format!(
            "default-src 'none'; script-src {}; connect-src 'self'; base-uri 'none'; form-action 'none'",
            hash(script)
        )),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::tests::body;

    #[test]
    fn the_frames_can_be_embedded_and_run_their_own_script_only() {
        for response in [
            login_status_iframe("KW"),
            third_party_cookies_step1(),
            third_party_cookies_step2(),
        ] {
            let policy = response
                .headers()
                .get(CONTENT_SECURITY_POLICY)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            assert!(!response.headers().contains_key("x-frame-options"));
            assert!(
                policy.starts_with("default-src 'none'; script-src 'sha256-"),
                "{policy}"
            );
            let document = body(response);
            let script = document
                .split_once("<script>")
                .unwrap()
                .1
                .split_once("</script>")
                .unwrap()
                .0;
            assert!(policy.contains(&hash(script)));
            assert_eq!(document.matches("<script").count(), 1);
        }
    }

    #[test]
    fn the_cookie_s_name_is_escaped() {
        let document = body(login_status_iframe("\"><script>alert(1)</script>"));
        assert_eq!(document.matches("<script").count(), 1);
        assert!(body(login_status_iframe("KW_SESSION_demo")).contains("<body data-cookie=\"KW_SESSION_demo\">"));
    }
}
