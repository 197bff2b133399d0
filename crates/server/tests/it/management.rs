//! The management port: health for orchestrators.

use std::sync::Arc;

use axum::body::Body;
use http_body_util::BodyExt as _;
use keyward_server::management::{self, Exposition};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::TestServer;

struct Metrics;

impl Exposition for Metrics {
    fn expose(&self) -> (String, &'static str) {
        ("up 1\n# EOF\n".into(), "application/openmetrics-text")
    }
}

async fn get(server: &TestServer, path: &str) -> (u16, String) {
    let router = management::router(Arc::clone(&server.app), Arc::new(Metrics));
    let request = http::Request::get(path).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn health(server: &TestServer, path: &str) -> (u16, Value) {
    let (status, body) = get(server, path).await;
    (status, serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn a_node_is_ready_while_what_it_knows_is_young() {
    let server = TestServer::start().await;
    let up = json!({ "status": "UP", "checks": [{ "name": "database", "status": "UP" }] });
    assert_eq!(health(&server, "/health/ready").await, (200, up.clone()));
    server.outage.begin();
    server.clock.advance(30);
    assert_eq!(health(&server, "/health").await, (200, up.clone()));
    server.clock.advance(1);
    let down = json!({ "status": "DOWN", "checks": [{ "name": "database", "status": "DOWN" }] });
    assert_eq!(health(&server, "/health/ready").await, (503, down));
    assert_eq!(health(&server, "/health/live").await.0, 200, "a restart would not help");
    assert_eq!(health(&server, "/health/started").await.0, 200);
    server.outage.end();
    server.follow().await;
    assert_eq!(health(&server, "/health/ready").await, (200, up));
}

#[tokio::test]
async fn metrics_are_written_by_who_counted() {
    let server = TestServer::start().await;
    assert_eq!(get(&server, "/metrics").await, (200, "up 1\n# EOF\n".into()));
}
