//! The verdict on a request, step by step.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, Response};
use ipnet::IpNet;
use keyward_client::UnixMillis;
use keyward_client::time::Clock;

use crate::address;
use crate::audit::{Observer, Record};
use crate::authenticate::{self, Issuer, Token, VerifiedTokens};
use crate::authorize;
use crate::caller::Caller;
use crate::challenge::Challenger;
use crate::cors::Cors;
use crate::denial::Denial;
use crate::explain::Steps;
use crate::extract;
use crate::limit::{HeaderStyle, Report};
use crate::metadata::Metadata;
use crate::normalise::{self, RequestView};
use crate::policy::Policy;
use crate::rate_limit::{self, Counting};
use crate::request_id::{REQUEST_ID, RequestIds};
use crate::revocation::{self, Revocations};
use crate::route::{Route, Routes};
use crate::sender;
use crate::settings::Mode;

/// Checks requests. One for all routes of an API; cheap to share.
pub struct Guard {
    pub(crate) routes: Routes,
    /// For what is asked for in code, by name.
    pub(crate) policies: BTreeMap<String, Arc<Policy>>,
    pub(crate) issuers: Vec<Arc<Issuer>>,
    pub(crate) verified: VerifiedTokens,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) counting: Counting,
    pub(crate) cors: Option<Cors>,
    pub(crate) metadata: Option<Metadata>,
    pub(crate) challenger: Challenger,
    pub(crate) limit_headers: HeaderStyle,
    pub(crate) revocations: Option<Arc<dyn Revocations>>,
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    pub(crate) request_ids: RequestIds,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Verdict {
    /// It goes on to the API.
    Allow,
    /// The guard answers it itself: a preflight, the API's metadata.
    Answer(Response<Bytes>),
    /// It goes no further.
    Deny(Denial),
}

/// The verdict on one request, and what belongs to it.
#[derive(Debug)]
pub struct Decision {
    /// When it was made.
    pub at: UnixMillis,
    /// The request's id.
    pub request_id: HeaderValue,
    /// Who asked.
    pub address: IpAddr,
    /// The route that the request met.
    pub route: Option<Arc<Route>>,
    /// The verdict.
    pub verdict: Verdict,
    /// What would have refused it, on a route in shadow mode.
    pub shadowed: Option<Denial>,
    pub(crate) by_trusted_proxy: bool,
    /// The caller as far as it became known, whether it may pass or not.
    pub(crate) known: Option<Arc<Caller>>,
    /// The beginning of the token's digest.
    pub(crate) token: Option<[u8; 4]>,
    /// What is left of the limits.
    pub(crate) limits: Option<Report>,
}

impl Decision {
    /// Who calls, when the request may pass and its route asks who it is.
    pub fn caller(&self) -> Option<&Arc<Caller>> {
        let passes = matches!(self.verdict, Verdict::Allow) && self.shadowed.is_none();
        self.known.as_ref().filter(|_| passes)
    }
}

impl Guard {
    /// Judges a request now.
    pub async fn check(&self, view: RequestView<'_>) -> Decision {
        self.check_at(view, self.clock.now()).await
    }

    /// Judges a request at an instant that the caller has read.
    pub async fn check_at(&self, view: RequestView<'_>, now: UnixMillis) -> Decision {
        let decision = self.decide(view, None, now, &mut Steps::Untold).await;
        self.tell(&decision, view.method);
        decision
    }

    /// Judges a request now by `route`, which the program chose, whatever its path.
    pub(crate) async fn check_by(&self, view: RequestView<'_>, route: &Arc<Route>) -> Decision {
        let decision = self
            .decide(view, Some(route), self.clock.now(), &mut Steps::Untold)
            .await;
        self.tell(&decision, view.method);
        decision
    }

    fn tell(&self, decision: &Decision, method: &Method) {
        for observer in &self.observers {
            observer.decided(&Record::of(decision, method));
        }
    }

    /// The answer to a request that does not go on; nothing for one that does. `request` are its headers.
    pub fn response(&self, decision: &mut Decision, request: &HeaderMap) -> Option<Response<Bytes>> {
        let mut response = match std::mem::replace(&mut decision.verdict, Verdict::Allow) {
            Verdict::Allow => return None,
            Verdict::Answer(response) => return Some(response),
            Verdict::Deny(denial) => {
                let response = self.challenger.respond(decision, &denial);
                decision.verdict = Verdict::Deny(denial);
                response
            }
        };
        self.dress(decision, request, response.headers_mut());
        Some(response)
    }

    /// The API's own metadata, if a request is for it. RFC 9728 §3.1
    pub fn metadata(&self, method: &Method, path: &str) -> Option<Response<Bytes>> {
        self.metadata.as_ref()?.answer(method, path)
    }

    /// Adds to an answer what the guard says beside it: the request's id, what is left of the limits, who may read it.
    pub fn dress(&self, decision: &Decision, request: &HeaderMap, response: &mut HeaderMap) {
        response.insert(REQUEST_ID, decision.request_id.clone());
        if let Some(report) = &decision.limits {
            rate_limit::tell(report, self.limit_headers, response);
        }
        if let Some(cors) = &self.cors {
            cors.expose(request.get(ORIGIN), response);
        }
    }

