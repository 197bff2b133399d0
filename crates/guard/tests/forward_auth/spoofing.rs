//! Clients that write what only a proxy may.

use http::{HeaderMap, Method};
use keyward_guard::{RequestView, Verdict};

use crate::support::{World, exchange, exchange_from};

const NGINX: &str = "GET /nginx HTTP/1.1\nhost: guard\nx-original-method: GET\nx-original-uri: /public\n\
                     x-original-host: api.example.com\nx-forwarded-for: 203.0.113.9";
const TRAEFIK: &str = "GET /traefik HTTP/1.1\nhost: guard\nx-forwarded-method: GET\nx-forwarded-uri: /public\n\
                       x-forwarded-host: api.example.com\nx-forwarded-for: 203.0.113.9";
const ENVOY: &str = "GET /envoy/public HTTP/1.1\nhost: api.example.com\nx-forwarded-for: 203.0.113.9";

#[tokio::test]
async fn a_client_that_asks_directly_gets_nothing() {
    let world = World::with(r#"allow_from = ["127.0.0.2/32"]"#).await;
    for question in [NGINX, TRAEFIK, ENVOY] {
        let stranger = exchange(world.guard, question).await;
        assert_eq!(stranger.status, 403);
        assert_eq!(stranger.problem()["title"], "Only the API's proxies may ask");
        assert_eq!(world.decisions(), 0, "nobody was judged");
    }
    for question in [NGINX, TRAEFIK, ENVOY] {
        let proxy = exchange_from([127, 0, 0, 2].into(), world.guard, question).await;
        assert_eq!(proxy.status, 200);
    }
}

/// CVE-2026-40575 and its kind: the path that is judged is not the one that is forwarded.
#[tokio::test]
async fn a_header_that_comes_twice_is_refused() {
    let world = World::start().await;
    for (question, names) in [
        (
            NGINX,
            [
                "x-original-uri",
                "x-original-method",
                "x-original-host",
                "x-forwarded-for",
            ],
        ),
        (
            TRAEFIK,
            [
                "x-forwarded-uri",
                "x-forwarded-method",
                "x-forwarded-host",
                "x-forwarded-for",
            ],
        ),
    ] {
        for name in names {
            let value = question
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .to_owned();
            let twice = format!("{question}\n{name}{value}");
            let answer = exchange(world.guard, &twice).await;
            let expected = if question.contains("/nginx") { 403 } else { 400 };
            assert_eq!(answer.status, expected, "{name}: {answer:?}");
            assert_eq!(answer.header("x-guard-status"), Some("400"), "{name}");
        }
    }
    assert_eq!(world.decisions(), 0);
}

#[tokio::test]
async fn a_header_that_is_missing_is_not_guessed() {
    let world = World::start().await;
    for (question, sent) in [(NGINX, 403), (TRAEFIK, 400), (ENVOY, 400)] {
        for name in question.lines().skip(1).filter(|line| line.starts_with("x-")) {
            let without: Vec<&str> = question.lines().filter(|line| *line != name).collect();
            let answer = exchange(world.guard, &without.join("\n")).await;
            assert_eq!(answer.status, sent, "{name}");
            assert_eq!(answer.header("x-guard-status"), Some("400"), "{name}");
        }
    }
    assert_eq!(world.decisions(), 0);
}

/// GHSA-5m6w-wvh7-57vm: to some servers `X_Forwarded_Uri` is `X-Forwarded-Uri`. Here it is another header.
#[tokio::test]
async fn an_underscore_alias_changes_nothing() {
    let world = World::start().await;
    for (question, alias) in [
        (NGINX, "x_original_uri: /public"),
        (NGINX, "X_Original-URI: /public"),
        (TRAEFIK, "x_forwarded_uri: /public"),
        (TRAEFIK, "X-Forwarded_Uri: /public"),
        (TRAEFIK, "x-original-uri: /public"),
        (NGINX, "x-forwarded-uri: /public"),
        (ENVOY, "x-original-uri: /public"),
        (ENVOY, "x-forwarded-uri: /public"),
        (ENVOY, "x-envoy-original-path: /public"),
        (ENVOY, "x-http-method-override: OPTIONS"),
        (NGINX, "x-forwarded-method: OPTIONS"),
    ] {
        let asked = format!("{}\n{alias}", question.replace("/public", "/orders"));
        let answer = exchange(world.guard, &asked).await;
        let decided = world.decided();
        assert_eq!(answer.status, 401, "{alias}");
        assert_eq!(decided.route.as_deref(), Some("/orders"), "{alias}");
        assert_eq!(decided.method, "GET", "{alias}");
    }
}

#[tokio::test]
async fn an_absolute_uri_is_no_path() {
    let world = World::start().await;
    for target in [
        "http://api.example.com/public",
        "//api.example.com/public",
        "public",
        "*",
    ] {
        for (question, sent) in [(NGINX, 403), (TRAEFIK, 400)] {
            let answer = exchange(world.guard, &question.replace("/public", target)).await;
            assert_eq!(answer.status, sent, "{target}");
            assert_eq!(answer.header("x-guard-status"), Some("400"), "{target}");
            assert_eq!(world.decided().reason, Some("ambiguous_path"), "{target}");
        }
    }
}

/// Behind `/envoy` stands the path; what only begins like it is none.
#[tokio::test]
async fn envoys_prefix_is_not_part_of_a_name() {
    let world = World::start().await;
    for target in ["/envoypublic", "/envoy", "/envoy?/public"] {
        let answer = exchange(world.guard, &ENVOY.replace("/envoy/public", target)).await;
        assert_eq!(answer.status, 404, "{target}");
    }
    assert_eq!(world.decisions(), 0);
}

/// A host that has another policy for the same path.
#[tokio::test]
async fn the_host_is_the_proxys() {
    let world = World::start().await;
    for question in [NGINX, TRAEFIK] {
        let hosted = question.replace("/public", "/hosted");
        let spoofed = format!("{hosted}\nx-host: other.example.com").replace("host: guard", "host: other.example.com");
        assert_eq!(exchange(world.guard, &spoofed).await.status, 401);
        let other = hosted.replace("host: api.example.com", "host: other.example.com");
        assert_eq!(exchange(world.guard, &other).await.status, 200);
    }
}

/// The same verdict as in the library, whatever a path looks like.
#[tokio::test]
async fn path_tricks_end_as_in_the_core() {
    let world = World::start().await;
    let guard = world.current.load_full();
    for target in [
        "/public",
        "/PUBLIC",
        "/public/",
        "/public/.",
        "//public",
        "/./public",
        "/orders/../public",
        "/public/../orders",
        "/%70ublic",
        "/public%2f",
        "/public%2F..%2Forders",
        "/orders%00",
        "/public;x",
        "/public%3Bx",
        "/public\\",
        "/%252e%252e/public",
        "/public?x=/orders",
        "/orders?x=/public",
        "/orders?/../public",
        "/public%20",
        "/orders/1",
        "/orders/%2e%2e/public",
        "/public#/orders",
        "/orders#/public",
        "/..;/public",
        "/public..",
        "/orders/",
    ] {
        let headers = HeaderMap::new();
        let view = RequestView {
            method: &Method::GET,
            target,
            host: Some("api.example.com"),
            headers: &headers,
            peer: [203, 0, 113, 9].into(),
        };
        let meant = match guard.check(view).await.verdict {
            Verdict::Allow => None,
            Verdict::Deny(denial) => Some(denial.reason),
            Verdict::Answer(_) => panic!("{target}"),
        };
        let status = meant.map(|reason| reason.outward().status);
        for question in [NGINX, TRAEFIK] {
            let answer = exchange(world.guard, &question.replace("/public", target)).await;
            let told = answer.header("x-guard-status").map(|status| status.parse().unwrap());
            assert_eq!(told, status, "{target}");
            assert_eq!(answer.status == 200, meant.is_none(), "{target}");
        }
        // A fragment is no part of a request that is one, and Envoy refuses it before it asks.
        if !target.contains('#') {
            let answer = exchange(world.guard, &ENVOY.replace("/public", target)).await;
            let told = answer.header("x-guard-status").map(|status| status.parse().unwrap());
            assert_eq!(told, status, "{target}");
        }
    }
}
