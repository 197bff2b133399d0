use std::sync::Arc;

use keyward_domain::Timestamp;
use keyward_domain::id::{RealmId, UserId};
use keyward_domain::realm::{Realm, RealmName, RealmSettings};
use keyward_domain::user::{Profile, User};
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::config::Config;
use super::super::rules::{Rules, flat};
use super::merge;
use crate::admin::keycloak::user::UserRepresentation;
use crate::admin::rest::AdminError;

fn realm(kept: &Value) -> Realm {
    Realm {
        id: RealmId(Uuid::from_u128(1)),
        name: RealmName::parse("demo").unwrap(),
        enabled: true,
        not_before: Timestamp::default(),
        settings: RealmSettings {
            kept: kept.as_object().cloned().unwrap_or_default(),
            ..RealmSettings::default()
        },
    }
}

fn standard() -> Rules {
    Rules::new(Arc::new(Config::standard()), &realm(&json!({})))
}

fn configured(config: Value) -> Rules {
    Rules::new(Arc::new(serde_json::from_value(config).unwrap()), &realm(&json!({})))
}

fn rep(value: Value) -> UserRepresentation {
    serde_json::from_value(value).unwrap()
}

fn alice() -> User {
    User {
        id: UserId(Uuid::from_u128(2)),
        realm: RealmId(Uuid::from_u128(1)),
        username: "alice".into(),
        enabled: true,
        service_account_of: None,
        created_at: Timestamp::default(),
        required_actions: Vec::new(),
        not_before: Timestamp::default(),
        profile: Profile {
            email: Some("alice@example.com".into()),
            first_name: Some("Given".into()),
            last_name: Some("Anders".into()),
            ..Profile::default()
        },
    }
}

