use std::collections::BTreeMap;

use keyward_protocol::scope::Scope;
use serde_json::{Map, json};

use super::*;
use crate::authenticate::Issuers;
use crate::denial::Wanted;
use crate::policy::Needed;
use crate::settings::{Credential, Validation};

const NOW: UnixMillis = UnixMillis(1_000_000_000);

fn caller() -> Caller {
    Caller {
        issuer: "https://id.example.com".into(),
        kind: Credential::User,
        subject: Some("alice".into()),
        client_id: Some("shop".into()),
        scope: Scope::parse("orders:read orders:list").unwrap(),
        realm_roles: vec!["payer".into()],
        client_roles: BTreeMap::from([("shop".into(), vec!["clerk".into()])]),
        audience: vec!["other".into(), "api".into()],
        acr: Some("gold".into()),
        auth_time: Some(999_900),
        token_id: None,
        session: None,
        issued_at: 1_000_000,
        expires_at: 1_000_300,
        not_before: 0,
        is_bound: false,
        claims: Map::from_iter([
            ("tenant".to_owned(), json!(["x", "acme"])),
            ("level".to_owned(), json!(3)),
        ]),
        identity: std::sync::OnceLock::default(),
    }
}

fn names<T: Clone>(all: &[T], any: &[T]) -> Needed<T> {
    Needed {
        all: all.to_vec(),
        any: any.to_vec(),
    }
}

fn policy() -> Policy {
    Policy {
        issuers: Issuers::default(),
        audience: vec!["api".into(), "api2".into()],
        validation: Validation::Local,
        callers: Vec::new(),
        scopes: names(&[], &[]),
        roles: names(&[], &[]),
        claims: Vec::new(),
        acr: Vec::new(),
        max_age: None,
        limits: Vec::new(),
        scope_text: String::new(),
    }
}

fn refused(policy: &Policy, caller: &Caller) -> Option<Reason> {
    check(policy, caller, NOW).err().map(|denial| denial.reason)
}

#[test]
fn one_name_of_the_audience_is_enough_and_none_is_not() {
    assert_eq!(refused(&policy(), &caller()), None);
    for audience in [
        vec![],
        vec!["API".to_owned()],
        vec!["api/".to_owned()],
        vec!["ap".to_owned()],
    ] {
        let caller = Caller { audience, ..caller() };
        assert_eq!(refused(&policy(), &caller), Some(Reason::Audience));
    }
}

#[test]
fn kinds_of_callers() {
    for (callers, refusal) in [
        (vec![], None),
        (vec![Credential::User], None),
        (vec![Credential::Client, Credential::User], None),
        (vec![Credential::Client], Some(Reason::CallerKind)),
    ] {
        let policy = Policy { callers, ..policy() };
        assert_eq!(refused(&policy, &caller()), refusal);
    }
}

#[test]
fn scopes_all_and_any() {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (all, any, refusal) in [
        (vec!["orders:read", "orders:list"], vec![], None),
        (vec!["orders:read", "admin"], vec![], Some(Reason::Scope)),
        (vec![], vec!["admin", "orders:list"], None),
        (vec![], vec!["admin"], Some(Reason::Scope)),
        (vec!["orders:read"], vec!["admin"], Some(Reason::Scope)),
        (vec!["orders"], vec![], Some(Reason::Scope)),
        (vec!["orders:read orders:list"], vec![], Some(Reason::Scope)),
    ] {
        let policy = Policy {
            scopes: names(&texts(&all), &texts(&any)),
            ..policy()
        };
        assert_eq!(refused(&policy, &caller()), refusal, "{all:?} {any:?}");
    }
}

