//! The headers of a page, and what its document may do.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, PRAGMA, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use keyward_jose::digest::{b64_encode, sha256};

use super::{FORM_POST_SCRIPT, FORM_SCRIPT, Locale, STYLE};

/// Where the forms of a page may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormAction {
    /// Not limited. Chromium holds `form-action` against every redirect that follows the POST: to the application's
    /// redirect URI, which may have a private scheme or any loopback port, and on from there to wherever the
    /// application sends the browser next. No list that we could write would be complete, so a login would end on a
    /// blank page. What the directive is for, a form that somebody injected, the escaping has to prevent.
    Any,
    /// This server only: the redirects end here too.
    Own,
    /// The page has no form.
    Nowhere,
}

/// The content security policies of the pages, made once.
#[derive(Debug)]
pub(super) struct Policies {
    any: HeaderValue,
    own: HeaderValue,
    nowhere: HeaderValue,
}

impl Policies {
    pub(super) fn new() -> Self {
        let scripts = format!("script-src {} {}; ", hash(FORM_SCRIPT), hash(FORM_POST_SCRIPT));
        Self {
            any: page_policy(&scripts, ""),
            own: page_policy(&scripts, "form-action 'self'; "),
            nowhere: page_policy("", "form-action 'none'; "),
        }
    }

    /// A document with the headers that every page has. RFC 9700 §4.16, OIDC Core §3.1.2.3
    pub(super) fn document(
        &self,
        status: StatusCode,
        locale: Locale,
        form_action: FormAction,
        document: String,
    ) -> Response<Body> {
        let mut response = Response::new(Body::from(document));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        plain(headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(locale.as_str()));
        let policy = match form_action {
            FormAction::Any => &self.any,
            FormAction::Own => &self.own,
            FormAction::Nowhere => &self.nowhere,
        };
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
        response
    }
}

/// The headers that do not depend on the page. No `Cross-Origin-Opener-Policy`: it would cut the window that opened
/// a login in a popup from that popup, for the application's own page that comes after ours too.
pub(super) fn plain(headers: &mut HeaderMap) {
    for (name, value) in [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (PRAGMA, "no-cache"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("x-robots-tag"), "none"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// The source expression that allows exactly this inline text. CSP Level 3 §2.3.1
pub(super) fn hash(text: &str) -> String {
    format!("'sha256-{}'", b64_encode(&sha256(text.as_bytes())))
}

fn page_policy(scripts: &str, form_action: &str) -> HeaderValue {
    header(&format!(
        "default-src 'none'; style-src {}; {scripts}img-src 'self' data:; {form_action}base-uri 'none'; \
         frame-ancestors 'none'",
        hash(STYLE)
    ))
}

/// A policy as a header. Policies are ASCII; one that is not would allow nothing.
pub(super) fn header(policy: &str) -> HeaderValue {
    HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
