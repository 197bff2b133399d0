//! `keyward guard`: a gateway as a process.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::support::{Answer, Guarded, Keyward, eventually, exchange, get, guard_address, keyward, request, run};

const GATEWAY: &str = "[gateway]\nlisten = \"127.0.0.1:0\"\n";

fn with_token(address: SocketAddr, path: &str, token: &str) -> Answer {
    get(address, path, &[("authorization", &format!("Bearer {token}"))])
}

fn metric(management: SocketAddr, name: &str) -> Option<f64> {
    let text = get(management, "/metrics", &[]).body;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.parse().ok()
}

#[test]
fn it_lets_through_what_may_pass_and_says_who_calls() {
    let guarded = Guarded::new();
    guarded.config(GATEWAY);
    let (_gateway, address) = guarded.run();
    let answer = get(address, "/orders", &[]);
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"api\", scope=\"orders:read\"")
    );
    let headers = [("x-guard-subject", "admin"), ("x_guard_roles", "realm:admin")];
    let token = format!("Bearer {}", guarded.token("orders:read"));
    let answer = get(
        address,
        "/orders?page=2",
        &[&headers[..], &[("authorization", &token)]].concat(),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    let seen = answer.body.to_lowercase();
    assert!(seen.starts_with("get /orders?page=2 http/1.1\r\n"), "{seen}");
    assert!(seen.contains("\r\nx-guard-client-id: backend-service\r\n"), "{seen}");
    assert!(seen.contains("\r\nx-guard-kind: client\r\n"), "{seen}");
    assert!(!seen.contains("admin"), "{seen}");
    assert_eq!(
        with_token(address, "/orders", &guarded.token("orders:create")).status,
        403
    );
    assert_eq!(get(address, "/public", &[]).status, 200);
    assert_eq!(get(address, "/elsewhere", &[]).status, 404);
    assert_eq!(get(address, "/public/../orders", &[]).status, 400);
}

#[test]
fn every_decision_is_one_line_without_a_secret() {
    let guarded = Guarded::new();
    let audit = guarded.path("audit.jsonl");
    let output = format!("[audit]\noutput = \"file\"\nfile = \"{}\"\n", audit.display());
    guarded.config(&format!("{GATEWAY}{output}"));
    let (gateway, address) = guarded.run();
    let token = guarded.token("orders:read");
    let headers = [("x-request-id", "request-of-the-test")];
    let authorization = format!("Bearer {token}");
    get(
        address,
        "/orders?secret=canary-in-query",
        &[&headers[..], &[("authorization", &authorization)]].concat(),
    );
    get(address, "/orders", &[("authorization", "Bearer canary.in.header")]);
    get(address, "/canary-in-path", &[]);
    gateway.stop();
    let text = fs::read_to_string(&audit).unwrap();
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(&str, &str, &str)> = records
        .iter()
        .map(|record| {
            let text = |name: &str| record[name].as_str().unwrap_or_default();
            (text("outcome"), text("reason"), text("route"))
        })
        .collect();
    let [first, second, third] = told.as_slice() else {
        panic!("{text}");
    };
    assert_eq!(first, &("allow", "", "/orders"));
    assert_eq!((second.0, second.2), ("deny", "/orders"));
    assert_eq!(third, &("deny", "no_route", ""));
    assert_eq!(records[0]["request_id"], "request-of-the-test");
    assert_eq!(records[0]["client_id"], "backend-service");
    assert!(!text.contains("canary"), "{text}");
    for part in token.as_bytes().chunks(12) {
        let part = std::str::from_utf8(part).unwrap();
        assert!(part.len() < 12 || !text.contains(part), "{part} is in\n{text}");
    }
}

