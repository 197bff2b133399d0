use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use keyward_client::UnixMillis;
use keyward_protocol::scope::Scope;
use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::guard::Verdict;

fn caller() -> Caller {
    Caller {
        issuer: "https://id.example.com".into(),
        kind: Credential::User,
        subject: Some("alice".into()),
        client_id: Some("shop".into()),
        scope: Scope::parse("a b").unwrap(),
        realm_roles: vec!["payer".into(), "a,b:c%".into()],
        client_roles: BTreeMap::from([("my:shop".into(), vec!["clerk".into()])]),
        audience: Vec::new(),
        acr: None,
        auth_time: None,
        token_id: None,
        session: None,
        issued_at: 0,
        expires_at: 0,
        not_before: 0,
        is_bound: false,
        claims: Map::new(),
        identity: OnceLock::new(),
    }
}

fn decision(by_trusted_proxy: bool, known: Option<Caller>) -> Decision {
    Decision {
        at: UnixMillis(0),
        request_id: HeaderValue::from_static("request-1"),
        address: [127, 0, 0, 1].into(),
        route: None,
        verdict: Verdict::Allow,
        shadowed: None,
        by_trusted_proxy,
        known: known.map(Arc::new),
        token: None,
        limits: None,
    }
}

fn headers(names: &[&str]) -> HeaderMap {
    names
        .iter()
        .map(|name| {
            (
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_static("evil"),
            )
        })
        .collect()
}

fn left(by_trusted_proxy: bool, names: &[&str]) -> Vec<String> {
    let mut headers = headers(names);
    decision(by_trusted_proxy, None).translate(&mut headers);
    headers.remove(REQUEST_ID);
    headers.keys().map(ToString::to_string).collect()
}

#[test]
fn the_api_is_told_who_calls() {
    let mut headers = HeaderMap::new();
    decision(false, Some(caller())).translate(&mut headers);
    let told: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("x-request-id", "request-1"),
            ("x-guard-kind", "user"),
            ("x-guard-issuer", "https://id.example.com"),
            ("x-guard-subject", "alice"),
            ("x-guard-client-id", "shop"),
            ("x-guard-scope", "a b"),
            ("x-guard-roles", "realm:payer,realm:a%2Cb%3Ac%25,client:my%3Ashop:clerk"),
        ]
    );
}

#[test]
fn identity_goes_in_every_spelling_from_whomever() {
    let names = [
        "x-guard-subject",
        "X-GUARD-SUBJECT",
        "x_guard_subject",
        "x-guard_roles",
        "x_guard-kind",
        "x-guard-made-up",
        "x-guard-",
    ];
    for trusted in [false, true] {
        assert_eq!(left(trusted, &names), [""; 0], "{trusted}");
    }
    let harmless = ["x-guard", "x-guardian", "my-x-guard-subject", "xguard-subject"];
    assert_eq!(left(false, &harmless), harmless);
}

#[test]
fn what_proxies_say_goes_from_strangers_alone() {
    let names = [
        "x-forwarded-for",
        "x-forwarded-client-cert",
        "x-original-uri",
        "x-ssl-client-verify",
        "forwarded",
        "client-cert",
        "x-forwarded",
        "forwarded-for",
        "x-real-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "ssl-client-cert",
        "x-rewrite-url",
        "x-amzn-mtls-clientcert",
    ];
    assert_eq!(left(false, &names), [""; 0]);
    assert_eq!(left(true, &names), names);
    let harmless = ["content-type", "cookie", "traceparent", "x-method"];
    assert_eq!(left(false, &harmless), harmless);
}

#[test]
fn spellings_that_only_some_servers_read_go_even_from_a_trusted_proxy() {
    let names = [
        "x-forwarded-for",
        "x_forwarded_for",
        "x.forwarded.proto",
        "x_request_id",
    ];
    assert_eq!(left(true, &names), ["x-forwarded-for"]);
    assert_eq!(left(true, &["x.guard.subject", "x!guard~scope"]), Vec::<String>::new());
}

#[test]
fn another_method_than_the_judged_one_is_asked_for_by_nobody() {
    let names = ["x-http-method-override", "x_http_method_override", "x-method-override"];
    assert_eq!(left(true, &names), Vec::<String>::new());
}

#[test]
fn a_credential_that_no_route_passes_on_goes() {
    assert_eq!(left(false, &["authorization", "cookie"]), ["cookie"]);
}

#[test]
fn nobody_is_told_of_a_caller_who_may_not_pass() {
    let mut denied = decision(false, Some(caller()));
    denied.verdict = Verdict::Deny(crate::denial::Reason::Scope.into());
    assert!(denied.identity().is_empty());
    let mut shadowed = decision(false, Some(caller()));
    shadowed.shadowed = Some(crate::denial::Reason::Scope.into());
    assert!(shadowed.identity().is_empty() && shadowed.caller().is_none());
}

#[test]
fn values_are_printable_and_mean_one_thing() {
    for (text, value) in [
        ("alice", "alice"),
        ("100% plain", "100% plain"),
        ("a\r\nx-guard-roles: admin", "a%0D%0Ax-guard-roles: admin"),
        ("zoë", "zo%C3%AB"),
        ("zoë 100%", "zo%C3%AB 100%25"),
        ("\0", "%00"),
    ] {
        assert_eq!(encoded(text), value, "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_claim_begins_a_header(text in any::<String>()) {
        prop_assert!(encoded(&text).as_bytes().iter().all(|byte| (b' '..=b'~').contains(byte)));
    }

    #[test]
    fn a_name_is_stripped_however_it_is_spelt(name in "[xX][-_][gG][uU]ard[-_][a-z_-]{0,8}") {
        let lower = name.to_ascii_lowercase();
        prop_assert!(is_identity(&lower));
    }
}
