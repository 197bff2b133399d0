//! One request: judged, forwarded, answered.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{EXPECT, HOST, ORIGIN, TE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::upgrade::OnUpgrade;
use keyward_client::UnixMillis;
use keyward_listen::Peer;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

use super::body::{Download, RequestBody, ResponseBody, UploadLimits};
use super::forward::{self, Hop, Wish};
use super::progress::{Failure, Progress};
use super::respond::Trouble;
use super::serving::Serving;
use super::state::State;
use super::upgrade::{self, Bounds};
use super::upstream::http1::Lease;
use super::upstream::{Upstream, UpstreamError};
use crate::guard::Decision;
use crate::normalise::RequestView;
use crate::settings::Mode;

/// How much of the body of a refused request is still read, and thrown away: a connection that is closed over unread
/// bytes is reset, and the client never sees why.
const DRAINED_BYTES: u64 = 1024 * 1024;

/// How long that goes on.
const DRAINED_FOR: Duration = Duration::from_secs(1);

/// Answers a request.
pub(crate) async fn answer(state: Arc<State>, request: Request<Incoming>, peer: Peer) -> Response<ResponseBody> {
    let serving = state.serving();
    let host = host(&request);
    let mut view = RequestView::of(&request, peer.address);
    view.host = host.as_ref().map(|host| host.to_str().unwrap_or(NO_HOST));
    let mut decision = serving.guard.check(view).await;
    let (page, version) = (page(request.headers()), request.version());
    if !forward::is_plainly_framed(request.headers()) {
        // Whatever the verdict: where this request ends is not sure, and so nothing on its connection is.
        drain(request).await;
        let mut response = own(&state, &decision, Trouble::Coding, version);
        serving.guard.dress(&decision, &page, response.headers_mut());
        return response;
    }
    if let Some(response) = serving.guard.response(&mut decision, request.headers()) {
        drain(request).await;
        return response.map(ResponseBody::own);
    }
    let exchange = Exchange {
        state: &state,
        serving: &serving,
        decision: &decision,
        judged: Instant::now(),
        peer,
    };
    let answer = exchange.forward(request, host).await;
    let mut response = answer.unwrap_or_else(|trouble| own(&state, &decision, trouble, version));
    serving.guard.dress(&decision, &page, response.headers_mut());
    response
}

/// What the gateway says itself when there is no answer of the upstream.
fn own(state: &State, decision: &Decision, trouble: Trouble, version: Version) -> Response<ResponseBody> {
    state.figures.trouble(trouble);
    let request_id = decision.request_id.to_str().unwrap_or("none");
    tracing::debug!(request_id, reason = trouble.code(), "not answered by the upstream");
    trouble.response(&decision.request_id, version)
}

/// No host: the guard refuses it.
const NO_HOST: &str = "";

/// The host that is asked for. A request that names none, or two that differ, gets one that the guard refuses.
/// RFC 9112 §3.2
fn host(request: &Request<Incoming>) -> Option<HeaderValue> {
    let of_target = request.uri().authority().map(http::uri::Authority::as_str);
    let of_header = request.headers().get(HOST);
    match (of_target, of_header) {
        (Some(target), Some(header)) if !header.as_bytes().eq_ignore_ascii_case(target.as_bytes()) => {
            Some(HeaderValue::from_static(NO_HOST))
        }
        (_, Some(header)) => Some(header.clone()),
        (Some(target), None) if request.version() == Version::HTTP_2 => HeaderValue::from_str(target).ok(),
        (_, None) if request.version() == Version::HTTP_10 => None,
        (_, None) => Some(HeaderValue::from_static(NO_HOST)),
    }
}

/// What the answer depends on beside the verdict: which page asks.
fn page(headers: &HeaderMap) -> HeaderMap {
    let mut page = HeaderMap::new();
    if let Some(origin) = headers.get(ORIGIN) {
        page.insert(ORIGIN, origin.clone());
    }
    page
}

