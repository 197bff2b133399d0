//! The edge: opens a request (one instant, one id, who calls), lets the router answer, and closes it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use keyward_domain::Timestamp;
use keyward_domain::event::{Event, What};
use keyward_domain::id::EventId;
use keyward_guard::REQUEST_ID;
use keyward_listen::Peer;
use keyward_protocol::error::ErrorCode;
use tower::ServiceExt as _;

use super::entropy::SystemEntropy;
use super::{forwarded, page, respond};
use crate::app::App;
use crate::pages::ErrorKind;

/// What a handler knows of the request beside its content.
#[derive(Clone)]
pub(crate) struct Cx {
    /// The one instant of this request.
    pub(crate) now: Timestamp,
    /// The id in the answer, the log and the events.
    pub(crate) request_id: HeaderValue,
    /// Who calls.
    pub(crate) address: IpAddr,
}

/// A name from the route table, left by the router for the metrics.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint(pub(crate) &'static str);

impl Cx {
    /// The request id as text.
    pub(crate) fn request_id(&self) -> &str {
        self.request_id.to_str().unwrap_or("none")
    }

    /// An event of this request.
    pub(crate) fn event(&self, realm: &str, what: What) -> Event {
        Event {
            id: EventId(keyward_domain::entropy::growing_uuid(self.now, &mut SystemEntropy)),
            at: self.now,
            realm: Some(realm.to_owned()),
            request_id: Some(self.request_id().to_owned()),
            address: Some(self.address),
            what,
        }
    }
}

/// Answers one request.
pub(crate) async fn serve(app: Arc<App>, router: Router, peer: Peer, request: Request<Incoming>) -> Response<Body> {
    let arrived = stopwatch();
    let now = app.clock.now();
    let request_id = app.request_ids.of(request.headers());
    let origin = forwarded::origin(peer.address, peer.tls, request.headers(), &app.settings.trusted_proxies);
    let cx = Cx {
        now,
        request_id: request_id.clone(),
        address: origin.address,
    };
    let mut response = if !has_one_host(&request) {
        respond::error(ErrorCode::InvalidRequest, "exactly one Host header is needed")
    } else if origin.secure {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(cx);
        match router.oneshot(request).await {
            Ok(response) => response,
        }
    } else if page::reads_pages(request.headers()) {
        page::without_realm(&app, &cx, request.headers(), "Keyward", ErrorKind::HttpsRequired)
    } else {
        respond::https_required()
    };
    close(&app, &mut response, request_id, origin.secure);
    let micros = u64::try_from(arrived.elapsed().as_micros()).unwrap_or(u64::MAX);
    let endpoint = response
        .extensions()
        .get::<Endpoint>()
        .map_or("other", |endpoint| endpoint.0);
    app.observer.request(endpoint, response.status().as_u16(), micros);
    response
}

/// RFC 9112 §3.2: a request of HTTP/1.1 names its host once. Nothing here depends on it, but what stands before us
/// may route by another one.
fn has_one_host(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(HOST).iter().count();
    if request.version() == Version::HTTP_11 {
        hosts == 1
    } else {
        hosts <= 1
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long an answer took; nothing is decided by it"
)]
fn stopwatch() -> Instant {
    Instant::now()
}

fn close(app: &App, response: &mut Response<Body>, request_id: HeaderValue, secure: bool) {
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(request_id = request_id.to_str().unwrap_or("none"), "answered 500");
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, request_id);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // A page has a policy of its own, and says itself who may frame it.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'self'"),
        );
    }
    if secure && app.settings.public_url.starts_with("https://") {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
}
