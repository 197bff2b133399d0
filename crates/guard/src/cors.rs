//! Preflights are answered before anybody is asked for a token: browsers send none with them. (CORS-preflight request of the Fetch standard)

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use crate::normalise::RequestView;
use crate::settings::Cors as Written;

/// Headers of the guard that pages may read.
const OWN: &str = "www-authenticate, x-request-id, ratelimit, ratelimit-policy, retry-after";

/// Which pages may call, ready to be asked.
pub(crate) struct Cors {
    origins: Vec<HeaderValue>,
    /// Every page, and never with cookies.
    all: bool,
    credentials: bool,
    methods: HeaderValue,
    headers: HeaderValue,
    expose: HeaderValue,
    max_age: HeaderValue,
}

impl Cors {
    /// Reads the settings. The error says what is wrong with them.
    pub(crate) fn new(written: &Written) -> Result<Self, String> {
        let all = written.origins.iter().any(|origin| origin == "*");
        if all && (written.origins.len() > 1 || written.credentials) {
            return Err("cors: the origin `*` stands alone, and without credentials".into());
        }
        let value = |text: String| HeaderValue::try_from(text).map_err(|_| "cors: not a header value".to_owned());
        for origin in written.origins.iter().filter(|origin| *origin != "*") {
            if !is_origin(origin) {
                return Err(format!(
                    "cors: `{origin}` is no origin; write it like https://app.example.com"
                ));
            }
        }
        Ok(Self {
            origins: written.origins.iter().cloned().map(value).collect::<Result<_, _>>()?,
            all,
            credentials: written.credentials,
            methods: value(written.methods.join(", "))?,
            headers: value(written.headers.join(", "))?,
            expose: value(
                written
                    .expose
                    .iter()
                    .fold(OWN.to_owned(), |all, name| format!("{all}, {name}")),
            )?,
            max_age: HeaderValue::from(written.max_age.0.as_secs()),
        })
    }

    /// The answer to a preflight, if the request is one. A foreign origin gets one that allows nothing.
    pub(crate) fn preflight(&self, view: &RequestView<'_>) -> Option<Response<Bytes>> {
        let is_preflight = view.method == Method::OPTIONS && view.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        let origin = view.headers.get(ORIGIN).filter(|_| is_preflight)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(
            VARY,
            HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers"),
        );
        if self.allow(origin, headers) {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
            headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        }
        Some(response)
    }

    /// What a page's own script may read of an answer.
    pub(crate) fn expose(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        headers.append(VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = origin
            && self.allow(origin, headers)
        {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, self.expose.clone());
        }
    }

    fn allow(&self, origin: &HeaderValue, headers: &mut HeaderMap) -> bool {
        if self.all {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            return true;
        }
        if !self.origins.contains(origin) {
            return false;
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if self.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        true
    }
}

/// A scheme and an authority, as browsers send them. RFC 6454 §7
fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, authority)| {
        scheme
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit())
            && !authority.is_empty()
            && authority
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte))
    })
}