    /// The steps, in their order. The first that refuses ends it. A `chosen` route is not looked for.
    pub(crate) async fn decide(
        &self,
        view: RequestView<'_>,
        chosen: Option<&Arc<Route>>,
        now: UnixMillis,
        steps: &mut Steps,
    ) -> Decision {
        let mut decision = Decision {
            at: now,
            request_id: self.request_ids.of(view.headers),
            address: view.peer.to_canonical(),
            route: None,
            verdict: Verdict::Allow,
            shadowed: None,
            by_trusted_proxy: false,
            known: None,
            token: None,
            limits: None,
        };
        if let Some(preflight) = self.cors.as_ref().and_then(|cors| cors.preflight(&view)) {
            steps.passed("cors", || "a preflight, answered without a token".into());
            decision.verdict = Verdict::Answer(preflight);
            return decision;
        }
        match self.judge(&view, chosen, now, &mut decision, steps).await {
            Ok(verdict) => decision.verdict = verdict,
            Err(denial) => {
                let mode = decision.route.as_ref().map_or(Mode::Enforce, |route| route.mode());
                match mode {
                    Mode::Enforce => decision.verdict = Verdict::Deny(denial),
                    Mode::Shadow => decision.shadowed = Some(denial),
                }
            }
        }
        decision
    }

    async fn judge(
        &self,
        view: &RequestView<'_>,
        chosen: Option<&Arc<Route>>,
        now: UnixMillis,
        decision: &mut Decision,
        steps: &mut Steps,
    ) -> Result<Verdict, Denial> {
        let origin = steps.step(
            "address",
            address::origin(view.peer, view.headers, &self.trusted_proxies),
        )?;
        decision.address = origin.address;
        decision.by_trusted_proxy = origin.by_trusted_proxy;
        let normal = steps.step("normalise", normalise::normalise(view))?;
        if let Some(response) = self.metadata(view.method, &normal.path) {
            steps.passed("metadata", || "the API's own metadata (RFC 9728)".into());
            return Ok(Verdict::Answer(response));
        }
        let found = chosen.map_or_else(|| self.routes.find(view.method, &normal), Ok);
        let route = steps.step("route", found)?;
        steps.matched(route);
        decision.route = Some(Arc::clone(route));
        if let Some(policy) = &route.policy {
            let caller = self
                .authenticate(policy, view, normal.query, now, decision, steps)
                .await?;
            steps.caller(&caller);
            decision.known = Some(Arc::clone(&caller));
            steps.step("sender", sender::check(&caller))?;
            steps.step(
                "revocation",
                revocation::check(self.revocations.as_deref(), &caller, now).await,
            )?;
            steps.step("authorize", authorize::check(policy, &caller, now))?;
        }
        if !steps.are_told() {
            let (caller, address) = (decision.known.as_deref(), decision.address);
            match self.counting.take(route, caller, address, now).await {
                Ok(report) => decision.limits = report,
                Err((denial, report)) => {
                    decision.limits = report;
                    return Err(denial);
                }
            }
        }
        Ok(Verdict::Allow)
    }

    /// Finds the caller. An address that sent too many bad tokens is not listened to for a while.
    async fn authenticate(
        &self,
        policy: &Policy,
        view: &RequestView<'_>,
        query: Option<&str>,
        now: UnixMillis,
        decision: &mut Decision,
        steps: &mut Steps,
    ) -> Result<Arc<Caller>, Denial> {
        let text = steps.step("extract", extract::credential(view.headers, query))?;
        let token = Token::of(text);
        decision.token = token.digest.first_chunk().copied();
        // On a route in shadow mode bad tokens are what is being counted, and nobody is locked out by it. A token that was
        // verified a moment ago costs nothing: it is not worth asking whether its address may try.
        let in_earnest = decision
            .route
            .as_ref()
            .is_none_or(|route| route.mode() == Mode::Enforce);
        if in_earnest && !self.verified.contains(&token) {
            steps.step("failures", self.counting.check_failures(decision.address, now).await)?;
        }
        let found = authenticate::authenticate(policy, &self.verified, &token, now).await;
        // A policy on trial may be wrong: the tokens that it would refuse count against nobody.
        let on_trial = decision
            .route
            .as_ref()
            .is_some_and(|route| route.mode() == Mode::Shadow);
        if let Err(reason) = &found
            && reason.is_bad_credential()
            && in_earnest
            && !steps.are_told()
            && !on_trial
        {
            self.counting.note_failure(decision.address, now).await;
        }
        steps.step("authenticate", found)
    }
}

impl<'r> RequestView<'r> {
    /// The view of a request of the `http` crate, from `peer`. RFC 9112 §3.3
    pub fn of<B>(request: &'r http::Request<B>, peer: IpAddr) -> Self {
        Self::new(request.method(), request.uri(), request.headers(), peer)
    }

    /// The same of a request without its body.
    pub fn of_parts(parts: &'r http::request::Parts, peer: IpAddr) -> Self {
        Self::new(&parts.method, &parts.uri, &parts.headers, peer)
    }

    fn new(method: &'r Method, uri: &'r http::Uri, headers: &'r HeaderMap, peer: IpAddr) -> Self {
        let of_target = uri.authority().map(http::uri::Authority::as_str);
        // One that is no text is no name either, and is refused as such.
        let of_header = headers.get(HOST).map(|host| host.to_str().unwrap_or(""));
        Self {
            method,
            target: uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str),
            host: match (of_target, of_header) {
                (Some(target), Some(header)) if !target.eq_ignore_ascii_case(header) => Some(""),
                (target, header) => target.or(header),
            },
            headers,
            peer,
        }
    }
}