#[test]
fn the_missing_scope_is_told_and_roles_are_not() {
    let policy = Policy {
        scopes: names(&["admin".into()], &[]),
        scope_text: "admin".into(),
        roles: names(&[Role::Realm("admin".into())], &[]),
        ..policy()
    };
    let denial = check(&policy, &caller(), NOW).unwrap_err();
    assert_eq!(
        (denial.reason, denial.wanted),
        (Reason::Scope, Wanted::Scope("admin".into()))
    );
    let caller = Caller {
        scope: Scope::parse("admin").unwrap(),
        ..caller()
    };
    let denial = check(&policy, &caller, NOW).unwrap_err();
    assert_eq!((denial.reason, denial.wanted), (Reason::Role, Wanted::Nothing));
}

#[test]
fn roles_of_the_realm_are_not_those_of_a_client() {
    for (role, has) in [
        (Role::Realm("payer".into()), true),
        (Role::Realm("PAYER".into()), false),
        (Role::Realm("clerk".into()), false),
        (Role::Client("shop".into(), "clerk".into()), true),
        (Role::Client("shop".into(), "payer".into()), false),
        (Role::Client("other".into(), "clerk".into()), false),
    ] {
        let policy = Policy {
            roles: names(std::slice::from_ref(&role), &[]),
            ..policy()
        };
        assert_eq!(refused(&policy, &caller()).is_none(), has, "{role:?}");
    }
}

#[test]
fn claims_have_one_of_the_values() {
    for (name, values, has) in [
        ("tenant", vec![json!("acme")], true),
        ("tenant", vec![json!("evil"), json!("x")], true),
        ("tenant", vec![json!("acm")], false),
        ("tenant", vec![], false),
        ("level", vec![json!(3)], true),
        ("level", vec![json!("3")], false),
        ("missing", vec![json!(null)], false),
    ] {
        let policy = Policy {
            claims: vec![(name.to_owned(), values.clone())],
            ..policy()
        };
        assert_eq!(refused(&policy, &caller()).is_none(), has, "{name} {values:?}");
    }
}

#[test]
fn step_up_tells_all_that_is_wanted() {
    let policy = Policy {
        acr: vec!["gold".into(), "platinum".into()],
        max_age: Some(100),
        ..policy()
    };
    assert_eq!(refused(&policy, &caller()), None);
    let wanted = Wanted::StepUp {
        acr_values: Some("gold platinum".into()),
        max_age: Some(100),
    };
    for (acr, auth_time) in [
        (Some("silver"), Some(1_000_000)),
        (Some("gold platinum"), Some(1_000_000)),
        (None, Some(1_000_000)),
        (Some("gold"), Some(999_899)),
        (Some("gold"), None),
    ] {
        let caller = Caller {
            acr: acr.map(str::to_owned),
            auth_time,
            ..caller()
        };
        let denial = check(&policy, &caller, NOW).unwrap_err();
        assert_eq!(
            (denial.reason, denial.wanted),
            (Reason::StepUp, wanted.clone()),
            "{acr:?} {auth_time:?}"
        );
    }
}

#[test]
fn the_first_that_is_missing_decides() {
    let mut policy = Policy {
        audience: vec!["elsewhere".into()],
        callers: vec![Credential::Client],
        acr: vec!["platinum".into()],
        scopes: names(&["admin".into()], &[]),
        roles: names(&[Role::Realm("admin".into())], &[]),
        claims: vec![("tenant".into(), vec![])],
        ..policy()
    };
    let caller = caller();
    let mut order = vec![refused(&policy, &caller)];
    policy.audience = vec!["api".into()];
    order.push(refused(&policy, &caller));
    policy.callers.clear();
    order.push(refused(&policy, &caller));
    policy.acr.clear();
    order.push(refused(&policy, &caller));
    policy.scopes = names(&[], &[]);
    order.push(refused(&policy, &caller));
    policy.roles = names(&[], &[]);
    order.push(refused(&policy, &caller));
    policy.claims.clear();
    order.push(refused(&policy, &caller));
    let expected = [
        Some(Reason::Audience),
        Some(Reason::CallerKind),
        Some(Reason::StepUp),
        Some(Reason::Scope),
        Some(Reason::Role),
        Some(Reason::ClaimValue),
        None,
    ];
    assert_eq!(order, expected);
}