/// Reads what is left of a refused request. Whoever waits for a go-ahead has sent nothing and will send nothing; and
/// HTTP/2 can end a stream by itself.
async fn drain(request: Request<Incoming>) {
    let (head, mut body) = request.into_parts();
    let small = body.size_hint().lower() <= DRAINED_BYTES;
    if head.version == Version::HTTP_2 || head.headers.contains_key(EXPECT) || !small {
        return;
    }
    let reading = async {
        let mut left = DRAINED_BYTES;
        while left > 0
            && let Some(Ok(frame)) = body.frame().await
        {
            let read = frame.data_ref().map_or(0, bytes::Bytes::len);
            left = left.saturating_sub(read as u64);
        }
    };
    let _in_time = timeout(DRAINED_FOR, reading).await;
}

/// A request that may pass.
struct Exchange<'e> {
    state: &'e State,
    serving: &'e Serving,
    decision: &'e Decision,
    /// When that was, as timers count.
    judged: Instant,
    peer: Peer,
}

/// What has come back so far.
struct Answered {
    response: Response<Incoming>,
    lease: Option<Lease>,
    progress: Option<Arc<Progress>>,
}

impl Exchange<'_> {
    async fn forward(
        &self,
        mut request: Request<Incoming>,
        host: Option<HeaderValue>,
    ) -> Result<Response<ResponseBody>, Trouble> {
        if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
            return Err(Trouble::Method);
        }
        let route = self.decision.route.as_deref();
        let upstream = route
            .and_then(|route| self.serving.upstream(route))
            .ok_or(Trouble::BadGateway)?;
        let place = self.state.place().ok_or(Trouble::Busy)?;
        let client = wants_tunnel(&request, upstream).then(|| hyper::upgrade::on(&mut request));
        let version = request.version();
        let (mut head, body) = request.into_parts();
        if body.size_hint().lower() > self.most() {
            return Err(Trouble::TooLarge);
        }
        let (body, progress) = RequestBody::new(body, self.limits());
        let target = self.translate(&mut head, host, upstream, client.is_some())?;
        let mut onward = Request::new(body);
        *onward.method_mut() = head.method;
        *onward.uri_mut() = target;
        *onward.headers_mut() = head.headers;
        let (response, lease) = send(upstream, onward, progress.as_deref()).await?;
        let answered = Answered {
            response,
            lease,
            progress,
        };
        match client {
            Some(client) if answered.response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                self.switch(answered, client, place)
            }
            _ => self.back(answered, upstream, version, place),
        }
    }

    /// Makes the head what the upstream gets, and returns its target.
    fn translate(
        &self,
        head: &mut Parts,
        host: Option<HeaderValue>,
        upstream: &Upstream,
        tunnel: bool,
    ) -> Result<http::Uri, Trouble> {
        let wish = match (tunnel, wants_trailers(&head.headers)) {
            (true, _) => Wish::WebSocket,
            (false, true) => Wish::Trailers,
            (false, false) => Wish::Nothing,
        };
        forward::strip_hop_by_hop(&mut head.headers);
        self.decision.translate(&mut head.headers);
        let hop = Hop {
            peer: self.peer.address,
            trusted: self.decision.by_trusted_proxy,
            tls: self.peer.tls,
            version: head.version,
            host,
        };
        let policy = upstream.settings().host;
        let host = forward::tell(&mut head.headers, hop, wish, &upstream.origin, policy);
        let path = head.uri.path_and_query().ok_or(Trouble::NoTarget)?;
        Ok(upstream.origin.target(path, &host))
    }

    /// The upstream's answer, on its way to the client.
    fn back(
        &self,
        answered: Answered,
        upstream: &Upstream,
        version: Version,
        place: OwnedSemaphorePermit,
    ) -> Result<Response<ResponseBody>, Trouble> {
        let (mut head, body) = answered.response.into_parts();
        // It switches to what nobody has asked for, or its body could be read in two ways.
        if head.status.is_informational() || !forward::is_plainly_framed(&head.headers) {
            return Err(Trouble::BadGateway);
        }
        forward::strip_hop_by_hop(&mut head.headers);
        let timeout = upstream.settings().body_timeout.0;
        let download = Download::new(body, answered.lease, answered.progress, timeout, place);
        let body = if version == Version::HTTP_2 && !download.is_at_end() {
            ResponseBody::Held(self.state.readers.watch(download))
        } else {
            ResponseBody::Upstream(download)
        };
        let mut response = Response::new(body);
        *response.status_mut() = head.status;
        *response.headers_mut() = head.headers;
        Ok(response)
    }

    /// Both sides have switched to WebSocket.
    fn switch(
        &self,
        answered: Answered,
        client: OnUpgrade,
        place: OwnedSemaphorePermit,
    ) -> Result<Response<ResponseBody>, Trouble> {
        let mut answer = answered.response;
        if !upgrade::is_websocket(answer.headers()) {
            return Err(Trouble::BadGateway);
        }
        if let Some(lease) = answered.lease {
            lease.let_go();
        }
        let upstream = hyper::upgrade::on(&mut answer);
        let mut response = Response::new(ResponseBody::Own(None));
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        forward::strip_hop_by_hop(response.headers_mut());
        forward::tell_switch(response.headers_mut());
        self.state.figures.tunnel();
        let bounds = Bounds {
            silence: self.serving.settings.tunnel_timeout.0,
            ends: self.ends(),
        };
        self.state.tunnels.dig(client, upstream, bounds, place);
        Ok(response)
    }

    /// When what the caller's token allows is over: nothing goes through a tunnel for longer. Where nobody had to say
    /// who calls, and where refusals are not carried out, that is never.
    fn ends(&self) -> Option<Instant> {
        let is_shadow = self.decision.route.as_ref().map(|route| route.mode()) == Some(Mode::Shadow);
        let caller = self.decision.caller().filter(|_| !is_shadow)?;
        let expiry = UnixMillis(caller.expires_at().saturating_mul(1000));
        // One so late that no clock can tell it, or none at all, is no bound.
        self.judged.checked_add(expiry.since(self.decision.at))
    }

    fn most(&self) -> u64 {
        self.serving.settings.max_body_bytes.unwrap_or(u64::MAX)
    }

    fn limits(&self) -> UploadLimits {
        UploadLimits {
            most: self.most(),
            timeout: self.serving.settings.body_timeout.0,
            rate: self.serving.settings.min_body_rate,
        }
    }
}

