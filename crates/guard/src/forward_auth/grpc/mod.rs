//! Envoy's `ext_authz` over gRPC: `envoy.service.auth.v3.Authorization/Check`. The one dialect in which everything can
//! be said: a refusal of any status, an answer of the guard's own, and which headers the API must not see.

use std::time::Duration;

use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use prost::Message as _;

use super::asked::Unreadable;
use crate::guard::Guard;

mod check;
mod frame;
mod messages;
mod response;

pub(super) use frame::Body;
use frame::Status;
use messages::CheckRequest;

const PATH: &str = "/envoy.service.auth.v3.Authorization/Check";

/// Longest question, in bytes: the headers of a request, and no body.
const MAX_MESSAGE: usize = 512 * 1024;

/// How long a question may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether Envoy asks so.
pub(super) fn is_asked<B>(request: &Request<B>) -> bool {
    request.uri().path() == PATH
}

/// Answers a question. What cannot be read is refused; a failure of gRPC's is only what no client of Envoy's can bring
/// about.
pub(super) async fn answer(guard: &Guard, request: Request<Incoming>) -> Response<Body> {
    match asked(request).await {
        Ok(Ok(asked)) => frame::message(&check::check(guard, asked).await),
        Ok(Err(unreadable)) => frame::message(&check::refuse(unreadable)),
        Err(status) => {
            // Envoy takes it for a failure: it refuses, unless it was told to let requests in then.
            tracing::warn!(status = status.code(), "a question of Envoy's cannot be read");
            frame::failure(status)
        }
    }
}

async fn asked(request: Request<Incoming>) -> Result<Result<CheckRequest, Unreadable>, Status> {
    if request.method() != Method::POST || !frame::is_grpc(request.headers()) {
        return Err(Status::Internal);
    }
    let body = Limited::new(request.into_body(), MAX_MESSAGE).collect();
    let body = tokio::time::timeout(PATIENCE, body)
        .await
        .map_err(|_| Status::DeadlineExceeded)?;
    // Too long is what a client's headers can make it.
    let Ok(body) = body else {
        return Ok(Err(Unreadable("length")));
    };
    let payload = match frame::payload(body.to_bytes()) {
        Ok(payload) => payload,
        Err(Status::Unimplemented) => return Err(Status::Unimplemented),
        Err(_) => return Ok(Err(Unreadable("frame"))),
    };
    Ok(CheckRequest::decode(payload).map_err(|_| Unreadable("message")))
}
