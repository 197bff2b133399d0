//! [`Caller`] as an extractor, and the API's metadata as a route.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::Extensions;
use http::request::Parts;

use super::{Checked, fault};
use crate::caller::Caller;
use crate::guard::Guard;

/// The address that axum notes with `into_make_service_with_connect_info::<SocketAddr>()`.
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

/// A handler asks who calls, and nobody was asked. It is answered with 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCaller {
    /// No layer of the guard stands before the handler.
    NoLayer,
    /// The route is public, or in shadow mode and the request would have been refused: ask for `Option<Caller>` there.
    Unknown,
}

impl IntoResponse for NoCaller {
    fn into_response(self) -> Response {
        match self {
            Self::NoLayer => tracing::error!("a handler asks for the Caller, and no layer of the guard is before it"),
            Self::Unknown => tracing::error!(
                "a handler asks for the Caller on a route that lets requests through without one: ask for Option<Caller>"
            ),
        }
        fault::response().map(axum::body::Body::from)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = NoCaller;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoCaller> {
        found(parts)?.ok_or(NoCaller::Unknown)
    }
}

/// None on a public route.
impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = NoCaller;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, NoCaller> {
        found(parts)
    }
}

fn found(parts: &Parts) -> Result<Option<Caller>, NoCaller> {
    if parts.extensions.get::<Checked>().is_none() {
        return Err(NoCaller::NoLayer);
    }
    Ok(parts
        .extensions
        .get::<Arc<Caller>>()
        .map(|caller| Caller::clone(caller)))
}

impl Guard {
    /// The API's metadata as a route, for programs that say in code what each route asks for. With [`Guard::layer`] it
    /// is not needed. RFC 9728 §3
    pub fn metadata_routes<S: Clone + Send + Sync + 'static>(self: &Arc<Self>) -> Router<S> {
        let Some(metadata) = &self.metadata else {
            return Router::new();
        };
        let guard = Arc::clone(self);
        let document = move |method, uri: http::Uri| async move {
            match guard.metadata(&method, uri.path()) {
                Some(document) => document.map(axum::body::Body::from),
                None => http::StatusCode::NOT_FOUND.into_response(),
            }
        };
        Router::new().route(metadata.path(), get(document))
    }
}