fn wants_tunnel(request: &Request<Incoming>, upstream: &Upstream) -> bool {
    upstream.origin.can_switch() && upgrade::is_wanted(request)
}

fn wants_trailers(headers: &HeaderMap) -> bool {
    headers
        .get_all(TE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|wish| wish.trim_ascii().eq_ignore_ascii_case(b"trailers"))
}

/// Sends a request and waits for the head of its answer, for as long as the upstream may take.
async fn send(
    upstream: &Upstream,
    request: Request<RequestBody>,
    progress: Option<&Progress>,
) -> Result<(Response<Incoming>, Option<Lease>), Trouble> {
    let limit = upstream.settings().response_timeout.0;
    let Some(progress) = progress else {
        return match timeout(limit, upstream.send(request)).await {
            Ok(answer) => answer.map_err(|error| trouble(&error)),
            Err(_) => Err(Trouble::GatewayTimeout),
        };
    };
    let mut sending = pin!(upstream.send(request));
    let answer = loop {
        match timeout_at(progress.deadline(limit), sending.as_mut()).await {
            Ok(answer) => break answer,
            Err(_) if progress.deadline(limit) > Instant::now() => {}
            Err(_) => return Err(Trouble::GatewayTimeout),
        }
    };
    if answer.is_ok() {
        progress.answered();
    }
    answer.map_err(|error| match progress.failure() {
        Some(Failure::TooLarge) => Trouble::TooLarge,
        Some(Failure::Slow) => Trouble::SlowBody,
        Some(Failure::Broken) => Trouble::BrokenBody,
        None => trouble(&error),
    })
}

fn trouble(error: &UpstreamError) -> Trouble {
    if error.is_timeout() {
        Trouble::GatewayTimeout
    } else {
        Trouble::BadGateway
    }
}