/// What comes of it, as attributes by name.
fn merged(rules: &Rules, existing: Option<&User>, value: Value) -> Value {
    match merge(rules, existing, &rep(value)) {
        Ok((username, profile)) => {
            let user = User {
                username,
                profile,
                ..alice()
            };
            serde_json::to_value(flat(&user)).unwrap()
        }
        Err(AdminError::Invalid(text)) => json!({ "errorMessage": text }),
        Err(AdminError::InvalidField(body)) => body,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_new_user_is_lower_case_and_has_no_attribute_that_nobody_configured() {
    let body = json!({"username": "Tess", "email": "Tess@Example.com", "attributes": {"a": ["1"], "firstName": ["T"]}});
    assert_eq!(
        merged(&standard(), None, body),
        json!({"username": ["tess"], "email": ["tess@example.com"], "firstName": ["T"]})
    );
}

#[test]
fn what_is_wrong_is_told_at_once() {
    assert_eq!(
        merged(&standard(), None, json!({})),
        json!({"errorMessage": "User name is missing"})
    );
    assert_eq!(
        merged(&standard(), None, json!({"username": "ab"})),
        json!({"field": "username", "errorMessage": "error-invalid-length", "params": ["username", 3, 255]})
    );
    assert_eq!(
        merged(&standard(), None, json!({"username": "a b c", "email": "x"})),
        json!({"errors": [
            {"field": "email", "errorMessage": "error-invalid-email", "params": ["email", "x"]},
            {"field": "username", "errorMessage": "error-username-invalid-character", "params": ["username"]},
        ]})
    );
}

#[test]
fn an_update_without_attributes_leaves_them_and_one_with_some_replaces_them() {
    let mut before = alice();
    before.profile.attributes.insert("hidden".into(), vec!["stays".into()]);
    assert_eq!(
        merged(&standard(), Some(&before), json!({"firstName": "New"})),
        json!({"username": ["alice"], "email": ["alice@example.com"], "firstName": ["New"], "lastName": ["Anders"],
               "hidden": ["stays"]})
    );
    // As Keycloak: whoever sends attributes sends the names and the mail address with them.
    assert_eq!(
        merged(&standard(), Some(&before), json!({"attributes": {"lastName": ["L2"]}})),
        json!({"username": ["alice"], "lastName": ["L2"], "hidden": ["stays"]})
    );
    assert_eq!(
        merged(&standard(), Some(&before), json!({"email": ""})),
        json!({"username": ["alice"], "firstName": ["Given"], "lastName": ["Anders"], "hidden": ["stays"]})
    );
}

#[test]
fn a_user_name_changes_only_where_the_realm_lets_it() {
    assert_eq!(
        merged(&standard(), Some(&alice()), json!({"username": "bob"})),
        json!({"field": "username", "errorMessage": "error-user-attribute-read-only", "params": ["username"]})
    );
    assert_eq!(
        merged(&standard(), Some(&alice()), json!({"username": ""})),
        json!({"errorMessage": "User name is missing"})
    );
    let lenient = Rules::new(
        Arc::new(Config::standard()),
        &realm(&json!({"editUsernameAllowed": true})),
    );
    assert_eq!(
        merged(&lenient, Some(&alice()), json!({"username": "Bob"}))["username"],
        json!(["bob"])
    );
    let by_mail = Rules::new(
        Arc::new(Config::standard()),
        &realm(&json!({"registrationEmailAsUsername": true})),
    );
    assert_eq!(
        merged(&by_mail, None, json!({"username": "eau", "email": "eau@x.com"}))["username"],
        json!(["eau@x.com"])
    );
    assert_eq!(
        merged(&by_mail, None, json!({"username": "eau2"})),
        json!({"field": "email", "errorMessage": "error-user-attribute-required", "params": ["email"]})
    );
}

#[test]
fn permissions_and_validators_of_the_configuration_hold() {
    let admin = json!({"view": ["admin"], "edit": ["admin"]});
    let rules = configured(json!({"attributes": [
        {"name": "username"}, {"name": "email"}, {"name": "noperm"},
        {"name": "opt", "validations": {"options": {"options": ["x", "y"]}}, "permissions": admin},
        {"name": "mv", "validations": {"multivalued": {"min": 2, "max": 3}}, "multivalued": true, "permissions": admin},
        {"name": "viewonly", "permissions": {"view": ["admin"], "edit": []}},
        {"name": "must", "required": {}, "permissions": admin},
    ], "unmanagedAttributePolicy": "ADMIN_VIEW"}));
    let body = json!({"username": "perms1", "attributes": {"mv": ["1", "2"], "noperm": "x", "viewonly": "x",
                      "foo": "z", "opt": "x", "must": "m"}});
    let made = json!({"username": ["perms1"], "mv": ["1", "2"], "opt": ["x"], "must": ["m"]});
    assert_eq!(merged(&rules, None, body), made);
    let mut before = alice();
    before.profile = serde_json::from_value(json!({"attributes": {"mv": ["1", "2"], "must": ["m"]}})).unwrap();
    for (attributes, expected) in [
        (
            json!({"mv": ["1", "2"], "must": "m", "noperm": ["x"]}),
            json!({"field": "noperm", "errorMessage": "error-user-attribute-read-only", "params": ["noperm"]}),
        ),
        (
            json!({"mv": ["1"], "must": "m"}),
            json!({"field": "mv", "errorMessage": "error-invalid-multivalued-size", "params": ["mv", 2, 3]}),
        ),
        (
            json!({"mv": ["1", "2"], "must": "m", "opt": ["x", "y"]}),
            json!({"field": "opt", "errorMessage": "error-invalid-multivalued-size", "params": ["opt", 0, 1]}),
        ),
        (
            json!({"mv": ["1", "2"]}),
            json!({"field": "must", "errorMessage": "error-user-attribute-required", "params": ["must"]}),
        ),
        (
            json!({"mv": ["1", "2"], "must": "m", "foo": ["ignored"]}),
            json!({"username": ["alice"], "mv": ["1", "2"], "must": ["m"]}),
        ),
    ] {
        assert_eq!(
            merged(&rules, Some(&before), json!({ "attributes": attributes })),
            expected
        );
    }
}

#[test]
fn attributes_that_nobody_configured_are_kept_where_the_policy_says_so_and_bounded() {
    let rules = configured(json!({"attributes": [{"name": "username"}, {"name": "email"}],
                                  "unmanagedAttributePolicy": "ENABLED"}));
    let body = json!({"username": "free", "attributes": {"foo": ["x", ""], "bar": [""], "a<": "y"}});
    assert_eq!(
        merged(&rules, None, body),
        json!({"username": ["free"], "foo": ["x"], "a<": ["y"]})
    );
    let body = json!({"username": "free", "attributes": {"a": "x".repeat(2049)}});
    assert_eq!(
        merged(&rules, None, body),
        json!({"field": "a", "errorMessage": "error-invalid-length", "params": ["a", 0, 2048]})
    );
}
