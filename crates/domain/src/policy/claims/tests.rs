use std::collections::BTreeMap;

use serde_json::json;
use uuid::Uuid;

use super::{AccessTokenPlan, PlanInput, Subject, access_token};
use crate::id::{RealmId, ScopeId, UserId};
use crate::scope::{ClientScope, Mapper, ProtocolMapper, ScopeSettings, defaults};
use crate::timestamp::Timestamp;
use crate::user::{Profile, User};

fn subject() -> Subject {
    Subject {
        user: User {
            id: UserId(Uuid::from_u128(7)),
            realm: RealmId(Uuid::nil()),
            username: "alice".into(),
            enabled: true,
            service_account_of: None,
            created_at: Timestamp::from_secs(0),
            required_actions: Vec::new(),
            profile: Profile {
                email: Some("alice@example.com".into()),
                email_verified: true,
                first_name: Some("Alice".into()),
                last_name: Some("Anders".into()),
                attributes: BTreeMap::from([
                    ("updatedAt".into(), vec!["17".into()]),
                    ("locale".into(), vec!["de".into()]),
                ]),
            },
        },
        realm_roles: vec!["clerk".into()],
        client_roles: BTreeMap::from([("orders-api".into(), vec!["read".into()])]),
    }
}

fn scopes() -> BTreeMap<String, ClientScope> {
    let mut all = defaults::standard();
    all.push(("orders:read", ScopeSettings::default()));
    all.into_iter()
        .map(|(name, settings)| {
            let row = ClientScope {
                id: ScopeId(Uuid::nil()),
                realm: RealmId(Uuid::nil()),
                name: name.into(),
                settings,
            };
            (name.to_owned(), row)
        })
        .collect()
}

fn plan(granted: &[&str], client_mappers: &[Mapper]) -> AccessTokenPlan {
    let client_mappers: Vec<_> = client_mappers
        .iter()
        .map(|mapper| ProtocolMapper {
            name: "m".into(),
            mapper: mapper.clone(),
        })
        .collect();
    access_token(PlanInput {
        client_id: "worker",
        web_origins: &["https://app.example.com".into()],
        redirect_uris: &[],
        client_mappers: &client_mappers,
        granted,
        scopes: &scopes(),
        subject: &subject(),
        acr: "1",
    })
}

#[test]
fn no_personal_claim_and_no_role_without_a_scope() {
    let plan = plan(&["basic", "acr", "web-origins", "orders:read"], &[]);
    assert_eq!(plan.scope, "orders:read");
    assert_eq!(plan.acr, Some("1"));
    assert_eq!(plan.realm_roles, None);
    assert!(plan.extra.is_empty(), "{:?}", plan.extra);
}

#[test]
fn scopes_bring_their_claims() {
    let plan = plan(&["openid", "profile", "email", "roles"], &[]);
    assert_eq!(plan.scope, "openid profile email");
    assert_eq!(plan.audience, ["orders-api"]);
    assert_eq!(plan.realm_roles.as_deref(), Some(&["clerk".to_owned()][..]));
    assert_eq!(plan.extra["name"], json!("Alice Anders"));
    assert_eq!(plan.extra["updated_at"], json!(17));
    assert_eq!(plan.extra["email_verified"], json!(true));
}

#[test]
fn a_mapper_cannot_write_a_claim_that_validators_decide_by() {
    let forged = Mapper::HardcodedClaim {
        claim: "aud".into(),
        value: json!("everything"),
    };
    let harmless = Mapper::HardcodedClaim {
        claim: "shop".into(),
        value: json!("corner"),
    };
    let plan = plan(&[], &[forged, harmless]);
    assert_eq!(plan.extra, json!({"shop": "corner"}).as_object().unwrap().clone());
}
