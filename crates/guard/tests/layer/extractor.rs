//! Handlers that ask who calls, and programs that are set up wrongly.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{HeaderMap, Request, StatusCode};
use keyward_guard::layer::PeerAddr;
use keyward_guard::{Caller, Guard};
use tower::ServiceExt as _;

use crate::support::{Answer, assert_fault, bearer, guard, read};

const CONFIG: &str = r#"
[[issuer]]
id = "main"
url = "https://id.example.com/realms/acme"

[policy.read]
audience = ["https://api.example.com"]
scopes.all = ["orders:read"]

[[route]]
path = "/orders"
policy = "read"

[[route]]
path = "/shadow"
policy = "read"
mode = "shadow"

[[route]]
path = "/public"
public = true

[[route]]
path = "/quiet"
policy = "read"
forward_credential = false
"#;

async fn ask(app: Router, target: &str, headers: &[(&str, &str)], peer: Option<IpAddr>) -> Answer {
    let mut request = Request::get(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(PeerAddr(peer));
    }
    read(app.oneshot(request).await.unwrap()).await
}

const PEER: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)));

async fn name(who: Caller) -> String {
    who.subject().unwrap_or_default().to_owned()
}

async fn perhaps(who: Option<Caller>) -> &'static str {
    if who.is_some() { "somebody" } else { "nobody" }
}

fn app(guard: &Arc<Guard>) -> Router {
    let shown = |headers: HeaderMap| async move {
        let mut names: Vec<String> = headers
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        names.sort();
        names.join("\n")
    };
    Router::new()
        .route("/orders", get(name))
        .route("/shadow", get(name).post(perhaps))
        .route("/public", get(name).post(perhaps))
        .route("/quiet", get(shown))
        .layer(guard.layer())
}

#[tokio::test]
async fn a_handler_behind_no_layer_never_takes_anybody_for_anonymous() {
    for handler in [get(name), get(perhaps)] {
        let app = Router::new().route("/orders", handler);
        let reading = bearer("orders:read");
        assert_fault(&ask(app, "/orders", &[("authorization", &reading)], PEER).await);
    }
}

#[tokio::test]
async fn a_handler_that_needs_a_caller_has_no_place_on_a_public_route() {
    let guard = guard(CONFIG);
    assert_fault(&ask(app(&guard), "/public", &[], PEER).await);
    let request = Request::post("/public")
        .extension(PeerAddr(PEER.unwrap()))
        .body(Body::empty());
    let answer = read(app(&guard).oneshot(request.unwrap()).await.unwrap()).await;
    assert_eq!((answer.status(), answer.body().as_str()), (StatusCode::OK, "nobody"));
}

#[tokio::test]
async fn in_shadow_mode_nobody_is_somebody_by_mistake() {
    let guard = guard(CONFIG);
    let other = bearer("other");
    assert_fault(&ask(app(&guard), "/shadow", &[("authorization", &other)], PEER).await);
    let reading = bearer("orders:read");
    let answer = ask(app(&guard), "/shadow", &[("authorization", &reading)], PEER).await;
    assert_eq!(answer.body(), "alice");
}

#[tokio::test]
async fn a_program_that_does_not_tell_who_is_connected_is_wrong() {
    let guard = guard(CONFIG);
    let reading = bearer("orders:read");
    assert_fault(&ask(app(&guard), "/orders", &[("authorization", &reading)], None).await);
    // A header is no way to tell it.
    assert_fault(&ask(app(&guard), "/public", &[("x-forwarded-for", "203.0.113.9")], None).await);
}

#[tokio::test]
async fn handlers_see_what_the_guard_says_and_not_the_client() {
    let guard = guard(CONFIG);
    let reading = bearer("orders:read");
    let headers = [
        ("authorization", reading.as_str()),
        ("x-guard-subject", "admin"),
        ("x_guard_subject", "admin"),
        ("x-guard-other", "1"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-client-cert", "MII"),
        ("x-request-id", "01JD3Y-abc_9"),
    ];
    let answer = ask(app(&guard), "/quiet", &headers, PEER).await;
    assert_eq!(
        answer.body(),
        "x-guard-client-id=\"shop\"\n\
         x-guard-issuer=\"https://id.example.com/realms/acme\"\n\
         x-guard-kind=\"user\"\n\
         x-guard-scope=\"orders:read\"\n\
         x-guard-subject=\"alice\"\n\
         x-request-id=\"01JD3Y-abc_9\""
    );
}

#[tokio::test]
async fn an_absolute_target_with_another_host_is_refused() {
    let guard = guard(CONFIG);
    let headers = [("host", "other.example.com")];
    let answer = ask(app(&guard), "http://api.example.com/public", &headers, PEER).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}
