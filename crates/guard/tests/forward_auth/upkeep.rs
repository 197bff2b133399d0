//! What else is at the port: health, metadata, another guard, the end.

use std::sync::Arc;

use keyward_guard::{Guard, Settings};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{STUCK, World, exchange, get};

#[tokio::test]
async fn it_is_ready_when_the_guard_is() {
    let world = World::with(r#"allow_from = ["127.0.0.2/32"]"#).await;
    let ready = get(world.guard, "/healthz", &[]).await;
    assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));

    let waiting = "[[issuer]]\nid = \"away\"\nurl = \"http://127.0.0.1:9\"";
    let guard = Guard::builder(Settings::from_toml(waiting).unwrap()).build().unwrap();
    world.current.store(Arc::new(guard));
    let waiting = get(world.guard, "/healthz", &[]).await;
    assert_eq!(waiting.status, 503);
    assert_eq!(waiting.problem()["status"], 503);
}

#[tokio::test]
async fn metadata_is_for_everybody() {
    let world = World::with(r#"allow_from = ["127.0.0.2/32"]"#).await;
    let answer = get(world.guard, "/.well-known/oauth-protected-resource", &[]).await;
    assert_eq!(answer.status, 200);
    let document: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["resource"], "https://api.example.com");
    assert_eq!(document["authorization_servers"][0], "https://issuer.test");
}

#[tokio::test]
async fn there_is_nothing_else() {
    let world = World::start().await;
    for target in ["/", "/nginx/", "/traefik/x", "/healthz/", "/.well-known/other"] {
        let answer = get(world.guard, target, &[]).await;
        assert_eq!(answer.status, 404, "{target}");
        assert_eq!(answer.problem()["status"], 404);
    }
}

#[tokio::test]
async fn another_guard_answers_the_next_question() {
    let world = World::start().await;
    let headers = [("x-forwarded-for", "203.0.113.9")];
    assert_eq!(get(world.guard, "/envoy/public", &headers).await.status, 200);
    let empty = Guard::builder(Settings::default()).build().unwrap();
    world.current.store(Arc::new(empty));
    assert_eq!(get(world.guard, "/envoy/public", &headers).await.status, 404);
}

#[tokio::test]
async fn paths_can_be_others() {
    let world = World::with("nginx = \"/ask\"\nenvoy = \"/asked/by/envoy\"").await;
    let headers = [("x-forwarded-for", "203.0.113.9")];
    assert_eq!(get(world.guard, "/asked/by/envoy/public", &headers).await.status, 200);
    assert_eq!(get(world.guard, "/envoy/public", &headers).await.status, 404);
    assert_eq!(get(world.guard, "/ask", &headers).await.status, 403);
    assert_eq!(get(world.guard, "/nginx", &headers).await.status, 404);
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let world = World::start().await;
    let answer = exchange(
        world.guard,
        &format!(
            "GET /envoy/public HTTP/1.1\nhost: x\nx-long: {}",
            "a".repeat(200 * 1024)
        ),
    )
    .await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn a_stop_closes_the_port() {
    let world = World::start().await;
    world.stop.send_replace(true);
    let closed = async {
        while TcpStream::connect(world.guard).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(STUCK, closed).await.unwrap();
}
