//! What one route asks for, said in code.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Method, Request, StatusCode};
use keyward_guard::audit::{Observer, Record};
use keyward_guard::layer::PeerAddr;
use keyward_guard::{Caller, Guard, Requirement, RequirementError, Settings};
use tower::ServiceExt as _;

use crate::support::{Answer, bearer, header, issuer, read, reason};

const CONFIG: &str = r#"
[server]
public_url = "https://api.example.com"

[[issuer]]
id = "main"
url = "https://id.example.com/realms/acme"

[limits.one]
quota = 1
key = ["route"]

[policy.api]
audience = ["https://api.example.com"]
limits = ["one"]
"#;

#[derive(Default)]
struct Records(Mutex<Vec<String>>);

impl Observer for Records {
    fn decided(&self, record: &Record<'_>) {
        let line = format!("{} {}", record.route.unwrap_or("-"), record.reason.unwrap_or("passes"));
        self.0.lock().unwrap().push(line);
    }
}

fn guard() -> (Arc<Guard>, Arc<Records>) {
    let records = Arc::<Records>::default();
    let guard = Guard::builder(Settings::from_toml(CONFIG).unwrap())
        .keys("main", issuer().keys())
        .observer(Arc::clone(&records) as Arc<dyn Observer>)
        .build()
        .unwrap();
    (Arc::new(guard), records)
}

/// A route with this requirement, asked with a token of this scope.
async fn ask(requirement: Requirement, target: &str, scope: Option<&str>) -> Answer {
    let handler = get(|who: Caller| async move { who.subject().unwrap_or_default().to_owned() });
    let app = Router::new().route("/{*any}", handler.layer(requirement.layer()));
    let mut request = Request::get(target).extension(PeerAddr([203, 0, 113, 9].into()));
    if let Some(scope) = scope {
        request = request.header("authorization", bearer(scope));
    }
    read(app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()).await
}

#[tokio::test]
async fn a_policy_and_a_scope_more() {
    let (guard, records) = guard();
    let reading = guard
        .policy("api")
        .unwrap()
        .scope("orders:read")
        .unwrap()
        .named("reading");

    let nobody = ask(reading.clone(), "/orders", None).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let challenge = header(&nobody, "www-authenticate").unwrap();
    assert!(challenge.ends_with("scope=\"orders:read\""), "{challenge}");

    // A refusal for another reason takes nothing from the limit.
    for _ in 0..2 {
        let other = ask(reading.clone(), "/orders", Some("orders:write")).await;
        assert_eq!(
            (other.status().as_u16(), reason(&other).as_str()),
            (403, "insufficient_scope")
        );
    }
    let right = ask(reading.clone(), "/orders", Some("orders:read")).await;
    assert_eq!((right.status(), right.body().as_str()), (StatusCode::OK, "alice"));
    assert!(header(&right, "ratelimit").is_some());
    let late = ask(reading, "/orders", Some("orders:read")).await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);

    assert_eq!(
        *records.0.lock().unwrap(),
        [
            "reading no_credential",
            "reading scope",
            "reading scope",
            "reading passes",
            "reading limit"
        ]
    );
    // Another name, another count.
    let other = guard.policy("api").unwrap().named("other");
    assert_eq!(ask(other, "/orders", Some("")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_role_more() {
    let (guard, _) = guard();
    let clerk = guard.policy("api").unwrap().role("realm:clerk").unwrap();
    let answer = ask(clerk, "/orders", Some("orders:read")).await;
    assert_eq!(
        (answer.status().as_u16(), reason(&answer).as_str()),
        (403, "access_denied")
    );
}

/// The handler may read the path in its own way: what could be read in two is refused all the same.
#[tokio::test]
async fn an_ambiguous_path_is_refused() {
    let (guard, _) = guard();
    for target in ["/a//b", "/a/../b", "/a/%2e%2e/b", "/a;b", "/a%2fb"] {
        let answer = ask(guard.policy("api").unwrap(), target, Some("")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{target}");
    }
}

#[tokio::test]
async fn what_nobody_can_ask_for() {
    let (guard, _) = guard();
    assert_eq!(
        guard.policy("read").unwrap_err(),
        RequirementError::UnknownPolicy("read".into())
    );
    let policy = || guard.policy("api").unwrap();
    for name in ["", "a b", "a\"", "ä"] {
        assert_eq!(policy().scope(name).unwrap_err(), RequirementError::Scope(name.into()));
    }
    assert_eq!(
        policy().role("clerk").unwrap_err(),
        RequirementError::Role("clerk".into())
    );
}

#[tokio::test]
async fn metadata_as_a_route() {
    let (guard, _) = guard();
    let app = guard.metadata_routes::<()>();
    for (method, target, status) in [
        (Method::GET, "/.well-known/oauth-protected-resource", 200),
        (Method::HEAD, "/.well-known/oauth-protected-resource", 200),
        (Method::POST, "/.well-known/oauth-protected-resource", 405),
        (Method::GET, "/other", 404),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .body(Body::empty())
            .unwrap();
        let answer = read(app.clone().oneshot(request).await.unwrap()).await;
        assert_eq!(answer.status().as_u16(), status, "{target}");
    }
}
