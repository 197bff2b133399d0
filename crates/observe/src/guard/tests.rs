use std::time::Duration;

use super::{GuardMetrics, GuardState, IntrospectionState, IssuerState, LimitsState, Lookups, SharedStoreState};

fn state() -> GuardState {
    GuardState {
        ready: true,
        generation: 3,
        failed_reloads: 1,
        verified_tokens: 20,
        verified_lookups: Some(Lookups { hits: 900, misses: 100 }),
        limits: Some(LimitsState { callers: 7, evicted: 0 }),
        shared_store: Some(SharedStoreState { up: false, failures: 4 }),
        issuers: vec![IssuerState {
            id: "main".into(),
            keys: 2,
            keys_age: Some(Duration::from_millis(1_500)),
            last_error: Some("timeout"),
            introspection: Some(IntrospectionState {
                answered: 5,
                failed: 1,
                took: Duration::from_millis(250),
            }),
        }],
        gateway: vec![("bad_gateway", 2)],
    }
}

#[track_caller]
fn assert_line(text: &str, line: &str) {
    assert!(text.lines().any(|there| there == line), "{line} is not in\n{text}");
}

#[test]
fn decisions_are_counted_by_route_outcome_and_reason() {
    let metrics = GuardMetrics::new("1.2.3");
    metrics.decided(Some("/orders"), "allow", None);
    metrics.decided(Some("/orders"), "allow", None);
    metrics.decided(Some("/orders"), "deny", Some("scope"));
    metrics.decided(Some("/new"), "shadow_deny", Some("role"));
    metrics.decided(None, "deny", Some("no_route"));
    let text = metrics.encode(&GuardState::default()).unwrap();
    assert_line(&text, r#"keyward_build_info{version="1.2.3"} 1"#);
    for (labels, count) in [
        (r#"route="/orders",outcome="allow",reason="""#, 2),
        (r#"route="/orders",outcome="deny",reason="scope""#, 1),
        (r#"route="/new",outcome="shadow_deny",reason="role""#, 1),
        (r#"route="",outcome="deny",reason="no_route""#, 1),
    ] {
        assert_line(&text, &format!("keyward_guard_decisions_total{{{labels}}} {count}"));
    }
}

#[test]
fn a_state_shows_as_it_is() {
    let text = GuardMetrics::new("1").encode(&state()).unwrap();
    for line in [
        "keyward_guard_ready 1",
        "keyward_guard_config_generation 3",
        "keyward_guard_config_failed_reloads_total 1",
        "keyward_guard_verified_tokens 20",
        r#"keyward_guard_verified_token_lookups_total{result="hit"} 900"#,
        r#"keyward_guard_verified_token_lookups_total{result="miss"} 100"#,
        r#"keyward_guard_limit_callers{store="local"} 7"#,
        r#"keyward_guard_limit_callers_evicted_total{store="local"} 0"#,
        r#"keyward_guard_limit_store_up{store="shared"} 0"#,
        r#"keyward_guard_limit_store_failures_total{store="shared"} 4"#,
        r#"keyward_guard_issuer_keys{issuer="main"} 2"#,
        "# UNIT keyward_guard_issuer_keys_age_seconds seconds",
        r#"keyward_guard_issuer_keys_age_seconds{issuer="main"} 1.5"#,
        r#"keyward_guard_issuer_keys_error{issuer="main",error="timeout"} 1"#,
        r#"keyward_guard_introspections_total{issuer="main",result="answered"} 5"#,
        r#"keyward_guard_introspections_total{issuer="main",result="failed"} 1"#,
        r#"keyward_guard_introspection_time_seconds_total{issuer="main"} 0.25"#,
        r#"keyward_guard_gateway_events_total{kind="bad_gateway"} 2"#,
        r#"keyward_events_dropped_total{outcome="failure"} 0"#,
    ] {
        assert_line(&text, line);
    }
    assert!(text.ends_with("\n# EOF\n"), "{text}");
}

#[test]
fn what_a_new_configuration_leaves_out_shows_no_more() {
    let metrics = GuardMetrics::new("1");
    metrics.encode(&state()).unwrap();
    let mut other = state();
    other.issuers[0].id = "other".into();
    other.issuers[0].last_error = None;
    other.shared_store = None;
    let text = metrics.encode(&other).unwrap();
    for gone in ["main", "timeout", "limit_store_up{"] {
        assert!(!text.contains(gone), "{gone} is in\n{text}");
    }
    assert_line(&text, r#"keyward_guard_issuer_keys{issuer="other"} 2"#);
}
