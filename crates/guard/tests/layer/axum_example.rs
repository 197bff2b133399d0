//! `examples/axum_api.rs` as it runs.

use std::net::SocketAddr;

use http::StatusCode;
use tokio::net::TcpListener;

use crate::support::{EXAMPLE, bearer, guard, header, reason, send};

#[path = "../../examples/axum_api.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod axum_api;

async fn start() -> SocketAddr {
    let app = axum_api::app(&guard(EXAMPLE)).into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

#[tokio::test]
async fn no_token_401_other_scope_403_right_one_200() {
    let api = start().await;
    let none = send(api, "GET", "/orders/7", &[]).await;
    assert_eq!(none.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        header(&none, "www-authenticate"),
        Some(concat!(
            "Bearer realm=\"api\", ",
            "resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource\", ",
            "scope=\"orders:read\""
        ))
    );
    assert_eq!(reason(&none), "no_credential");

    let creating = bearer("orders:create");
    let other = send(api, "GET", "/orders/7", &[("authorization", &creating)]).await;
    assert_eq!(other.status(), StatusCode::FORBIDDEN);
    assert_eq!(reason(&other), "insufficient_scope");

    let reading = bearer("orders:read");
    let right = send(api, "GET", "/orders/7", &[("authorization", &reading)]).await;
    assert_eq!(
        (right.status(), right.body().as_str()),
        (StatusCode::OK, "Order 7 of alice\n")
    );
    assert!(header(&right, "x-request-id").is_some());

    let foreign = send(api, "GET", "/orders/8", &[("authorization", &reading)]).await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_fourth_of_three_is_told_to_come_again() {
    let api = start().await;
    let creating = bearer("orders:create");
    for left in [2, 1, 0] {
        let placed = send(api, "POST", "/orders", &[("authorization", &creating)]).await;
        assert_eq!(placed.status(), StatusCode::CREATED);
        assert_eq!(placed.body(), "Placed through shop\n");
        assert_eq!(header(&placed, "ratelimit-policy"), Some("\"writing\";q=3;w=60"));
        let limit = header(&placed, "ratelimit").unwrap();
        assert!(limit.starts_with(&format!("\"writing\";r={left}")), "{limit}");
    }
    let late = send(api, "POST", "/orders", &[("authorization", &creating)]).await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(header(&late, "retry-after").is_some());
    assert_eq!(reason(&late), "limit");
}

#[tokio::test]
async fn what_the_file_does_not_name_is_not_there() {
    let api = start().await;
    let reading = bearer("orders:read");
    let headers = [("authorization", reading.as_str())];
    for (method, target, status, why) in [
        ("GET", "/other", 404, "no_route"),
        ("DELETE", "/orders", 405, "no_such_method"),
        ("GET", "/orders/7/../8", 400, "invalid_request"),
        ("GET", "//orders/7", 400, "invalid_request"),
        ("GET", "/orders/%2e%2e", 400, "invalid_request"),
    ] {
        let answer = send(api, method, target, &headers).await;
        assert_eq!(answer.status().as_u16(), status, "{target}");
        assert_eq!(reason(&answer), why, "{target}");
    }
}

#[tokio::test]
async fn a_public_route_needs_nobody() {
    let api = start().await;
    let reading = bearer("orders:read");
    for headers in [&[][..], &[("authorization", reading.as_str())]] {
        let answer = send(api, "GET", "/", headers).await;
        assert_eq!((answer.status(), answer.body().as_str()), (StatusCode::OK, "Hello\n"));
    }
}

#[tokio::test]
async fn the_layer_tells_where_to_get_tokens() {
    let api = start().await;
    let answer = send(api, "GET", "/.well-known/oauth-protected-resource", &[]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let document: serde_json::Value = serde_json::from_str(answer.body()).unwrap();
    assert_eq!(
        document["authorization_servers"][0],
        "https://id.example.com/realms/acme"
    );
}
