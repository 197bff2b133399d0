//! The guard as a Tower layer, for programs whose handlers speak HTTP through `http::Request`: axum, tonic, hyper.
//!
//! [`Guard::layer`] checks by the routes of the configuration, [`Requirement::layer`] by what one route asks for in
//! code. Handlers find an `Arc<Caller>` among the request's extensions; with the feature `axum`, [`crate::Caller`] is
//! an extractor. Whoever is refused gets the guard's answer, in gRPC's form when gRPC asked.
//!
//! The layer must know who is connected: from axum's `ConnectInfo<SocketAddr>` (feature `axum`), from a [`PeerAddr`]
//! among the extensions, or from a function given to [`GuardLayer::peer`]. A program that tells it in none of these
//! ways is wrong, and every request gets 500.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::ORIGIN;
use http::request::Parts;
use http::{Extensions, HeaderMap, Request, Response};
use http_body_util::{Either, Full};
use tower_layer::Layer;
use tower_service::Service;

use crate::guard::{Decision, Guard};
use crate::normalise::RequestView;
use crate::requirement::Requirement;

#[cfg(feature = "axum")]
mod axum;
mod fault;
mod grpc;
mod peer;

#[cfg(feature = "axum")]
pub use self::axum::NoCaller;
pub use peer::PeerAddr;

/// The body of an answer: the program's own, or the guard's.
pub type Body<B> = Either<B, Full<Bytes>>;

/// A mark on requests that a layer let through, so that a handler behind none can be told from one on a public route.
#[derive(Clone, Copy)]
struct Checked;

/// Lets through what the guard allows.
#[derive(Clone)]
pub struct GuardLayer {
    check: Check,
    peer: fn(&Extensions) -> Option<IpAddr>,
}

#[derive(Clone)]
enum Check {
    Routes(Arc<Guard>),
    Requirement(Requirement),
}

impl Guard {
    /// Checks every request by the routes of the configuration. What they do not name is answered with 404, and the
    /// API's metadata (RFC 9728 §3) by the layer itself. It belongs around a whole program: inside of `Router::nest`
    /// only a part of the path is seen.
    pub fn layer(self: &Arc<Self>) -> GuardLayer {
        GuardLayer::new(Check::Routes(Arc::clone(self)))
    }
}

impl Requirement {
    /// Checks the requests of one route.
    pub fn layer(self) -> GuardLayer {
        GuardLayer::new(Check::Requirement(self))
    }
}

impl GuardLayer {
    fn new(check: Check) -> Self {
        Self { check, peer: peer::of }
    }

    /// Finds the address of whoever is connected among a request's extensions by `peer`, for servers that note it in
    /// their own way.
    #[must_use]
    pub fn peer(self, peer: fn(&Extensions) -> Option<IpAddr>) -> Self {
        Self { peer, ..self }
    }

    fn guard(&self) -> &Guard {
        match &self.check {
            Check::Routes(guard) => guard,
            Check::Requirement(requirement) => &requirement.guard,
        }
    }

    async fn check(&self, parts: &Parts, peer: IpAddr) -> Decision {
        let view = RequestView::of_parts(parts, peer);
        match &self.check {
            Check::Routes(guard) => guard.check(view).await,
            Check::Requirement(requirement) => requirement.check(view).await,
        }
    }

    /// Makes a request what its handler gets, or answers it.
    async fn admit(&self, parts: &mut Parts) -> Result<Decision, Response<Bytes>> {
        let Some(peer) = (self.peer)(&parts.extensions) else {
            tracing::error!("the guard's layer cannot tell who is connected: see keyward_guard::layer");
            return Err(fault::response());
        };
        let mut decision = self.check(parts, peer).await;
        if let Some(response) = self.guard().response(&mut decision, &parts.headers) {
            return Err(response);
        }
        decision.translate(&mut parts.headers);
        parts.extensions.insert(Checked);
        match decision.caller() {
            Some(caller) => drop(parts.extensions.insert(Arc::clone(caller))),
            None => drop(parts.extensions.remove::<Arc<crate::Caller>>()),
        }
        Ok(decision)
    }
}

impl fmt::Debug for GuardLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardLayer").finish_non_exhaustive()
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service behind the guard.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    inner: S,
    layer: GuardLayer,
}

impl<S, B, R> Service<Request<B>> for Guarded<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response<Body<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was polled ready is the one to call.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let layer = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            // The headers go on to the handler.
            let (page, by_grpc) = (page(&parts.headers), grpc::asked(&parts.headers));
            match layer.admit(&mut parts).await {
                Ok(decision) => {
                    let mut response = inner.call(Request::from_parts(parts, body)).await?;
                    layer.guard().dress(&decision, &page, response.headers_mut());
                    Ok(response.map(Either::Left))
                }
                Err(response) => {
                    let response = if by_grpc { grpc::translate(response) } else { response };
                    Ok(response.map(Full::new).map(Either::Right))
                }
            }
        })
    }
}

/// The page that asks, if one does: what its browser must know of the answer depends on it.
fn page(headers: &HeaderMap) -> HeaderMap {
    let origin = headers.get(ORIGIN).map(|origin| (ORIGIN, origin.clone()));
    origin.into_iter().collect()
}
