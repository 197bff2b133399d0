//! The management port: what an orchestrator and a scraper see.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::json;

use crate::support::{Client, Keyward, Realm, Site, eventually, get, keyward, ready_address};

fn site() -> (Site, Keyward, SocketAddr, SocketAddr) {
    let mut site = Site::new();
    site.server = "management_listen = \"127.0.0.1:0\"\n".into();
    let (node, address) = site.serve();
    let management = ready_address(&node.stderr(), "management").unwrap();
    (site, node, address, management)
}

#[test]
fn health_looks_like_keycloaks() {
    let (_site, _node, address, management) = site();
    let check = |name: &str| json!({ "status": "UP", "checks": [{ "name": name, "status": "UP" }] });
    for (path, body) in [
        ("/health/live", json!({ "status": "UP", "checks": [] })),
        ("/health/ready", check("database")),
        ("/health/started", check("revocations")),
        ("/health", check("database")),
    ] {
        let answer = get(management, path, &[]);
        assert_eq!((answer.status, answer.json()), (200, body), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        assert_eq!(get(address, path, &[]).status, 404, "{path} on the main port");
    }
    assert_eq!(get(address, "/metrics", &[]).status, 404);
}

#[test]
fn metrics_are_openmetrics_and_count() {
    let (site, _node, address, management) = site();
    let (realm, service, api) = site.realm(address, &[]);
    let token = realm.token(&service);
    realm.is_active(&api, &token);
    assert_eq!(realm.ask(&Client::new("service", "wrong")).status, 401);
    get(address, "/nowhere", &[]);
    let series = |answer: &str| samples(answer);
    // Events are counted by a thread of their own.
    let counted = eventually("the count of the refused client", || {
        let answer = get(management, "/metrics", &[]);
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)));
        let samples = series(&answer.body);
        let failed = r#"keyward_events_total{event="client_authentication_failed",realm="demo",outcome="failure"}"#;
        samples.contains_key(failed).then_some(samples)
    });
    for (name, value) in [
        (r#"keyward_http_requests_total{endpoint="token",status="200"}"#, 1.0),
        (r#"keyward_http_requests_total{endpoint="token",status="401"}"#, 1.0),
        (
            r#"keyward_http_requests_total{endpoint="introspect",status="200"}"#,
            1.0,
        ),
        (r#"keyward_http_requests_total{endpoint="other",status="404"}"#, 1.0),
        (r#"keyward_http_request_duration_seconds_count{endpoint="token"}"#, 2.0),
        (
            r#"keyward_events_total{event="access_token_issued",realm="demo",outcome="success"}"#,
            1.0,
        ),
        (
            r#"keyward_events_total{event="client_authentication_failed",realm="demo",outcome="failure"}"#,
            1.0,
        ),
        (r#"keyward_events_dropped_total{outcome="failure"}"#, 0.0),
    ] {
        assert_eq!(counted.get(name), Some(&value), "{name} in {counted:#?}");
    }
}

#[test]
fn dev_opens_it_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (process, line) = Keyward::dev(folder.path());
    assert_eq!(get(Realm::of_dev(&line).address, "/health/live", &[]).status, 404);
    // The server and the demo API.
    assert_eq!(listening(&process), 2);
    process.stop();

    let command = keyward(&["dev", "--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"]);
    let (process, _) = Keyward::dev_with(command, folder.path());
    assert_eq!(listening(&process), 3);
}

/// How many TCP ports a process listens on.
fn listening(process: &Keyward) -> usize {
    let sockets: Vec<String> = std::fs::read_dir(format!("/proc/{}/fd", process.id()))
        .unwrap()
        .filter_map(|entry| Some(std::fs::read_link(entry.unwrap().path()).ok()?.display().to_string()))
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    // Column 3 is the state, 0A is LISTEN; column 9 is the inode.
    rows.filter(|row| {
        row.get(3) == Some(&"0A") && row.get(9).is_some_and(|inode| sockets.iter().any(|own| own == inode))
    })
    .count()
}

/// The samples of an OpenMetrics text, which is checked line by line: families are declared before their samples, and
/// the end is marked.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let body = text.strip_suffix("# EOF\n").unwrap();
    let (mut family, mut samples) = (String::new(), BTreeMap::new());
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (kind, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            match kind {
                "TYPE" => assert!(["counter", "gauge", "histogram"].contains(&rest), "{line}"),
                "HELP" | "UNIT" => {}
                _ => panic!("{line}"),
            }
            name.clone_into(&mut family);
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap();
        let suffix = name
            .split('{')
            .next()
            .unwrap()
            .strip_prefix(&family)
            .unwrap_or_else(|| panic!("{line}"));
        assert!(["", "_total", "_bucket", "_sum", "_count"].contains(&suffix), "{line}");
        let before = samples.insert(name.to_owned(), value.parse().unwrap());
        assert!(before.is_none(), "twice: {line}");
    }
    samples
}
