//! The management port of a guard: `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use keyward_guard::gateway::Figures;
use keyward_observe::guard::GuardMetrics;
use keyward_observe::metrics;

use super::loader::Loader;
use super::metrics::state;

/// Few ask, and often: an orchestrator and a collector of metrics.
pub(super) const MOST_CONNECTIONS: usize = 64;

/// What it looks at.
#[derive(Clone)]
pub(super) struct Management {
    pub(super) loader: Arc<Loader>,
    pub(super) metrics: Arc<GuardMetrics>,
    pub(super) figures: Option<Arc<Figures>>,
}

/// The routes.
pub(super) fn router(management: Management) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(expose))
        .with_state(management)
}

/// Ready: the keys of every issuer that is required are there.
async fn ready(State(management): State<Management>) -> (StatusCode, String) {
    let ready = match management.loader.current() {
        None => Err("starting".to_owned()),
        Some(guard) => guard.load().ready().map_err(|missing| missing.to_string()),
    };
    match ready {
        Ok(()) => (StatusCode::OK, "ready\n".into()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

async fn expose(State(management): State<Management>) -> ([(HeaderName, &'static str); 1], String) {
    let state = state(&management.loader, management.figures.as_deref());
    let text = management.metrics.encode(&state).unwrap_or_default();
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text)
}
