//! A request that may pass: what a proxy hears of its caller.

use crate::support::{World, get};

const IDENTITY: [&str; 7] = [
    "x-guard-subject",
    "x-guard-client-id",
    "x-guard-scope",
    "x-guard-roles",
    "x-guard-issuer",
    "x-guard-kind",
    "x-guard-acr",
];

/// A question in each of the dialects that are asked by `GET`.
fn questions(target: &str) -> [(String, Vec<(&'static str, String)>); 3] {
    let address = ("x-forwarded-for", "203.0.113.9".to_owned());
    [
        (
            "/nginx".into(),
            vec![
                ("x-original-method", "GET".into()),
                ("x-original-uri", target.into()),
                ("x-original-host", "api.example.com".into()),
                address.clone(),
            ],
        ),
        (
            "/traefik".into(),
            vec![
                ("x-forwarded-method", "GET".into()),
                ("x-forwarded-uri", target.into()),
                ("x-forwarded-host", "api.example.com".into()),
                address.clone(),
            ],
        ),
        (format!("/envoy{target}"), vec![address]),
    ]
}

async fn ask_all(world: &World, target: &str, bearer: Option<&str>) -> Vec<crate::support::Answer> {
    let mut answers = Vec::new();
    for (path, headers) in questions(target) {
        let mut headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.extend(bearer.map(|bearer| ("authorization", bearer)));
        answers.push(get(world.guard, &path, &headers).await);
    }
    answers
}

#[tokio::test]
async fn every_dialect_hears_who_calls() {
    let world = World::start().await;
    let bearer = world.bearer("orders:read");
    for answer in ask_all(&world, "/orders/7?x=1", Some(&bearer)).await {
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer:?}");
        let told = IDENTITY.map(|name| answer.header(name).unwrap());
        assert_eq!(
            told,
            ["alice", "shop", "orders:read", "", "https://issuer.test", "user", ""]
        );
        assert!(answer.header("x-request-id").is_some());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-guard-status"), None);
        let decided = world.decided();
        assert_eq!(decided.route.as_deref(), Some("/orders/{id}"));
        assert_eq!((decided.address.as_str(), decided.reason), ("203.0.113.9", None));
    }
}

#[tokio::test]
async fn on_a_public_route_every_identity_is_empty() {
    let world = World::start().await;
    for answer in ask_all(&world, "/public", None).await {
        assert_eq!(answer.status, 200);
        assert_eq!(IDENTITY.map(|name| answer.header(name)), [Some(""); 7]);
    }
}

#[tokio::test]
async fn in_shadow_mode_a_refusal_is_leave_without_identity() {
    let world = World::start().await;
    let bearer = world.bearer("orders:read");
    for answer in ask_all(&world, "/shadow", Some(&bearer)).await {
        assert_eq!(answer.status, 200);
        assert_eq!(IDENTITY.map(|name| answer.header(name)), [Some(""); 7]);
        assert_eq!(world.decided().reason, Some("scope"));
    }
}

#[tokio::test]
async fn what_is_left_of_a_limit_is_told() {
    let world = World::start().await;
    let bearer = world.bearer("orders:read");
    let answer = &ask_all(&world, "/few", Some(&bearer)).await[0];
    assert_eq!(answer.header("ratelimit-policy"), Some("\"few\";q=2;w=60"));
    assert!(
        answer.header("ratelimit").unwrap().starts_with("\"few\";r=1"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_request_id_of_the_proxy_is_kept() {
    let world = World::start().await;
    let headers = [("x-forwarded-for", "203.0.113.9"), ("x-request-id", "01JD3Y-abc_9")];
    let answer = get(world.guard, "/envoy/public", &headers).await;
    assert_eq!(answer.header("x-request-id"), Some("01JD3Y-abc_9"));
}

#[tokio::test]
async fn a_token_that_the_api_must_not_see_is_taken_away() {
    let world = World::start().await;
    let bearer = world.bearer("orders:read");
    for (target, marks) in [
        ("/orders", [None; 3]),
        ("/quiet", [Some("remove"), Some("remove"), Some("")]),
    ] {
        let answers = ask_all(&world, target, Some(&bearer)).await;
        let headers = ["x-guard-credential", "x-guard-credential", "authorization"];
        let told: Vec<_> = answers
            .iter()
            .zip(headers)
            .map(|(answer, name)| answer.header(name))
            .collect();
        assert_eq!(told, marks, "{target}");
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
}
