//! The management port: `/health/{live,ready,started}` and `/metrics`, for orchestrators and Prometheus.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::get;
use serde::Serialize;

use crate::app::App;
use crate::http::respond;

/// Writes the metrics.
pub trait Exposition: Send + Sync {
    /// The text, and its media type.
    fn expose(&self) -> (String, &'static str);
}

#[derive(Clone)]
struct Management {
    app: Arc<App>,
    metrics: Arc<dyn Exposition>,
}

/// The router of the management port.
pub fn router(app: Arc<App>, metrics: Arc<dyn Exposition>) -> Router {
    Router::new()
        .route("/health", get(ready))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/health/started", get(started))
        .route("/metrics", get(exposition))
        .with_state(Management { app, metrics })
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    status: &'static str,
}

async fn live() -> Response<Body> {
    answer(&[])
}

/// Started: the log of changes was read to its end once.
async fn started(State(management): State<Management>) -> Response<Body> {
    answer(&[("revocations", management.app.revocations.read_at().is_some())])
}

/// Ready: what memory holds is young enough to answer from, so the database was reached lately.
async fn ready(State(management): State<Management>) -> Response<Body> {
    let now = management.app.clock.now();
    answer(&[("database", management.app.is_fresh(now))])
}

fn answer(checks: &[(&'static str, bool)]) -> Response<Body> {
    let word = |up: bool| if up { "UP" } else { "DOWN" };
    let up = checks.iter().all(|(_, up)| *up);
    let checks = checks
        .iter()
        .map(|(name, up)| Check {
            name,
            status: word(*up),
        })
        .collect();
    let status = if up {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    respond::json_of(
        status,
        &Health {
            status: word(up),
            checks,
        },
    )
}

async fn exposition(State(management): State<Management>) -> Response<Body> {
    let (text, media_type) = management.metrics.expose();
    let mut response = Response::new(Body::from(text));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
