//! Tokens of a realm of our own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::{Client, ClientSettings};
use crate::entropy::Entropy;
use crate::id::{ClientUuid, MapperId, RealmId, ScopeId, UserId};
use crate::policy::claims::{Moment, PlanInput, Subject, TokenPlan, access_token, id_token, userinfo};
use crate::role::{HeldRoles, RoleNames};
use crate::role::{RoleBook, RoleLimit};
use crate::scope::{ClientScope, Mapper, ProtocolMapper, ScopeEntry, ScopeSettings, defaults};
use crate::timestamp::Timestamp;
use crate::user::{Profile, User};

struct Zeros;

impl Entropy for Zeros {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

pub(super) fn subject() -> Subject {
    Subject {
        user: User {
            id: UserId(Uuid::from_u128(7)),
            realm: RealmId(Uuid::nil()),
            username: "alice".into(),
            enabled: true,
            service_account_of: None,
            created_at: Timestamp::from_secs(0),
            required_actions: Vec::new(),
            not_before: Timestamp::from_secs(0),
            profile: Profile {
                email: Some("alice@example.com".into()),
                email_verified: true,
                first_name: Some("Alice".into()),
                last_name: Some("Anders".into()),
                attributes: BTreeMap::from([
                    ("updatedAt".into(), vec!["17".into()]),
                    ("locale".into(), vec!["de".into()]),
                    ("tags".into(), vec!["a".into(), "b".into()]),
                    ("forged".into(), vec![r#"{"roles":["root"]}"#.into()]),
                ]),
                ..Profile::default()
            },
        },
        held: Arc::new(HeldRoles {
            ids: BTreeSet::new(),
            names: RoleNames {
                realm: vec!["clerk".into()],
                clients: BTreeMap::from([
                    ("orders-api".into(), vec!["read".into()]),
                    ("worker".into(), vec!["own".into()]),
                ]),
            },
        }),
        groups: Vec::new(),
    }
}

fn scopes() -> BTreeMap<String, ScopeEntry> {
    let mut all = defaults::standard(&mut Zeros);
    all.push(("orders:read", ScopeSettings::default()));
    all.into_iter()
        .map(|(name, settings)| {
            let row = ClientScope {
                id: ScopeId(Uuid::nil()),
                realm: RealmId(Uuid::nil()),
                name: name.into(),
                settings,
            };
            (name.to_owned(), ScopeEntry::new(row, &RoleBook::default()))
        })
        .collect()
}

/// A mapper whose claim goes everywhere.
pub(super) fn mapper(kind: &str, config: &[(&str, &str)]) -> ProtocolMapper {
    let everywhere = [
        ("access.token.claim", "true"),
        ("id.token.claim", "true"),
        ("lightweight.claim", "true"),
        ("access.tokenResponse.claim", "true"),
    ];
    ProtocolMapper::new(MapperId(Uuid::nil()), "m", kind, &[config, &everywhere].concat())
}

pub(super) fn hardcoded(claim: &str, value: &str, json_type: &str) -> ProtocolMapper {
    let config = [
        ("claim.name", claim),
        ("claim.value", value),
        ("jsonType.label", json_type),
    ];
    mapper("oidc-hardcoded-claim-mapper", &config)
}

/// Lends what a plan of the client `worker` is made from.
pub(super) fn with_input<T>(
    granted: &[&str],
    mappers: &[ProtocolMapper],
    subject: &Subject,
    then: impl FnOnce(PlanInput<'_>) -> T,
) -> T {
    let client = Client {
        id: ClientUuid(Uuid::from_u128(1)),
        realm: RealmId(Uuid::nil()),
        client_id: "worker".into(),
        enabled: true,
        not_before: Timestamp::from_secs(0),
        settings: ClientSettings {
            web_origins: vec!["https://app.example.com".into()],
            redirect_uris: vec!["https://app.example.com/cb".into()],
            ..ClientSettings::default()
        },
    };
    then(PlanInput {
        client: &client,
        client_mappers: &Mapper::parse_all(mappers),
        limit: &RoleLimit::All,
        granted,
        scopes: &scopes(),
        roles: &RoleBook::default(),
        subject,
        acr: "1",
    })
}

pub(super) fn plan(granted: &[&str], mappers: &[ProtocolMapper]) -> TokenPlan {
    with_input(granted, mappers, &subject(), access_token)
}

fn extra(mappers: &[ProtocolMapper]) -> Value {
    Value::Object(plan(&[], mappers).extra)
}

#[test]
fn no_personal_claim_and_no_role_without_a_scope() {
    let plan = plan(&["basic", "acr", "web-origins", "orders:read"], &[]);
    assert_eq!(plan.scope, "orders:read");
    assert_eq!(plan.acr, Some("1"));
    assert_eq!(plan.allowed_origins, ["https://app.example.com"]);
    assert!(plan.auth_time);
    assert!(plan.realm_roles.is_empty() && plan.client_roles.is_empty());
    assert!(plan.extra.is_empty(), "{:?}", plan.extra);
}

#[test]
fn scopes_bring_their_claims() {
    let plan = plan(&["openid", "profile", "email", "roles"], &[]);
    assert_eq!(plan.scope, "openid profile email");
    assert_eq!(plan.audience, ["orders-api"], "and never the client itself");
    assert_eq!(plan.realm_roles, ["clerk"]);
    assert_eq!(plan.client_roles["worker"], ["own"]);
    assert_eq!(plan.extra["name"], json!("Alice Anders"));
    assert_eq!(plan.extra["updated_at"], json!(17));
    assert_eq!(plan.extra["email_verified"], json!(true));
}

#[test]
fn a_mapper_goes_where_it_says() {
    let only = |target: &str| {
        let config = [("claim.name", target), ("claim.value", "x"), (target, "true")];
        ProtocolMapper::new(MapperId(Uuid::nil()), "m", "oidc-hardcoded-claim-mapper", &config)
    };
    let mappers = [
        only("access.token.claim"),
        only("id.token.claim"),
        only("userinfo.token.claim"),
    ];
    let subject = subject();
    let told = |plan: fn(PlanInput<'_>) -> TokenPlan| {
        let extra = with_input(&[], &mappers, &subject, plan).extra;
        extra.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(told(access_token), ["access"]);
    assert_eq!(told(id_token), ["id"]);
    // One that says nothing of userinfo follows the ID token.
    assert_eq!(told(userinfo), ["id", "userinfo"]);
}

#[test]
fn lists_are_joined_and_single_claims_replaced() {
    let tags = |claim: &str, multivalued: &str| {
        let config = [
            ("user.attribute", "tags"),
            ("claim.name", claim),
            ("multivalued", multivalued),
        ];
        mapper("oidc-usermodel-attribute-mapper", &config)
    };
    let mut more = hardcoded("tags", "c", "String");
    more.config.insert("multivalued".into(), "true".into());
    let mut known = more.clone();
    known.config.insert("claim.value".into(), "a".into());
    assert_eq!(
        extra(&[
            tags("tags", "true"),
            more,
            known,
            tags("first", "false"),
            tags("tags.x", "true")
        ]),
        json!({"tags": ["a", "b", "c"], "first": "a"})
    );
    assert_eq!(
        extra(&[
            hardcoded("a.b", "1", "int"),
            hardcoded("a.c", "2", "long"),
            hardcoded("a.b", "3", "int")
        ]),
        json!({"a": {"b": 3, "c": 2}})
    );
}

#[test]
fn roles_go_into_one_list_or_into_one_for_each_client() {
    let config = |claim| [("claim.name", claim), ("multivalued", "true")];
    let kind = "oidc-usermodel-client-role-mapper";
    let prefix = ("usermodel.clientRoleMapping.rolePrefix", "${client_id}/");
    let one = mapper(kind, &[&config("roles")[..], &[prefix]].concat());
    let each = mapper(kind, &config("by_client.${client_id}"));
    let single = mapper(
        kind,
        &[
            ("claim.name", "mine"),
            ("usermodel.clientRoleMapping.clientId", "worker"),
        ],
    );
    assert_eq!(
        extra(&[one, each, single]),
        json!({
            "roles": ["orders-api/read", "worker/own"],
            "by_client": {"orders-api": ["read"], "worker": ["own"]},
            "mine": "own",
        })
    );
}

#[test]
fn a_role_is_renamed_before_one_is_given_and_both_before_the_audience() {
    let rename = mapper(
        "oidc-role-name-mapper",
        &[("role", "orders-api.read"), ("new.role.name", "stock-api.see")],
    );
    let given = mapper("oidc-hardcoded-role-mapper", &[("role", "bills-api.pay")]);
    let guest = mapper("oidc-hardcoded-role-mapper", &[("role", "guest")]);
    let plan = plan(&["roles"], &[guest, given, rename]);
    assert_eq!(plan.realm_roles, ["clerk", "guest"]);
    assert_eq!(
        plan.client_roles.keys().collect::<Vec<_>>(),
        ["bills-api", "stock-api", "worker"]
    );
    assert_eq!(plan.audience, ["bills-api", "stock-api"]);
}

#[test]
fn what_the_moment_knows_is_told_at_the_moment() {
    let note = |note: &str, claim: &str| {
        let config = [
            ("user.session.note", note),
            ("claim.name", claim),
            ("jsonType.label", "String"),
        ];
        mapper("oidc-usersessionmodel-note-mapper", &config)
    };
    let mappers = [
        note("clientAddress", "seen.from"),
        note("clientId", "who"),
        note("AUTH_TIME", "login"),
        note("IMPERSONATOR_ID", "by"),
        mapper("oidc-session-state-mapper", &[]),
    ];
    let mut machine = subject();
    machine.user.service_account_of = Some(ClientUuid(Uuid::from_u128(1)));
    let moment = Moment {
        client_address: Some([192, 0, 2, 1].into()),
        auth_time: Some(Timestamp::from_secs(9)),
        session: None,
    };
    let plan = with_input(&[], &mappers, &machine, access_token);
    assert_eq!(
        Value::Object(plan.claims(moment).into_owned()),
        json!({"who": "worker", "seen": {"from": "192.0.2.1"}})
    );
    assert_eq!(
        Value::Object(plan.answer(moment).into_owned()),
        json!({"who": "worker", "seen": {"from": "192.0.2.1"}})
    );
    let told_back = with_input(&[], &mappers, &machine, userinfo);
    assert!(told_back.claims(moment).is_empty());
    let plan = with_input(&[], &mappers, &subject(), access_token);
    let session = Uuid::from_u128(3);
    let moment = Moment {
        session: Some(crate::id::SessionId(session)),
        ..moment
    };
    assert_eq!(
        Value::Object(plan.claims(moment).into_owned()),
        json!({"login": "9", "session_state": session.to_string()})
    );
}

#[test]
fn a_pairwise_sub_is_keycloaks() {
    let config = [
        ("sectorIdentifierUri", "https://sector.example.com/uris.json"),
        ("pairwiseSubAlgorithmSalt", "salt"),
    ];
    let sub = plan(&[], &[mapper("oidc-sha256-pairwise-sub-mapper", &config)])
        .sub
        .unwrap();
    // UUID.nameUUIDFromBytes(SHA-256("sector.example.com" + id + "salt"))
    assert_eq!(sub.to_string(), "8620681e-473e-39f6-8503-be8f99ee6f5c");
}

#[test]
fn an_unknown_mapper_does_nothing() {
    let odd = mapper(
        "oidc-script-based-protocol-mapper",
        &[("claim.name", "x"), ("script", "x")],
    );
    let mut saml = hardcoded("x", "y", "String");
    saml.protocol = "saml".into();
    assert_eq!(extra(&[odd, saml]), json!({}));
}
