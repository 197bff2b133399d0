//! One question: who asks, in which dialect, and what the answer is.

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use keyward_listen::Peer;

use super::answer;
use super::asked::Unreadable;
use super::dialect::Dialect;
use super::settings::Settings;
use crate::guard::Guard;

/// Where it tells whether it is ready.
pub(super) const HEALTH: &str = "/healthz";

/// A whole body, or one of gRPC.
#[cfg(feature = "grpc")]
type Body = Either<Full<Bytes>, super::grpc::Body>;
#[cfg(not(feature = "grpc"))]
type Body = Either<Full<Bytes>, Full<Bytes>>;

/// Answers questions by the guard that is there when they come.
pub(super) struct Service {
    settings: Settings,
    guard: Arc<ArcSwap<Guard>>,
}

impl Service {
    pub(super) fn new(settings: Settings, guard: Arc<ArcSwap<Guard>>) -> Self {
        Self { settings, guard }
    }

    /// Answers one.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: Peer) -> Response<Body> {
        let guard = self.guard.load_full();
        #[cfg(feature = "grpc")]
        if super::grpc::is_asked(&request) {
            return if self.settings.allows(peer.address) {
                super::grpc::answer(&guard, request).await.map(Either::Right)
            } else {
                whole(stranger(peer))
            };
        }
        // Nobody sends a body with a question; what comes all the same is not read.
        let (question, _body) = request.into_parts();
        let path = question.uri.path();
        if path == HEALTH {
            return whole(health(&guard));
        }
        let Some(dialect) = Dialect::at(path, &self.settings) else {
            // Proxies send clients here for it, and so may everybody else: it is for everybody.
            let metadata = guard.metadata(&question.method, path);
            return whole(metadata.unwrap_or_else(|| answer::problem(StatusCode::NOT_FOUND, "There is nothing here")));
        };
        if !self.settings.allows(peer.address) {
            return whole(stranger(peer));
        }
        let answered = self.judge(&guard, dialect, &question).await;
        whole(answered.unwrap_or_else(|Unreadable(name)| {
            tracing::warn!(
                dialect = dialect.name(),
                header = name,
                "a proxy's question is refused: the header is missing, comes twice or cannot be read"
            );
            answer::refusal(dialect, answer::unreadable())
        }))
    }

    async fn judge(&self, guard: &Guard, dialect: Dialect, question: &Parts) -> Result<Response<Bytes>, Unreadable> {
        let asked = dialect.asked(question, &self.settings)?;
        let mut decision = guard.check(asked.view(&question.headers)).await;
        Ok(match guard.response(&mut decision, &question.headers) {
            Some(response) => answer::refusal(dialect, response),
            None => answer::leave(dialect, guard, &decision, &question.headers),
        })
    }
}

/// Ready when the guard is.
fn health(guard: &Guard) -> Response<Bytes> {
    match guard.ready() {
        Ok(()) => Response::new(Bytes::from_static(b"ready\n")),
        Err(_) => answer::problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "The keys of an issuer are not there yet",
        ),
    }
}

/// Somebody asks who may not.
fn stranger(peer: Peer) -> Response<Bytes> {
    tracing::debug!(address = %peer.address, "asks and is not in forward_auth.allow_from");
    answer::problem(StatusCode::FORBIDDEN, "Only the API's proxies may ask")
}

fn whole(response: Response<Bytes>) -> Response<Body> {
    response.map(Full::new).map(Either::Left)
}
