//! Refusals, as each proxy passes them on: never in a form that it takes for leave.

use crate::support::{Answer, World, exchange};

/// The three dialects with their names.
const DIALECTS: [&str; 3] = ["nginx", "traefik", "envoy"];

async fn ask(world: &World, dialect: &str, method: &str, target: &str, more: &str) -> Answer {
    let head = match dialect {
        "nginx" => format!(
            "GET /nginx HTTP/1.1\nhost: guard\nx-original-method: {method}\nx-original-uri: {target}\n\
             x-original-host: api.example.com\nx-forwarded-for: 203.0.113.9"
        ),
        "traefik" => format!(
            "GET /traefik HTTP/1.1\nhost: guard\nx-forwarded-method: {method}\nx-forwarded-uri: {target}\n\
             x-forwarded-host: api.example.com\nx-forwarded-for: 203.0.113.9"
        ),
        _ => format!("{method} /envoy{target} HTTP/1.1\nhost: api.example.com\nx-forwarded-for: 203.0.113.9"),
    };
    exchange(world.guard, format!("{head}\n{more}").trim()).await
}

/// Statuses that a proxy gets for a meant one: nginx knows 401 and 403, Envoy no 5xx.
fn sent(dialect: &str, meant: u16) -> u16 {
    match (dialect, meant) {
        ("nginx", 401 | 403) => meant,
        ("nginx", _) | ("envoy", 500..) | (_, 200..300) if !(dialect == "envoy" && meant == 204) => 403,
        _ => meant,
    }
}

#[tokio::test]
async fn every_status_reaches_the_client() {
    let world = World::start().await;
    let reading = format!("authorization: {}", world.bearer("orders:read"));
    let away = format!("authorization: {}", World::bearer_of_away());
    let cases = [
        ("GET", "/orders", "", 401, "no_credential"),
        ("GET", "/orders", "authorization: Bearer nonsense", 401, "not_signed"),
        ("POST", "/payments", &reading, 403, "scope"),
        ("GET", "/orders//1", &reading, 400, "ambiguous_path"),
        ("GET", "/nothing", &reading, 404, "no_route"),
        ("DELETE", "/orders", &reading, 405, "no_such_method"),
        ("GET", "/away", &away, 503, "keys_unavailable"),
    ];
    for dialect in DIALECTS {
        for (method, target, more, meant, reason) in cases {
            let answer = ask(&world, dialect, method, target, more).await;
            assert_eq!(answer.status, sent(dialect, meant), "{dialect} {target}: {answer:?}");
            assert_eq!(answer.header("x-guard-status"), Some(meant.to_string().as_str()));
            assert_eq!(world.decided().reason, Some(reason), "{dialect} {target}");
            assert_eq!(answer.problem()["status"], meant);
            assert_eq!(answer.header("www-authenticate").is_some(), matches!(meant, 401 | 403));
            assert_eq!(answer.header("retry-after"), (meant == 503).then_some("2"));
            assert_eq!(answer.header("allow"), (meant == 405).then_some("GET, HEAD, POST"));
            assert_eq!(
                answer.header("x-guard-subject"),
                None,
                "a refusal says nothing of the caller"
            );
        }
    }
}

#[tokio::test]
async fn a_limit_says_when_to_come_again() {
    for dialect in DIALECTS {
        let world = World::start().await;
        let bearer = format!("authorization: {}", world.bearer("orders:read"));
        for _ in 0..2 {
            assert_eq!(ask(&world, dialect, "GET", "/few", &bearer).await.status, 200);
        }
        let answer = ask(&world, dialect, "GET", "/few", &bearer).await;
        assert_eq!(answer.status, sent(dialect, 429));
        assert_eq!(answer.header("x-guard-status"), Some("429"));
        let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&after), "{after}");
        assert!(answer.header("ratelimit").unwrap().starts_with("\"few\";r=0;t="));
        assert_eq!(answer.problem()["violated-policies"][0], "few");
    }
}

#[tokio::test]
async fn nginx_finds_the_problem_in_a_header() {
    let world = World::start().await;
    let answer = ask(&world, "nginx", "GET", "/orders", "").await;
    assert_eq!(answer.header("x-guard-problem"), Some(answer.body.as_str()));
    assert_eq!(
        answer.header("www-authenticate"),
        Some(concat!(
            "Bearer realm=\"api\", ",
            "resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource\", ",
            "scope=\"orders:read\""
        ))
    );
}

/// A proxy that took the answer to a preflight for leave would let anybody ask the API by `OPTIONS`.
#[tokio::test]
async fn a_preflight_is_answered_and_never_leave() {
    let world = World::start().await;
    let preflight = "origin: https://app.example.com\naccess-control-request-method: POST";
    for dialect in DIALECTS {
        let answer = ask(&world, dialect, "OPTIONS", "/orders", preflight).await;
        assert_eq!(answer.status, if dialect == "envoy" { 204 } else { 403 }, "{dialect}");
        assert_eq!(answer.header("x-guard-status"), Some("204"));
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("https://app.example.com")
        );
    }
}

/// Nor the API's metadata, which is 200.
#[tokio::test]
async fn metadata_is_no_leave() {
    let world = World::start().await;
    for dialect in DIALECTS {
        let answer = ask(&world, dialect, "GET", "/.well-known/oauth-protected-resource", "").await;
        assert_eq!(answer.status, 403, "{dialect}");
        assert_eq!(answer.header("x-guard-status"), Some("200"));
    }
}

#[tokio::test]
async fn a_page_may_read_a_refusal() {
    let world = World::start().await;
    for dialect in DIALECTS {
        let answer = ask(&world, dialect, "GET", "/orders", "origin: https://app.example.com").await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("https://app.example.com"),
            "{dialect}"
        );
    }
}