#[test]
fn the_management_port_tells_what_happened_and_how_it_is() {
    let guarded = Guarded::new();
    guarded.config(&format!("{GATEWAY}[management]\nlisten = \"127.0.0.1:0\"\n"));
    let (gateway, address) = guarded.run();
    let management = guard_address(&gateway.stderr(), "management").unwrap();
    let token = guarded.token("orders:read");
    for _ in 0..2 {
        assert_eq!(with_token(address, "/orders", &token).status, 200);
    }
    get(address, "/orders", &[]);
    assert_eq!(get(management, "/healthz", &[]).status, 200);
    assert_eq!(get(management, "/readyz", &[]).body, "ready\n");
    let count = |labels: &str| metric(management, &format!("keyward_guard_decisions_total{{{labels}}}"));
    assert_eq!(count(r#"route="/orders",outcome="allow",reason="""#), Some(2.0));
    assert_eq!(
        count(r#"route="/orders",outcome="deny",reason="no_credential""#),
        Some(1.0)
    );
    assert_eq!(metric(management, "keyward_guard_ready"), Some(1.0));
    assert_eq!(metric(management, "keyward_guard_config_generation"), Some(1.0));
    assert_eq!(metric(management, "keyward_guard_verified_tokens"), Some(1.0));
    for (result, count) in [("hit", 1.0), ("miss", 1.0)] {
        let name = format!(r#"keyward_guard_verified_token_lookups_total{{result="{result}"}}"#);
        assert_eq!(metric(management, &name), Some(count), "{result}");
    }
    assert_eq!(
        metric(management, r#"keyward_guard_limit_callers{store="local"}"#),
        Some(0.0)
    );
    assert!(metric(management, r#"keyward_guard_issuer_keys{issuer="demo"}"#) > Some(0.0));
    assert!(metric(management, r#"keyward_guard_issuer_keys_age_seconds{issuer="demo"}"#).is_some());
}

#[test]
fn the_issuer_is_watched_while_it_is_asked() {
    let guarded = Guarded::new();
    let secret = guarded.line["clients"]["backend-api"]["client_secret"]
        .as_str()
        .unwrap();
    fs::write(guarded.path("secret"), secret).unwrap();
    let asked = format!(
        "[policy.pay]\nextends = \"read\"\nvalidation = \"local+introspect\"\n[[route]]\npath = \"/paid\"\npolicy = \
         \"pay\"\nupstream = \"http://{}\"\n",
        guarded.upstream.address
    );
    let path = guarded.config(&format!("{GATEWAY}{asked}[management]\nlisten = \"127.0.0.1:0\"\n"));
    let text = fs::read_to_string(&path).unwrap();
    let introspection = format!(
        "preset = \"keyward\"\nintrospection = {{ client_id = \"backend-api\", client_secret = \"file:{}\" }}",
        guarded.path("secret").display()
    );
    fs::write(&path, text.replace("preset = \"keyward\"", &introspection)).unwrap();
    let (gateway, address) = guarded.run();
    let management = guard_address(&gateway.stderr(), "management").unwrap();
    let token = guarded.token("orders:read");
    for _ in 0..2 {
        assert_eq!(with_token(address, "/paid", &token).status, 200);
    }
    let asked = |result: &str| {
        let name = format!(r#"keyward_guard_introspections_total{{issuer="demo",result="{result}"}}"#);
        metric(management, &name)
    };
    assert_eq!((asked("answered"), asked("failed")), (Some(2.0), Some(0.0)));
    let took = metric(
        management,
        r#"keyward_guard_introspection_time_seconds_total{issuer="demo"}"#,
    );
    assert!(took > Some(0.0) && took < Some(30.0), "{took:?}");
}

/// Without the issuer's keys nobody's token is called bad.
#[test]
fn an_issuer_that_is_down_makes_it_not_ready() {
    let guarded = Guarded::new();
    let token = guarded.token("orders:read");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let issuer = format!("http://{closed}/realms/demo");
    guarded.config_for(&issuer, &format!("{GATEWAY}[management]\nlisten = \"127.0.0.1:0\"\n"));
    let (gateway, address) = guarded.run();
    let management = guard_address(&gateway.stderr(), "management").unwrap();
    let ready = get(management, "/readyz", &[]);
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("demo"), "{}", ready.body);
    assert_eq!(get(management, "/healthz", &[]).status, 200);
    assert_eq!(get(address, "/public", &[]).status, 200);
    // The token is of another issuer than this one.
    assert_eq!(with_token(address, "/orders", &token).status, 401);
    assert_eq!(metric(management, "keyward_guard_ready"), Some(0.0));
}

/// The keys of an issuer at an address of their own, which answers 503 until it is told otherwise.
struct LateKeys {
    address: SocketAddr,
    up: Arc<AtomicBool>,
}

impl LateKeys {
    fn of(guarded: &Guarded) -> Self {
        let issuer = guarded.line["base_url"].as_str().unwrap()[7..].parse().unwrap();
        let metadata = get(issuer, "/realms/demo/.well-known/openid-configuration", &[]).json();
        let jwks_uri = metadata["jwks_uri"].as_str().unwrap();
        let path = &jwks_uri[jwks_uri.find("/realms/").unwrap()..];
        let keys = get(issuer, path, &[]).body;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let up = Arc::new(AtomicBool::new(false));
        let is_up = Arc::clone(&up);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = [0; 4096];
                let _read = stream.read(&mut head);
                let (status, body) = if is_up.load(Ordering::Relaxed) {
                    ("200 OK", keys.as_str())
                } else {
                    ("503 Service Unavailable", "")
                };
                let length = body.len();
                let _sent = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: \
                     close\r\n\r\n{body}"
                );
            }
        });
        Self { address, up }
    }

    /// Makes the issuer of a configuration the one whose keys are here.
    fn in_file(&self, path: &Path) {
        let text = fs::read_to_string(path).unwrap();
        let uri = format!("preset = \"keyward\"\njwks_uri = \"http://{}/keys\"", self.address);
        let changed = path.with_extension("changed");
        fs::write(&changed, text.replacen("preset = \"keyward\"", &uri, 1)).unwrap();
        fs::rename(&changed, path).unwrap();
    }
}

#[test]
fn an_issuer_that_comes_late_makes_it_ready() {
    let guarded = Guarded::new();
    let late = LateKeys::of(&guarded);
    let path = guarded.config(GATEWAY);
    late.in_file(&path);
    let (mut gateway, address) = guarded.run();
    let log = gateway.stderr();
    let listening = log
        .lines()
        .find(|line| line.contains("listening and not ready"))
        .unwrap();
    assert!(
        listening.contains("WARN") && listening.contains("status 503"),
        "{listening}"
    );
    assert!(!log.contains("INFO"), "{log}");
    let token = guarded.token("orders:read");
    assert_eq!(with_token(address, "/orders", &token).status, 503);
    late.up.store(true, Ordering::Relaxed);
    let line = gateway.line("the keys", |gateway| {
        let log = gateway.stderr();
        log.lines().find(|line| line.contains("are here")).map(str::to_owned)
    });
    assert!(
        line.contains("INFO") && line.contains("the keys of issuer \"demo\" are here"),
        "{line}"
    );
    assert_eq!(with_token(address, "/orders", &token).status, 200);
}

/// Who judges does not make way for who cannot, whichever shell asks.
#[test]
fn a_changed_file_whose_issuer_is_down_waits_for_it() {
    let guarded = Guarded::new();
    let route = "[[route]]\npath = \"/new\"\npublic = true\nupstream = \"http://127.0.0.1:1\"\n";
    for shell in [GATEWAY, FORWARD_AUTH] {
        let late = LateKeys::of(&guarded);
        let token = guarded.token("orders:read");
        let more = format!("{shell}[management]\nlisten = \"127.0.0.1:0\"\n");
        guarded.config(&more);
        let mut process = Keyward::start(guarded.command(&["guard"]));
        let name = if shell == GATEWAY { "gateway" } else { "forward_auth" };
        let address = process.line("ready", |process| guard_address(&process.stderr(), name));
        let management = guard_address(&process.stderr(), "management").unwrap();
        let status = |path: &str, token: Option<&str>| {
            if shell == FORWARD_AUTH {
                return asked(address, path, token).status;
            }
            token.map_or_else(
                || get(address, path, &[]).status,
                |token| with_token(address, path, token).status,
            )
        };
        let path = guarded.config(&format!("{more}{route}"));
        late.in_file(&path);
        let line = process.line("the refusal", |process| {
            let log = process.stderr();
            log.lines().find(|line| line.contains("ERROR")).map(str::to_owned)
        });
        assert!(
            line.contains("the old one stays: the keys of issuer \"demo\""),
            "{line}"
        );
        assert!(
            line.contains(&format!("http://{}/keys: status 503", late.address)),
            "{line}"
        );
        assert_eq!(status("/orders", Some(&token)), 200);
        assert_ne!(status("/new", None), 502);
        assert_eq!(metric(management, "keyward_guard_config_generation"), Some(1.0));
        assert_eq!(get(management, "/readyz", &[]).status, 200);
        late.up.store(true, Ordering::Relaxed);
        eventually("the new configuration", || {
            (metric(management, "keyward_guard_config_generation") == Some(2.0)).then_some(())
        });
        assert_eq!(status("/orders", Some(&token)), 200);
        assert_eq!(status("/new", None), if shell == GATEWAY { 502 } else { 200 });
        assert_eq!(process.stderr().matches("ERROR").count(), 1, "{}", process.stderr());
        process.stop();
    }
}

#[test]
fn what_changes_at_the_next_start_is_named() {
    let guarded = Guarded::new();
    guarded.config(&format!("{GATEWAY}{FORWARD_AUTH}"));
    let (mut process, _) = guarded.run();
    guarded.config(&format!("{GATEWAY}drain = \"1s\"\n{FORWARD_AUTH}nginx = \"/asked\"\n"));
    process.line("the reload", |process| {
        process.stderr().contains("configuration reloaded").then_some(())
    });
    let log = process.stderr();
    let warned = log
        .lines()
        .filter_map(|line| Some(line.split_once("what changes at the next start only: ")?.1));
    assert_eq!(
        warned.collect::<Vec<_>>(),
        ["forward_auth.nginx", "gateway.drain"],
        "{log}"
    );
}

#[test]
fn the_document_has_every_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guard.md");
    let text = fs::read_to_string(path).unwrap();
    for reason in keyward_guard::Reason::ALL {
        assert!(text.contains(&format!("`{}`", reason.code())), "{reason:?}");
    }
}

/// Whoever looks for the reason of a refusal adds these first.
#[test]
fn tables_of_the_process_are_named_too() {
    let guarded = Guarded::new();
    guarded.config(GATEWAY);
    let (mut process, _) = guarded.run();
    guarded.config(&format!(
        "{GATEWAY}[management]\nlisten = \"127.0.0.1:0\"\n[audit]\noutput = \"stdout\"\n[log]\nlevel = \"debug\"\n"
    ));
    let named = process.line("the reload", |process| {
        let log = process.stderr();
        let line = log.lines().find_map(|line| line.split_once("at the next start only: "));
        line.map(|(_, named)| named.to_owned())
    });
    assert_eq!(named, "management, audit, log");
}

/// Many editors empty a file before they write it.
#[test]
fn an_emptied_file_is_not_taken() {
    let guarded = Guarded::new();
    let path = guarded.config(GATEWAY);
    let (mut process, address) = guarded.run();
    let before = get(address, "/orders", &[]).status;
    assert_eq!(before, 401);
    fs::write(&path, "").unwrap();
    process.line("the refusal", |process| {
        let told = "the old one stays";
        process.stderr().contains(told).then_some(())
    });
    assert!(process.stderr().contains("nothing to run"), "{}", process.stderr());
    assert_eq!(get(address, "/orders", &[]).status, before);
}

#[test]
fn a_changed_file_is_taken_and_a_bad_one_is_not() {
    let guarded = Guarded::new();
    let more = format!("{GATEWAY}[management]\nlisten = \"127.0.0.1:0\"\n");
    guarded.config(&more);
    let (mut gateway, address) = guarded.run();
    let management = guard_address(&gateway.stderr(), "management").unwrap();
    assert_eq!(get(address, "/new", &[]).status, 404);
    let route = "[[route]]\npath = \"/new\"\npublic = true\nupstream = \"http://127.0.0.1:1\"\n";
    guarded.config(&format!("{more}{route}"));
    eventually("the new route", || {
        (get(address, "/new", &[]).status == 502).then_some(())
    });
    assert_eq!(metric(management, "keyward_guard_config_generation"), Some(2.0));
    let path = guarded.config(&format!("{more}{route}polcy = \"read\"\n"));
    let line = gateway.line("the refusal", |gateway| {
        let log = gateway.stderr();
        log.lines()
            .find(|line| line.contains("the old one stays"))
            .map(str::to_owned)
    });
    assert!(
        line.contains(&format!("{}:", path.display())) && line.contains("polcy"),
        "{line}"
    );
    eventually("the count of the refusal", || {
        (metric(management, "keyward_guard_config_failed_reloads_total") == Some(1.0)).then_some(())
    });
    assert_eq!(get(address, "/new", &[]).status, 502);
    assert_eq!(metric(management, "keyward_guard_config_generation"), Some(2.0));
}

#[test]
fn a_request_under_way_finishes() {
    let guarded = Guarded::new();
    guarded.config(GATEWAY);
    let (gateway, address) = guarded.run();
    let text = request("GET", "/public", &[], "");
    let (first, second) = text.split_at(text.len() - 5);
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    // A whole exchange afterwards, so that the gateway has met the half.
    assert_eq!(get(address, "/public", &[]).status, 200);
    gateway.terminate();
    eventually("no new connections", || {
        TcpStream::connect(address).is_err().then_some(())
    });
    assert_eq!(exchange(&mut stream, second).status, 200);
    assert!(gateway.ended().status.success());
}

#[test]
fn what_cannot_run_says_why() {
    let guarded = Guarded::new();
    let failed = || run(&mut guarded.command(&["guard"])).failed();
    let path = guarded.config("");
    assert_eq!(
        failed(),
        format!(
            "keyward: {}: there is nothing to run: neither [gateway] nor [forward_auth] is there",
            path.display()
        )
    );
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    guarded.config(&format!("[gateway]\nlisten = \"{address}\"\n"));
    assert_eq!(
        failed(),
        format!(
            "keyward: cannot listen on {address}: another program has it. Stop it, or choose another with \
             gateway.listen"
        )
    );
    guarded.config(&format!("{GATEWAY}[management]\nlisten = \"{address}\"\n"));
    assert!(failed().ends_with("choose another with management.listen"));
    let line = run(&mut keyward(&["guard", "--config", "/nowhere.toml"])).failed();
    assert_eq!(
        line,
        "keyward: cannot read the configuration /nowhere.toml: it does not exist"
    );
}

const FORWARD_AUTH: &str = "[forward_auth]\nlisten = \"127.0.0.1:0\"\n";

/// nginx asks about a request.
fn asked(address: SocketAddr, path: &str, token: Option<&str>) -> Answer {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![
        ("x-original-uri", path),
        ("x-original-method", "GET"),
        ("x-original-host", "api.example.com"),
        ("x-forwarded-for", "203.0.113.9"),
    ];
    headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
    get(address, "/nginx", &headers)
}

#[test]
fn a_proxy_may_ask_it_beside_the_gateway_or_alone() {
    let guarded = Guarded::new();
    let token = guarded.token("orders:read");
    for gateway in ["", GATEWAY] {
        guarded.config(&format!("{gateway}{FORWARD_AUTH}"));
        let mut process = Keyward::start(guarded.command(&["guard"]));
        let address = process.line("ready", |process| guard_address(&process.stderr(), "forward_auth"));
        assert_eq!(
            guard_address(&process.stderr(), "gateway").is_some(),
            !gateway.is_empty()
        );
        assert_eq!(asked(address, "/orders", None).status, 401);
        let answer = asked(address, "/orders", Some(&token));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("x-guard-client-id"), Some("backend-service"));
        process.stop();
    }
}

#[test]
fn a_proxy_that_asks_sees_a_changed_file_too() {
    let guarded = Guarded::new();
    for gateway in ["", GATEWAY] {
        let more = format!("{gateway}{FORWARD_AUTH}[management]\nlisten = \"127.0.0.1:0\"\n");
        guarded.config(&more);
        let mut process = Keyward::start(guarded.command(&["guard"]));
        let address = process.line("ready", |process| guard_address(&process.stderr(), "forward_auth"));
        let management = guard_address(&process.stderr(), "management").unwrap();
        assert_ne!(asked(address, "/new", None).status, 200);
        guarded.config(&format!(
            "{more}[[route]]\npath = \"/new\"\npublic = true\nupstream = \"http://127.0.0.1:1\"\n"
        ));
        eventually("the new route", || {
            (asked(address, "/new", None).status == 200).then_some(())
        });
        guarded.config("[polcy.x]");
        eventually("the count of the refusal", || {
            (metric(management, "keyward_guard_config_failed_reloads_total") == Some(1.0)).then_some(())
        });
        assert_eq!(asked(address, "/new", None).status, 200);
        process.stop();
    }
}

/// A secret may have changed where no file did.
#[test]
fn a_hangup_reads_the_configuration_again() {
    let guarded = Guarded::new();
    for shell in [GATEWAY, FORWARD_AUTH] {
        guarded.config(&format!("{shell}[management]\nlisten = \"127.0.0.1:0\"\n"));
        let mut process = Keyward::start(guarded.command(&["guard"]));
        let management = process.line("ready", |process| guard_address(&process.stderr(), "management"));
        process.signal("-HUP");
        eventually("another configuration", || {
            (metric(management, "keyward_guard_config_generation") == Some(2.0)).then_some(())
        });
        process.stop();
    }
}
