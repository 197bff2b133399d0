use std::sync::Arc;

use keyward_domain::event::{EventSink as _, What};

use super::Metrics;
use crate::audit::{AuditQueue, Reader as _};
use crate::sample::{event, failure, success};

fn metrics() -> Metrics {
    Metrics::new("1.2.3", &["token", "certs"])
}

#[test]
fn a_fresh_process_shows_its_version_and_no_losses() {
    let text = metrics().encode().unwrap();
    assert_line(&text, "# TYPE keyward_build_info gauge");
    assert_line(&text, r#"keyward_build_info{version="1.2.3"} 1"#);
    assert_line(&text, "# TYPE keyward_events_dropped counter");
    assert_line(&text, r#"keyward_events_dropped_total{outcome="success"} 0"#);
    assert_line(&text, r#"keyward_events_dropped_total{outcome="failure"} 0"#);
    assert_line(&text, "keyward_events_unwritten_total 0");
    assert_eq!(text.lines().filter(|line| !line.starts_with('#')).count(), 4);
    assert!(text.ends_with("\n# EOF\n"), "{text}");
}

#[track_caller]
fn assert_line(text: &str, line: &str) {
    assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
}

#[test]
fn requests_are_counted_by_endpoint_and_status() {
    let metrics = metrics();
    metrics.request("token", 200, 40);
    metrics.request("token", 200, 700);
    metrics.request("token", 401, 90);
    metrics.request("token", 418, 90);
    metrics.request("nowhere", 404, 3);
    let text = metrics.encode().unwrap();
    assert_line(&text, r#"keyward_http_requests_total{endpoint="token",status="200"} 2"#);
    assert_line(&text, r#"keyward_http_requests_total{endpoint="token",status="401"} 1"#);
    assert_line(
        &text,
        r#"keyward_http_requests_total{endpoint="token",status="other"} 1"#,
    );
    assert_line(&text, r#"keyward_http_requests_total{endpoint="other",status="404"} 1"#);
    assert_line(&text, "# UNIT keyward_http_request_duration_seconds seconds");
    assert_line(
        &text,
        r#"keyward_http_request_duration_seconds_count{endpoint="token"} 4"#,
    );
    assert_line(
        &text,
        r#"keyward_http_request_duration_seconds_bucket{le="0.00005",endpoint="token"} 1"#,
    );
    assert_line(
        &text,
        r#"keyward_http_request_duration_seconds_bucket{le="0.001",endpoint="token"} 4"#,
    );
    assert!(!text.contains("nowhere") && !text.contains("certs"), "{text}");
}

#[test]
fn events_are_counted_by_name_realm_and_outcome_and_nothing_else_of_them_shows() {
    let metrics = metrics();
    let canary = "canary-5e1f";
    let mut counter = metrics.event_counter();
    let mut server = failure(canary);
    server.realm = None;
    counter.read(&[success(canary), success(canary), failure(canary), server]);
    counter.read(&[
        success(canary),
        event(
            "other",
            What::TokenRevocationRefused {
                client: canary.to_owned(),
            },
        ),
    ]);
    let text = metrics.encode().unwrap();
    assert_line(
        &text,
        r#"keyward_events_total{event="access_token_issued",realm="demo",outcome="success"} 3"#,
    );
    assert_line(
        &text,
        r#"keyward_events_total{event="client_authentication_failed",realm="demo",outcome="failure"} 1"#,
    );
    assert_line(
        &text,
        r#"keyward_events_total{event="client_authentication_failed",realm="",outcome="failure"} 1"#,
    );
    assert_line(
        &text,
        r#"keyward_events_total{event="token_revocation_refused",realm="other",outcome="failure"} 1"#,
    );
    assert!(!text.contains(canary), "{text}");
}

#[test]
fn what_the_queue_drops_is_exported() {
    let metrics = metrics();
    let queue = Arc::new(AuditQueue::new(1, metrics.losses()));
    for _ in 0..3 {
        queue.record(success("a"));
    }
    queue.close();
    queue
        .spawn(vec![Box::new(metrics.event_counter())])
        .unwrap()
        .join()
        .unwrap();
    let text = metrics.encode().unwrap();
    assert_line(&text, r#"keyward_events_dropped_total{outcome="success"} 2"#);
    assert_line(
        &text,
        r#"keyward_events_total{event="access_token_issued",realm="demo",outcome="success"} 1"#,
    );
}
