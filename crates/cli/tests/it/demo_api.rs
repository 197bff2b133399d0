//! The demo API beside `keyward dev`.

use std::net::{SocketAddr, TcpListener};

use serde_json::{Value, json};

use crate::support::{Answer, Client, Keyward, Realm, exchange, keyward, post, request, run};

struct Demo {
    _folder: tempfile::TempDir,
    _process: Keyward,
    line: Value,
    api: SocketAddr,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (process, line) = Keyward::dev(folder.path());
        Self {
            api: address(&line["demo_api"]),
            _folder: folder,
            _process: process,
            line,
        }
    }

    fn service(&self) -> (Realm, Client) {
        (Realm::of_dev(&self.line), Client::of_dev(&self.line, "backend-service"))
    }

    fn token(&self, scope: &str) -> String {
        let (realm, service) = self.service();
        let answer = realm.call(
            "token",
            &service,
            &format!("grant_type=client_credentials&scope={scope}"),
        );
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    fn call(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut stream = std::net::TcpStream::connect(self.api).unwrap();
        exchange(&mut stream, &request(method, path, headers, ""))
    }

    fn call_with(&self, method: &str, path: &str, token: &str) -> Answer {
        self.call(method, path, &[("authorization", &format!("Bearer {token}"))])
    }
}

fn address(url: &Value) -> SocketAddr {
    url.as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap()
}

#[test]
fn it_says_who_calls_and_challenges_who_may_not() {
    let demo = Demo::start();
    let answer = demo.call("GET", "/orders", &[]);
    assert_eq!(answer.status, 401);
    let metadata = format!("http://{}/.well-known/oauth-protected-resource", demo.api);
    assert_eq!(
        answer.header("www-authenticate"),
        Some(&*format!(
            "Bearer realm=\"api\", resource_metadata=\"{metadata}\", scope=\"orders:read\""
        ))
    );
    let token = demo.token("orders:read");
    let answer = demo.call_with("GET", "/orders", &token);
    assert_eq!(answer.status, 200, "{answer:?}");
    let caller = &answer.json()["caller"];
    assert_eq!(
        (&caller["kind"], &caller["client_id"]),
        (&json!("client"), &json!("backend-service"))
    );
    assert!(caller["scope"].as_str().unwrap().contains("orders:read"));
    let answer = demo.call_with("POST", "/orders", &token);
    assert_eq!(answer.status, 403);
    assert!(
        answer
            .header("www-authenticate")
            .unwrap()
            .contains("error=\"insufficient_scope\"")
    );
    assert_eq!(
        demo.call_with("POST", "/orders", &demo.token("orders:create")).status,
        200
    );
    let answer = demo.call("GET", "/public", &[]);
    assert_eq!((answer.status, &answer.json()["caller"]), (200, &Value::Null));
    assert_eq!(demo.call("GET", "/elsewhere", &[]).status, 404);
    let metadata = demo.call("GET", "/.well-known/oauth-protected-resource", &[]);
    assert_eq!(metadata.json()["authorization_servers"], json!([demo.line["issuer"]]));
}

#[test]
fn a_token_revoked_a_moment_ago_pays_nothing() {
    let demo = Demo::start();
    let token = demo.token("orders:read+payments:create");
    assert_eq!(demo.call_with("POST", "/payments", &token).status, 200);
    let (realm, service) = demo.service();
    assert_eq!(realm.revoke(&service, &token).status, 200);
    assert_eq!(demo.call_with("POST", "/payments", &token).status, 401);
    assert_eq!(demo.call_with("GET", "/orders", &token).status, 200);
}

#[test]
fn one_request_too_many_is_told_when_to_come_again() {
    let demo = Demo::start();
    let token = demo.token("orders:read");
    let statuses: Vec<u16> = (0..3)
        .map(|_| demo.call_with("GET", "/limited", &token).status)
        .collect();
    assert_eq!(statuses, [200, 200, 200]);
    let answer = demo.call_with("GET", "/limited", &token);
    assert_eq!(answer.status, 429);
    let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&after), "{after}");
    assert!(answer.header("ratelimit-policy").unwrap().contains("q=3"), "{answer:?}");
}

/// The page of the demo application may call, a page of somebody else may not.
#[test]
fn pages_of_the_demo_may_call() {
    let demo = Demo::start();
    let own = demo.line["base_url"].as_str().unwrap();
    let preflight = |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "authorization"),
        ];
        let answer = demo.call("OPTIONS", "/orders", &headers);
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(preflight(own).as_deref(), Some(own));
    let by_name = own.replace("127.0.0.1", "localhost");
    assert_eq!(preflight(&by_name).as_deref(), Some(&*by_name));
    assert_eq!(preflight("https://evil.example"), None);
    let page = crate::support::get(Realm::of_dev(&demo.line).address, "/demo", &[]);
    let api = demo.line["demo_api"].as_str().unwrap();
    assert!(page.body.contains(&format!("data-api=\"{api}\"")));
    assert!(page.header("content-security-policy").unwrap().contains(api));
    let answer = demo.call("GET", "/orders", &[("origin", own)]);
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (401, Some(own))
    );
}

#[test]
fn it_is_on_the_next_port_or_on_a_free_one() {
    let folder = tempfile::tempdir().unwrap();
    // On an address where no other test takes ports.
    let first = TcpListener::bind("127.0.0.3:0").unwrap();
    let port = first.local_addr().unwrap().port();
    drop(first);
    let start = || {
        Keyward::dev_with(
            keyward(&["dev", "--listen", &format!("127.0.0.3:{port}")]),
            folder.path(),
        )
    };
    let (process, line) = start();
    assert_eq!(line["demo_api"], format!("http://127.0.0.3:{}", port + 1));
    process.stop();
    let _taken = TcpListener::bind(("127.0.0.3", port + 1)).unwrap();
    let (_process, line) = start();
    let api = address(&line["demo_api"]);
    assert!(api.port() != port + 1 && api.ip().to_string() == "127.0.0.3", "{api}");
    assert_eq!(crate::support::get(api, "/public", &[]).status, 200);
}

/// The secret with which the guard asks the issuer is the one that holds now.
#[test]
fn payments_survive_a_new_secret() {
    let folder = tempfile::tempdir().unwrap();
    Keyward::dev(folder.path()).0.stop();
    let mut rotate = keyward(&[
        "client",
        "rotate-secret",
        "--realm",
        "demo",
        "--id",
        "backend-api",
        "--overlap",
        "0",
    ]);
    run(rotate.arg("--data").arg(folder.path())).printed();
    let (_process, line) = Keyward::dev(folder.path());
    let (realm, service) = (Realm::of_dev(&line), Client::of_dev(&line, "backend-service"));
    let answer = realm.call("token", &service, "grant_type=client_credentials&scope=payments:create");
    let bearer = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    let answer = post(
        address(&line["demo_api"]),
        "/payments",
        &[("authorization", &bearer)],
        "",
    );
    assert_eq!(answer.status, 200, "{answer:?}");
}
