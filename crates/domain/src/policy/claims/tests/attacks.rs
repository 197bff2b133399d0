//! Mappers that would say what only the server may.

use serde_json::{Value, json};

use super::small::{hardcoded, mapper, plan, subject, with_input};
use crate::policy::claims::{Moment, id_token, introspection, userinfo};
use crate::scope::ProtocolMapper;

const DECIDED_BY: [&str; 25] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "typ",
    "azp",
    "client_id",
    "scope",
    "cnf",
    "act",
    "may_act",
    "sid",
    "session_state",
    "nonce",
    "acr",
    "auth_time",
    "at_hash",
    "c_hash",
    "realm_access",
    "resource_access",
    "authorization",
    "allowed-origins",
];

/// Every kind of mapper that writes a claim of any name.
fn forgers(claim: &str) -> Vec<ProtocolMapper> {
    vec![
        hardcoded(claim, r#"{"roles":["root"]}"#, "JSON"),
        hardcoded(claim, "root", "String"),
        mapper(
            "oidc-usermodel-attribute-mapper",
            &[
                ("user.attribute", "forged"),
                ("claim.name", claim),
                ("jsonType.label", "JSON"),
            ],
        ),
        mapper(
            "oidc-usermodel-property-mapper",
            &[("user.attribute", "username"), ("claim.name", claim)],
        ),
        mapper(
            "oidc-usersessionmodel-note-mapper",
            &[
                ("user.session.note", "AUTH_TIME"),
                ("claim.name", &format!("{claim}.x")),
            ],
        ),
        mapper("oidc-group-membership-mapper", &[("claim.name", claim)]),
        mapper(
            "oidc-usermodel-realm-role-mapper",
            &[("claim.name", claim), ("multivalued", "true")],
        ),
        mapper(
            "oidc-usermodel-client-role-mapper",
            &[("claim.name", claim), ("multivalued", "true")],
        ),
    ]
}

fn written(mappers: &[ProtocolMapper]) -> Vec<Value> {
    let subject = subject();
    let moment = Moment {
        client_address: Some([192, 0, 2, 1].into()),
        auth_time: Some(crate::timestamp::Timestamp::from_secs(9)),
        session: None,
    };
    let mut plans = vec![plan(&[], mappers)];
    plans.extend([id_token, userinfo, introspection].map(|made| with_input(&[], mappers, &subject, made)));
    for plan in &plans {
        assert!(plan.audience.is_empty() && plan.sub.is_none() && plan.acr.is_none() && plan.scope.is_empty());
        assert!(plan.realm_roles.is_empty() && plan.client_roles.is_empty() && plan.allowed_origins.is_empty());
    }
    plans.iter().map(|plan| Value::Object(plan.members(moment))).collect()
}

#[test]
fn no_mapper_writes_a_claim_that_validators_decide_by() {
    for claim in DECIDED_BY {
        for name in [claim.to_owned(), format!("{claim}.roles"), format!("{claim}.a.b.c")] {
            // Roles in their own place are told below.
            if matches!(name.as_str(), "realm_access.roles") {
                continue;
            }
            for told in written(&forgers(&name)) {
                assert_eq!(told, json!({}), "{name}");
            }
        }
    }
}

#[test]
fn a_hardcoded_claim_or_an_attribute_cannot_forge_realm_access() {
    let forged = |claim: &str| forgers(claim).into_iter().take(4).collect::<Vec<_>>();
    for claim in [
        "realm_access",
        "realm_access.roles",
        r"realm_access.ro\les",
        r"\realm_access.roles",
        "resource_access",
        "resource_access.realm-management",
        "resource_access.realm-management.roles",
    ] {
        for told in written(&forged(claim)) {
            assert_eq!(told, json!({}), "{claim}");
        }
        // Beside the true roles neither.
        let plan = plan(&["roles"], &forged(claim));
        assert_eq!(plan.realm_roles, ["clerk"]);
        assert_eq!(plan.client_roles.keys().collect::<Vec<_>>(), ["orders-api", "worker"]);
        assert!(plan.extra.is_empty());
    }
}

#[test]
fn mappers_of_roles_write_roles_in_their_place_and_nowhere_beside() {
    let realm = |claim| {
        let config = [("claim.name", claim), ("multivalued", "true")];
        mapper("oidc-usermodel-realm-role-mapper", &config)
    };
    let told = plan(&[], &[realm("realm_access.roles"), realm("resource_access.shop.roles")]);
    assert_eq!(told.realm_roles, ["clerk"]);
    assert_eq!(told.client_roles["shop"], ["clerk"]);
    for beside in [
        "realm_access.names",
        "resource_access.shop",
        "resource_access.a.b.roles",
    ] {
        let told = plan(&[], &[realm(beside)]);
        assert!(told.realm_roles.is_empty() && told.client_roles.is_empty() && told.extra.is_empty());
    }
}

#[test]
fn no_mapper_writes_a_member_of_the_token_answer_itself() {
    for member in [
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "refresh_expires_in",
        "id_token",
        "not-before-policy",
        "session_state",
        "scope",
        "error",
        "error_description",
    ] {
        let plan = plan(
            &[],
            &[
                hardcoded(member, "root", "String"),
                hardcoded(&format!("{member}.x"), "root", "String"),
            ],
        );
        assert!(plan.answer(Moment::default()).is_empty(), "{member}");
    }
}

#[test]
fn a_deep_name_makes_no_deep_token() {
    let deep = "a.".repeat(100_000);
    assert!(plan(&[], &[hardcoded(&deep, "x", "String")]).extra.is_empty());
}
