//! What holds behind every proxy.

use super::Stand;
use crate::support::{Answer, Seen, exchange, get};

const IDENTITY: [&str; 7] = [
    "x-guard-subject",
    "x-guard-client-id",
    "x-guard-scope",
    "x-guard-roles",
    "x-guard-issuer",
    "x-guard-kind",
    "x-guard-acr",
];

/// A caller comes through, and the API learns who it is from the guard alone.
pub(super) async fn identity(stand: &Stand) {
    let bearer = stand.world.bearer("orders:read");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("X-Guard-Subject", "admin"),
        ("X-Guard-Acr", "gold"),
        ("x-guard-roles", "realm:admin"),
        ("X_Guard_Subject", "admin"),
        ("X-Guard_Roles", "realm:admin"),
        ("X_Guard-Acr", "gold"),
    ];
    let answer = get(stand.address(), "/orders/7?a=%2F&b", &headers).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let seen = Seen::in_answer(&answer).expect("an answer of the API");
    assert_eq!(
        (seen.method.as_str(), seen.target.as_str()),
        ("GET", "/orders/7?a=%2F&b")
    );
    let told = IDENTITY.map(|name| {
        let values: Vec<&str> = seen.all(name).into_iter().filter(|value| !value.is_empty()).collect();
        assert!(values.len() < 2, "{name}: {values:?}");
        values.first().copied().unwrap_or_default()
    });
    assert_eq!(
        told,
        ["alice", "shop", "orders:read", "", "https://issuer.test", "user", ""]
    );
    assert!(answer.header("x-request-id").is_some(), "{answer:?}");
    assert_eq!(seen.all("x-request-id"), [answer.header("x-request-id").unwrap()]);

    // A token that the API does not get.
    for (target, gets) in [("/orders/7", true), ("/quiet", false)] {
        let answer = get(stand.address(), target, &headers[..1]).await;
        let seen = Seen::in_answer(&answer).expect("an answer of the API");
        assert_eq!(
            seen.all("authorization").iter().any(|value| !value.is_empty()),
            gets,
            "{seen:?}"
        );
        assert_eq!(seen.all("x-guard-subject"), ["alice"]);
    }

    // Who is nobody is nobody to the API too.
    let anonymous = get(stand.address(), "/public", &headers[1..]).await;
    let seen = Seen::in_answer(&anonymous).expect("an answer of the API");
    for name in IDENTITY {
        assert!(seen.all(name).iter().all(|value| value.is_empty()), "{name}: {seen:?}");
    }
}

/// Every refusal reaches the client with its status, its challenge and its problem; the API hears nothing.
pub(super) async fn refusals(stand: &Stand) {
    let reading = stand.world.bearer("orders:read");
    let away = crate::support::World::bearer_of_away();
    for (method, target, bearer, status, reason) in [
        ("GET", "/orders", "", 401, "no_credential"),
        ("GET", "/orders", "Bearer nonsense", 401, "invalid_token"),
        ("POST", "/payments", reading.as_str(), 403, "insufficient_scope"),
        ("GET", "/nothing", reading.as_str(), 404, "no_route"),
        ("DELETE", "/orders", reading.as_str(), 405, "no_such_method"),
        ("GET", "/away", away.as_str(), 503, "temporarily_unavailable"),
    ] {
        let answer = send(stand, method, target, bearer).await;
        assert!(Seen::in_answer(&answer).is_none(), "{target} reached the API");
        assert_eq!(answer.status, status, "{target}: {answer:?}");
        let problem = answer.problem();
        assert_eq!(
            (&problem["status"], &problem["reason"]),
            (&status.into(), &reason.into())
        );
        assert_eq!(answer.header("x-request-id"), problem["request_id"].as_str());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge.is_some(), matches!(status, 401 | 403), "{answer:?}");
        assert!(challenge.is_none_or(|text| text.starts_with("Bearer realm=\"api\"")));
        assert_eq!(answer.header("retry-after").is_some(), status == 503, "{answer:?}");
        assert_eq!(answer.header("allow").is_some(), status == 405, "{answer:?}");
    }
    // What the API itself refuses stays its answer.
    let answer = send(stand, "GET", "/orders/forbidden", &reading).await;
    assert_eq!(answer.status, 403);
    let seen = Seen::in_answer(&answer).expect("an answer of the API");
    assert_eq!(seen.target, "/orders/forbidden");
}

