//! The claims of a recorded realm's tokens, against those that Keycloak 26.7 gave them.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::realm::{RecordedRealm, names};
use crate::policy::claims::{Moment, TokenPlan, access_token, id_token, introspection, userinfo};
use crate::timestamp::Timestamp;

pub(super) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../interop/differential/recorded")
        .join(name)
}

fn read(name: &str) -> Value {
    serde_json::from_slice(&fs::read(path(name)).unwrap()).unwrap()
}

fn decoded(name: &str) -> Map<String, Value> {
    let token = read(&format!("wire/decoded-{name}.json"));
    token["claims"].as_object().unwrap().clone()
}

/// The JSON body that an exchange ends with.
fn answer(name: &str) -> Map<String, Value> {
    let text = fs::read_to_string(path(&format!("wire/{name}.txt"))).unwrap();
    let (_, answer) = text.split_once("\nHTTP/1.1 ").unwrap();
    let (_, body) = answer.split_once("\n\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// A plan as claims, without what stands in each token anyhow.
fn told(plan: &TokenPlan, moment: Moment) -> Map<String, Value> {
    let mut claims = plan.members(moment);
    let mut put = |name: &str, value: Value| {
        claims.insert(name.into(), value);
    };
    if !plan.audience.is_empty() {
        put("aud", json!(plan.audience));
    }
    if !plan.scope.is_empty() {
        put("scope", json!(plan.scope));
    }
    if let Some(acr) = plan.acr {
        put("acr", json!(acr));
    }
    if let Some(at) = moment.auth_time.filter(|_| plan.auth_time) {
        put("auth_time", json!(at.secs()));
    }
    if !plan.allowed_origins.is_empty() {
        put("allowed-origins", json!(plan.allowed_origins));
    }
    claims
}

/// Lists in order, as Keycloak's are sets; `scope` too, and one audience as a list.
fn in_order(claims: Map<String, Value>) -> Value {
    fn sorted(value: Value) -> Value {
        match value {
            Value::Array(mut list) => {
                list.sort_by_key(Value::to_string);
                Value::Array(list)
            }
            Value::Object(members) => members.into_iter().map(|(name, value)| (name, sorted(value))).collect(),
            other => other,
        }
    }
    let member = |(name, value): (String, Value)| {
        let value = match (name.as_str(), value) {
            ("scope", Value::String(text)) => text.split(' ').map(Value::from).collect(),
            ("aud", Value::String(one)) => json!([one]),
            (_, value) => value,
        };
        (name, sorted(value))
    };
    claims.into_iter().map(member).collect()
}

fn without(mut claims: Map<String, Value>, gone: &[&str]) -> Map<String, Value> {
    claims.retain(|name, _| !gone.contains(&name.as_str()));
    claims
}

/// What the protocol itself writes. `client_id` too: ours stands in every access token (RFC 9068 §2.2).
const FIXED: [&str; 12] = [
    "exp",
    "iat",
    "jti",
    "iss",
    "sub",
    "typ",
    "azp",
    "sid",
    "nonce",
    "cnf",
    "at_hash",
    "client_id",
];

fn moment(claims: &Map<String, Value>) -> Moment {
    Moment {
        client_address: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        auth_time: claims
            .get("auth_time")
            .and_then(Value::as_i64)
            .map(Timestamp::from_secs),
        session: None,
    }
}

#[test]
fn access_tokens() {
    let realm = RecordedRealm::read();
    for name in [
        "access-cc-es256",
        "access-cc-everything",
        "access-cc-lightweight",
        "access-cc-narrow",
        "access-cc-rs256",
        "access-code",
        "access-dpop",
        "access-exchange",
        "access-password",
        "access-refresh",
        "access-rfc9068-header",
        "access-user-everything",
    ] {
        let claims = decoded(name);
        let granted = realm.granted(&claims);
        let subject = realm.subject_of(&claims);
        let input = realm.input(&claims, &subject, &granted);
        let plan = access_token(input);
        let ours = without(told(&plan, moment(&claims)), &FIXED);
        assert_eq!(in_order(ours), in_order(without(claims.clone(), &FIXED)), "{name}");
        assert_eq!(claims["sub"], subject.user.id.to_string());
    }
}

#[test]
fn id_tokens() {
    let realm = RecordedRealm::read();
    for (name, asked) in [
        ("id-code", "openid orders:read"),
        ("id-eddsa", "openid"),
        ("id-password", "openid"),
        ("id-user-everything", "openid phone orders:read address everything"),
    ] {
        let claims = decoded(name);
        let subject = realm.subject_of(&claims);
        let granted = realm.granted_for(&claims, asked);
        let plan = id_token(realm.input(&claims, &subject, &granted));
        assert!(plan.audience.is_empty());
        let ours = without(told(&plan, moment(&claims)), &FIXED);
        let theirs = without(claims, &[&FIXED[..], &["aud"]].concat());
        assert_eq!(in_order(without(ours, &["scope"])), in_order(theirs), "{name}");
    }
}

#[test]
fn userinfo_answers() {
    let realm = RecordedRealm::read();
    for (name, client, asked) in [
        ("userinfo-get", "shop-web", "openid"),
        (
            "userinfo-everything",
            "shop-web",
            "openid phone orders:read address everything",
        ),
    ] {
        let mut claims = answer(name);
        claims.insert("azp".into(), client.into());
        let subject = realm.subject_of(&claims);
        let granted = realm.granted_for(&claims, asked);
        let plan = userinfo(realm.input(&claims, &subject, &granted));
        assert_eq!(
            in_order(plan.members(Moment::default())),
            in_order(without(claims, &["sub", "azp"])),
            "{name}"
        );
    }
}

#[test]
fn introspection_answers() {
    let realm = RecordedRealm::read();
    for name in ["introspect-active-service-account", "introspect-active-user"] {
        let claims = answer(name);
        let granted = realm.granted(&claims);
        let subject = realm.subject_of(&claims);
        let plan = introspection(realm.input(&claims, &subject, &granted));
        let moment = Moment {
            client_address: None,
            ..moment(&claims)
        };
        // An audience without `introspection.token.claim` stands in the answer because it stands in the token.
        let gone = [&FIXED[..], &["active", "username", "token_type", "aud"]].concat();
        assert_eq!(
            in_order(without(told(&plan, moment), &["aud"])),
            in_order(without(claims, &gone)),
            "{name}"
        );
    }
}

#[test]
fn the_token_answer_has_the_members_that_mappers_write() {
    let realm = RecordedRealm::read();
    let claims = decoded("access-cc-everything");
    let granted = realm.granted(&claims);
    let subject = realm.subject_of(&claims);
    let plan = access_token(realm.input(&claims, &subject, &granted));
    let wire = answer("token-cc-scope");
    assert_eq!(
        Value::Object(plan.answer(Moment::default()).into_owned()),
        json!({"shop": wire["shop"]})
    );
}

#[test]
fn the_roles_of_each_person_are_those_that_keycloak_resolves() {
    let realm = RecordedRealm::read();
    let alice = realm.subject("0d17c8ac-c589-4b5a-9423-fa3ed2c3f66a");
    let roles = decoded("access-user-everything");
    assert_eq!(json!(alice.held.names.realm), {
        let mut names = names(&roles["realm_access"]["roles"]);
        names.sort();
        json!(names)
    });
    let paths: Vec<&str> = alice.groups.iter().map(|group| group.path.as_str()).collect();
    assert_eq!(paths, ["/customers", "/staff/support"]);
}