/// The third of two is told to come again.
pub(super) async fn limits(stand: &Stand) {
    let bearer = stand.world.bearer("orders:read");
    for left in [1, 0] {
        let answer = send(stand, "GET", "/few", &bearer).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("ratelimit-policy"), Some("\"few\";q=2;w=60"));
        assert!(
            answer
                .header("ratelimit")
                .unwrap()
                .starts_with(&format!("\"few\";r={left}"))
        );
    }
    let answer = send(stand, "GET", "/few", &bearer).await;
    assert_eq!(answer.status, 429, "{answer:?}");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    assert_eq!(answer.problem()["violated-policies"][0], "few");
}

/// Pages of other origins: a preflight is answered, and the API is not asked.
pub(super) async fn preflight(stand: &Stand) {
    let answer = exchange(
        stand.address(),
        "OPTIONS /orders HTTP/1.1\nhost: api.example.com\norigin: https://app.example.com\n\
         access-control-request-method: POST",
    )
    .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert!(Seen::in_answer(&answer).is_none());
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.com")
    );
    assert!(answer.header("access-control-allow-methods").is_some(), "{answer:?}");
    // A plain OPTIONS is a request like others.
    let answer = send(stand, "OPTIONS", "/payments", "").await;
    assert_eq!(answer.status, 401);
    // And the page may read what it gets.
    let origin = [("origin", "https://app.example.com")];
    for (target, status) in [("/public", 200), ("/orders", 401)] {
        let answer = get(stand.address(), target, &origin).await;
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("https://app.example.com"),
            "{target}: {answer:?}"
        );
    }
}

/// The API's metadata is the guard's answer.
pub(super) async fn metadata(stand: &Stand) {
    let answer = get(stand.address(), "/.well-known/oauth-protected-resource", &[]).await;
    assert_eq!(answer.status, 200);
    let document: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["resource"], "https://api.example.com");
}

/// Headers by which a client would choose what is judged.
pub(super) async fn spoofing(stand: &Stand) {
    for (name, value) in [
        ("X-Original-URI", "/public"),
        ("X-Original-Method", "OPTIONS"),
        ("X-Forwarded-Uri", "/public"),
        ("X-Forwarded-Method", "OPTIONS"),
        ("X-Forwarded-Host", "other.example.com"),
        ("X-Original-Host", "other.example.com"),
        ("X_Forwarded_Uri", "/public"),
        ("X_Original_URI", "/public"),
        ("X-Envoy-Original-Path", "/public"),
        ("X-Rewrite-URL", "/public"),
        ("X-HTTP-Method-Override", "OPTIONS"),
        ("Forwarded", "for=127.0.0.1;host=other.example.com"),
    ] {
        for target in ["/orders", "/hosted"] {
            let before = stand.world.decisions();
            let head = format!("GET {target} HTTP/1.1\nhost: api.example.com\n{name}: {value}\n{name}: {value}");
            let answer = exchange(stand.address(), &head).await;
            assert!(Seen::in_answer(&answer).is_none(), "{name} opens {target}");
            assert_eq!(answer.status, 401, "{name}: {answer:?}");
            if stand.world.decisions() > before {
                assert_eq!(stand.world.decided().route.as_deref(), Some(target), "{name}");
            }
        }
    }
    // Headers that a client would have taken away on the way, by calling them its connection's. RFC 9110 §7.6.1
    let bearer = stand.world.bearer("orders:read");
    for name in [
        "Authorization",
        "X-Forwarded-For",
        "X-Forwarded-Uri",
        "X-Original-URI",
        "X-Guard-Subject",
        "X-Guard-Kind",
    ] {
        let head =
            format!("GET /orders/7 HTTP/1.1\nhost: api.example.com\nauthorization: {bearer}\nconnection: {name}");
        let answer = exchange(stand.address(), &head).await;
        match Seen::in_answer(&answer) {
            Some(seen) => {
                assert_eq!(seen.all("x-guard-subject"), ["alice"], "{name}");
                assert_eq!(seen.all("x-guard-kind"), ["user"], "{name}");
            }
            None => assert!(matches!(answer.status, 400 | 401), "{name}: {answer:?}"),
        }
    }
    // The address: the client's first words are not its own.
    let headers = [("X-Forwarded-For", "6.6.6.6"), ("X-Real-Ip", "6.6.6.6")];
    get(stand.address(), "/public", &headers).await;
    let address = stand.world.decided().address;
    assert_ne!(address, "6.6.6.6");
    assert!(!stand.tells_addresses || address == "127.0.0.1", "{address}");
}

/// Whatever a path looks like, the API gets only what the guard let through, byte by byte.
pub(super) async fn paths(stand: &Stand) {
    for target in [
        "/public/../orders",
        "/orders/../public",
        "//public",
        "/public//",
        "/./public",
        "/%70ublic",
        "/public%2f..%2forders",
        "/public/..%2forders",
        "/public%00",
        "/public;/../orders",
        "/%252e%252e/orders",
        "/orders?x=/public",
        "/orders?/../public",
        "/PUBLIC",
        "/public/",
        "/public%20",
        "/orders/%2e%2e/public",
        "http://api.example.com/orders",
        "http://other.example.com/hosted",
    ] {
        let before = stand.world.decisions();
        let answer = get(stand.address(), target, &[]).await;
        let judged = (stand.world.decisions() > before).then(|| stand.world.decided());
        match Seen::in_answer(&answer) {
            // Only what means `/public`, and says so in one way, is open to nobody in particular.
            // The host of the target counts, for the guard as for the API. RFC 9112 §3.2.2
            Some(seen) if seen.target == "/hosted" => assert_eq!(seen.all("host"), ["other.example.com"]),
            Some(seen) => {
                assert!(
                    matches!(seen.target.as_str(), "/public" | "/%70ublic"),
                    "{target}: {seen:?}"
                );
                assert_eq!(judged.unwrap().route.as_deref(), Some("/public"), "{target}");
            }
            // Caddy has nothing, and says nothing, for a host that it does not know.
            None if target.contains("other.example.com") => assert_eq!(answer.body, ""),
            None => assert!((400..500).contains(&answer.status), "{target}: {answer:?}"),
        }
    }
}

/// Two credentials: never a choice of the proxy's.
pub(super) async fn two_credentials(stand: &Stand, status: u16) {
    let good = stand.world.bearer("orders:read");
    for (first, second) in [(good.as_str(), "Bearer other"), ("Bearer other", good.as_str())] {
        let head =
            format!("GET /orders HTTP/1.1\nhost: api.example.com\nauthorization: {first}\nauthorization: {second}");
        let answer = exchange(stand.address(), &head).await;
        assert!(Seen::in_answer(&answer).is_none(), "{answer:?}");
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

/// While the guard cannot be asked nobody passes.
pub(super) async fn no_guard(stand: Stand, status: u16) {
    stand.world.stop.send_replace(true);
    let gone = async {
        while tokio::net::TcpStream::connect(stand.world.guard).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::STUCK, gone).await.unwrap();
    let answer = get(stand.address(), "/public", &[]).await;
    assert!(Seen::in_answer(&answer).is_none());
    assert_eq!(answer.status, status, "{answer:?}");
}

async fn send(stand: &Stand, method: &str, target: &str, bearer: &str) -> Answer {
    let credential = if bearer.is_empty() {
        String::new()
    } else {
        format!("\nauthorization: {bearer}")
    };
    let head = format!("{method} {target} HTTP/1.1\nhost: api.example.com{credential}");
    exchange(stand.address(), &head).await
}
