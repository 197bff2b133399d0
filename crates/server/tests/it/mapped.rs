//! What is in a token by roles, groups, scope mappings and protocol mappers, over HTTP.

use keyward_domain::client::{ClientAuthMethod, ClientSettings, ClientType, IdTokenContent, Pkce, RoleScope};
use keyward_domain::group::Group;
use keyward_domain::id::{ClientUuid, GroupId, RoleId, ScopeId, UserId};
use keyward_domain::ports::Tx;
use keyward_domain::role::{Role, ScopeMapping, ScopeOwner};
use keyward_domain::scope::{ClientScope, ScopeSettings};
use keyward_domain::user::Attributes;
use keyward_domain::{Timestamp, entropy};
use keyward_server::SystemEntropy;
use serde_json::{Value, json};

use crate::support::client::{audience, mapper};
use crate::support::jwt::claims;
use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::tokens::text;
use crate::support::{Browser, Credentials, Response, TestServer, service};

/// A confidential client of Keycloak's kind with the password grant: what is in its tokens, the mappers say.
fn shop() -> ClientSettings {
    let mut settings = ClientSettings {
        client_type: ClientType::Confidential,
        direct_access_grants: true,
        ..spa()
    };
    settings.id_token.content = IdTokenContent::Mappers;
    settings.default_scopes.push("roles".into());
    settings
}

async fn asked(server: &TestServer, client: &Credentials, scope: &str) -> Response {
    let form = [
        ("grant_type", "password"),
        ("username", "alice"),
        ("password", PASSWORD),
        ("scope", scope),
    ];
    server.ask(Some(client), &form).await
}

async fn tokens(server: &TestServer, client: &Credentials, scope: &str) -> Value {
    let answer = asked(server, client, scope).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn access(tokens: &Value) -> Value {
    claims(text(tokens, "access_token"))
}

async fn role(server: &TestServer, tx: &mut dyn Tx, client: Option<ClientUuid>, name: &str) -> RoleId {
    let role = Role {
        id: RoleId(entropy::uuid(&mut SystemEntropy)),
        realm: server.realm.id,
        client,
        name: name.into(),
        description: String::new(),
        attributes: Attributes::new(),
    };
    tx.insert_role(&role).await.unwrap();
    role.id
}

async fn group(server: &TestServer, tx: &mut dyn Tx, parent: Option<GroupId>, name: &str) -> GroupId {
    let group = Group {
        id: GroupId(entropy::uuid(&mut SystemEntropy)),
        realm: server.realm.id,
        parent,
        name: name.into(),
        description: String::new(),
        attributes: Attributes::from([("desk".into(), vec![name.to_owned()])]),
    };
    tx.insert_group(&group).await.unwrap();
    group.id
}

async fn scope(server: &TestServer, tx: &mut dyn Tx, name: &str) -> ScopeId {
    let scope = ClientScope {
        id: ScopeId(entropy::uuid(&mut SystemEntropy)),
        realm: server.realm.id,
        name: name.into(),
        settings: ScopeSettings::default(),
    };
    tx.insert_scope(&scope).await.unwrap();
    scope.id
}

async fn row(server: &TestServer, tx: &mut dyn Tx, client: &Credentials) -> ClientUuid {
    let client = tx
        .client_by_client_id(server.realm.id, &client.client_id)
        .await
        .unwrap();
    client.unwrap().id
}

async fn service_account(server: &TestServer, tx: &mut dyn Tx, client: ClientUuid) -> UserId {
    let all = tx.service_accounts(server.realm.id).await.unwrap();
    let theirs = all.iter().find(|user| user.service_account_of == Some(client));
    theirs.unwrap().id
}

#[tokio::test]
async fn roles_come_of_groups_and_of_all_above_them() {
    let server = TestServer::start().await;
    let shop_client = server.create("shop", shop()).await;
    let alice = server.person("alice").await;
    server
        .change(async |tx| {
            let (clerk, manager) = (
                role(&server, tx, None, "clerk").await,
                role(&server, tx, None, "manager").await,
            );
            let staff = group(&server, tx, None, "staff").await;
            let support = group(&server, tx, Some(staff), "support").await;
            tx.assign_group_role(staff, clerk).await.unwrap();
            tx.assign_role(alice, manager).await.unwrap();
            tx.join_group(alice, support).await.unwrap();
        })
        .await;
    let token = access(&tokens(&server, &shop_client, "openid").await);
    assert_eq!(token["realm_access"]["roles"], json!(["clerk", "manager"]));
}

#[tokio::test]
async fn the_service_account_of_a_client_has_the_roles_of_its_groups() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.default_scopes.push("roles".into());
    let worker = server.create("worker", settings).await;
    server
        .change(async |tx| {
            let clerk = role(&server, tx, None, "clerk").await;
            let staff = group(&server, tx, None, "staff").await;
            tx.assign_group_role(staff, clerk).await.unwrap();
            let client = row(&server, tx, &worker).await;
            let account = service_account(&server, tx, client).await;
            tx.join_group(account, staff).await.unwrap();
        })
        .await;
    let token = claims(&server.access_token(&worker).await);
    assert_eq!(token["realm_access"]["roles"], json!(["clerk"]));
}

#[tokio::test]
async fn a_client_without_the_full_scope_lets_in_only_what_is_mapped() {
    let server = TestServer::start().await;
    let narrow = server
        .create(
            "narrow",
            ClientSettings {
                role_scope: RoleScope::Mapped,
                optional_scopes: ["openid", "write"].map(str::to_owned).into(),
                ..shop()
            },
        )
        .await;
    let alice = server.person("alice").await;
    server
        .change(async |tx| {
            let client = row(&server, tx, &narrow).await;
            let own = role(&server, tx, Some(client), "own").await;
            let [clerk, boss, writer] = [
                role(&server, tx, None, "clerk").await,
                role(&server, tx, None, "boss").await,
                role(&server, tx, None, "writer").await,
            ];
            for role in [own, clerk, boss, writer] {
                tx.assign_role(alice, role).await.unwrap();
            }
            let write = scope(&server, tx, "write").await;
            for (owner, role) in [(ScopeOwner::Client(client), clerk), (ScopeOwner::Scope(write), writer)] {
                tx.add_scope_mapping(ScopeMapping { owner, role }).await.unwrap();
            }
        })
        .await;
    let token = access(&tokens(&server, &narrow, "openid").await);
    assert_eq!(token["realm_access"]["roles"], json!(["clerk"]));
    assert_eq!(token["resource_access"], json!({"narrow": {"roles": ["own"]}}));
    assert_eq!(
        token["aud"], "backend-api",
        "the client's own roles make it no audience"
    );
    let token = access(&tokens(&server, &narrow, "openid write").await);
    assert_eq!(token["realm_access"]["roles"], json!(["clerk", "writer"]));
}

#[tokio::test]
async fn a_scope_with_roles_is_given_only_to_who_holds_one_and_follows_a_change() {
    let server = TestServer::start().await;
    let mut settings = shop();
    settings.optional_scopes.push("write".into());
    let client = server.create("shop", settings).await;
    let alice = server.person("alice").await;
    let mut roles = Vec::new();
    server
        .change(async |tx| {
            let (senior, writer) = (
                role(&server, tx, None, "senior").await,
                role(&server, tx, None, "writer").await,
            );
            tx.add_to_composite(senior, writer).await.unwrap();
            let owner = ScopeOwner::Scope(scope(&server, tx, "write").await);
            tx.add_scope_mapping(ScopeMapping { owner, role: senior })
                .await
                .unwrap();
            roles.extend([senior, writer]);
        })
        .await;
    let first = tokens(&server, &client, "openid write").await;
    assert_eq!(first["scope"], "openid");
    assert_eq!(access(&first)["scope"], "openid");
    // Whoever holds a part of a mapped composite has the scope.
    let writer = roles[1];
    server
        .change(async |tx| tx.assign_role(alice, writer).await.unwrap())
        .await;
    assert_eq!(tokens(&server, &client, "openid write").await["scope"], "openid write");
    server
        .change(async |tx| assert!(tx.unassign_role(alice, writer).await.unwrap()))
        .await;
    assert_eq!(tokens(&server, &client, "openid write").await["scope"], "openid");
}

#[tokio::test]
async fn who_may_not_stay_away_gets_no_offline_token_and_loses_one() {
    let server = TestServer::start().await;
    let client = server.create("shop", shop()).await;
    let alice = server.person("alice").await;
    let refused = "Offline tokens not allowed for the user or client";
    let mut offline = None;
    server
        .change(async |tx| {
            let role = role(&server, tx, None, "offline_access").await;
            let all = tx.scopes(server.realm.id).await.unwrap();
            let scope = all.iter().find(|scope| scope.name == "offline_access").unwrap();
            let owner = ScopeOwner::Scope(scope.id);
            tx.add_scope_mapping(ScopeMapping { owner, role }).await.unwrap();
            offline = Some(role);
        })
        .await;
    asked(&server, &client, "openid offline_access")
        .await
        .assert_error(400, "invalid_scope", refused);
    // Nor by a code, which is not spent.
    server.create("front", spa()).await;
    let scope = [("scope", "openid offline_access")];
    let code = Browser::new(&server).code("alice", "front", &scope).await;
    server
        .redeem("front", &code)
        .await
        .assert_error(400, "invalid_scope", refused);
    let role = offline.unwrap();
    server
        .change(async |tx| tx.assign_role(alice, role).await.unwrap())
        .await;
    assert_eq!(server.redeem("front", &code).await.status, 200);
    let given = tokens(&server, &client, "openid offline_access").await;
    server
        .change(async |tx| assert!(tx.unassign_role(alice, role).await.unwrap()))
        .await;
    server
        .refresh_as(&client, text(&given, "refresh_token"))
        .await
        .assert_error(
            400,
            "invalid_grant",
            "Offline session invalid because offline access not granted anymore",
        );
}

#[tokio::test]
async fn groups_and_their_attributes_are_told() {
    let server = TestServer::start().await;
    let mut settings = shop();
    settings.mappers.extend([
        mapper(
            "groups",
            "oidc-group-membership-mapper",
            &[("claim.name", "groups"), ("full.path", "true")],
        ),
        mapper(
            "desks",
            "oidc-usermodel-attribute-mapper",
            &[
                ("claim.name", "desks"),
                ("user.attribute", "desk"),
                ("multivalued", "true"),
                ("aggregate.attrs", "true"),
            ],
        ),
        mapper(
            "desk",
            "oidc-usermodel-attribute-mapper",
            &[("claim.name", "work.desk"), ("user.attribute", "desk")],
        ),
    ]);
    let client = server.create("shop", settings).await;
    let alice = server.person("alice").await;
    server
        .change(async |tx| {
            let staff = group(&server, tx, None, "staff").await;
            let support = group(&server, tx, Some(staff), "a/b").await;
            tx.join_group(alice, support).await.unwrap();
        })
        .await;
    let given = tokens(&server, &client, "openid").await;
    let told = json!({"groups": ["/staff/a~/b"], "desks": ["a/b", "staff"], "work": {"desk": "a/b"}});
    let userinfo = server.userinfo(text(&given, "access_token")).await.json();
    let introspected = server
        .introspect(&server.api, text(&given, "access_token"))
        .await
        .json();
    for claims in [access(&given), claims(text(&given, "id_token")), userinfo, introspected] {
        for (name, value) in told.as_object().unwrap() {
            assert_eq!(&claims[name], value, "{claims}");
        }
    }
}

#[tokio::test]
async fn a_mapper_that_forges_realm_access_has_no_effect() {
    let server = TestServer::start().await;
    let mut settings = shop();
    for claim in [
        "realm_access",
        "realm_access.roles",
        "resource_access.realm-management.roles",
    ] {
        let config = [
            ("claim.name", claim),
            ("claim.value", r#"["realm-admin"]"#),
            ("jsonType.label", "JSON"),
            ("access.tokenResponse.claim", "true"),
        ];
        settings
            .mappers
            .push(mapper(claim, "oidc-hardcoded-claim-mapper", &config));
    }
    let client = server.create("shop", settings).await;
    server.person("alice").await;
    let given = tokens(&server, &client, "openid").await;
    let token = text(&given, "access_token");
    let answers = [
        access(&given),
        claims(text(&given, "id_token")),
        server.userinfo(token).await.json(),
        server.introspect(&server.api, token).await.json(),
    ];
    for told in answers {
        assert!(!told.to_string().contains("realm-admin"), "{told}");
    }
}

#[tokio::test]
async fn members_of_the_answer_are_mappers_too_and_replace_none_of_ours() {
    let server = TestServer::start().await;
    let mut settings = service();
    for (claim, value) in [("shop", "corner"), ("scope", "everything"), ("access_token", "forged")] {
        let config = [
            ("claim.name", claim),
            ("claim.value", value),
            ("access.tokenResponse.claim", "true"),
        ];
        settings
            .mappers
            .push(mapper(claim, "oidc-hardcoded-claim-mapper", &config));
    }
    let client = server.create("worker", settings).await;
    let answer = server.token(&client, &[]).await.json();
    assert_eq!((&answer["shop"], &answer["scope"]), (&json!("corner"), &json!("")));
    assert_eq!(claims(text(&answer, "access_token"))["shop"], "corner");
}

#[tokio::test]
async fn a_machine_says_where_it_called_from() {
    let server = TestServer::start().await;
    let mut settings = service();
    let note = [
        ("user.session.note", "clientAddress"),
        ("claim.name", "clientAddress"),
        ("jsonType.label", "String"),
    ];
    settings
        .mappers
        .push(mapper("address", "oidc-usersessionmodel-note-mapper", &note));
    let client = server.create("worker", settings).await;
    let token = claims(&server.access_token(&client).await);
    assert_eq!(token["clientAddress"], "127.0.0.1");
}

#[tokio::test]
async fn a_lightweight_token_says_little_and_its_api_learns_the_rest() {
    let server = TestServer::start().await;
    let mut settings = shop();
    settings.access_token.lightweight = true;
    settings.default_scopes.push("email".into());
    let mut told = mapper(
        "tier",
        "oidc-hardcoded-claim-mapper",
        &[("claim.name", "tier"), ("claim.value", "gold")],
    );
    told.config.insert("lightweight.claim".into(), "true".into());
    settings.mappers.push(told);
    let client = server.create("light", settings).await;
    server.person("alice").await;
    let given = tokens(&server, &client, "openid").await;
    let token = text(&given, "access_token");
    let light = claims(token);
    let names: Vec<&String> = light.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "azp",
            "client_id",
            "exp",
            "iat",
            "iss",
            "jti",
            "scope",
            "sid",
            "sub",
            "tier",
            "typ"
        ]
    );
    assert!(light["jti"].as_str().unwrap().starts_with("onltro:"));
    let told = server.introspect(&server.api, token).await.json();
    assert_eq!((&told["active"], &told["aud"]), (&json!(true), &json!("backend-api")));
    assert_eq!(told["email"], "alice@example.com");
    // Not an audience, not even by the mappers.
    assert!(!server.is_active(&client, token).await);
    let refused = server.userinfo(token).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(challenge.contains("Lightweight access token not allowed for userinfo endpoint"));
}

#[tokio::test]
async fn a_pairwise_client_learns_no_other_name_of_its_people() {
    let server = TestServer::start().await;
    let mut settings = shop();
    let salt = [("pairwiseSubAlgorithmSalt", "s4lt")];
    settings
        .mappers
        .push(mapper("pairwise", "oidc-sha256-pairwise-sub-mapper", &salt));
    let client = server.create("shop", settings).await;
    let alice = server.person("alice").await;
    let given = tokens(&server, &client, "openid").await;
    let sub = access(&given)["sub"].clone();
    assert_ne!(sub, alice.to_string());
    for name in ["access_token", "id_token", "refresh_token"] {
        let claims = claims(text(&given, name));
        assert_eq!(claims["sub"], sub, "{name}");
        assert!(!claims.to_string().contains(&alice.to_string()), "{name}");
    }
    let token = text(&given, "access_token");
    assert_eq!(server.userinfo(token).await.json()["sub"], sub);
    assert_eq!(server.introspect(&server.api, token).await.json()["sub"], sub);
    let refreshed = server.refresh_as(&client, text(&given, "refresh_token")).await;
    assert_eq!(access(&refreshed.json())["sub"], sub);
    // The token is still hers: it ends with her.
    server.edit_person("alice", |user| user.enabled = false).await;
    assert_eq!(server.userinfo(token).await.status, 401);
}

#[tokio::test]
async fn a_pairwise_sub_shown_again_is_the_person_who_is_there() {
    let server = TestServer::start().await;
    let mut settings = spa();
    let salt = [("pairwiseSubAlgorithmSalt", "s4lt")];
    settings
        .mappers
        .push(mapper("pairwise", "oidc-sha256-pairwise-sub-mapper", &salt));
    server.create("front", settings).await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    let code = browser.code("alice", "front", &[]).await;
    let given = server.redeem("front", &code).await.json();
    let again = authorize(
        "front",
        &[("prompt", "none"), ("id_token_hint", text(&given, "id_token"))],
    );
    assert!(!code_of(&browser.get(&again).await).is_empty());
}

#[tokio::test]
async fn the_roles_and_the_name_of_a_disabled_client_stand_in_no_token() {
    let server = TestServer::start().await;
    let mut settings = shop();
    settings.mappers.extend([
        audience("orders"),
        mapper("given", "oidc-hardcoded-role-mapper", &[("role", "orders.write")]),
    ]);
    let client = server.create("shop", settings).await;
    let orders = server.create("orders", ClientSettings::default()).await;
    let alice = server.person("alice").await;
    server
        .change(async |tx| {
            let orders = row(&server, tx, &orders).await;
            let read = role(&server, tx, Some(orders), "read").await;
            tx.assign_role(alice, read).await.unwrap();
        })
        .await;
    let token = access(&tokens(&server, &client, "openid").await);
    assert_eq!(token["resource_access"]["orders"]["roles"], json!(["read", "write"]));
    assert_eq!(token["aud"], json!(["backend-api", "orders"]));
    server.edit(&orders, |client| client.enabled = false).await;
    let token = access(&tokens(&server, &client, "openid").await);
    assert_eq!(
        (&token["aud"], token.get("resource_access")),
        (&json!("backend-api"), None)
    );
}

#[tokio::test]
async fn tokens_from_before_a_persons_not_before_are_refused() {
    let server = TestServer::start().await;
    let client = server.create("shop", shop()).await;
    server.person("alice").await;
    let given = tokens(&server, &client, "openid").await;
    let issued = access(&given)["iat"].as_i64().unwrap();
    server
        .edit_person("alice", |user| user.not_before = Timestamp::from_secs(issued + 1))
        .await;
    assert_eq!(server.userinfo(text(&given, "access_token")).await.status, 401);
    server
        .refresh_as(&client, text(&given, "refresh_token"))
        .await
        .assert_error(400, "invalid_grant", "Stale token");
    server.wait(2).await;
    let young = tokens(&server, &client, "openid").await;
    assert_eq!(young["not-before-policy"], issued + 1);
    assert_eq!(server.userinfo(text(&young, "access_token")).await.status, 200);
}

#[tokio::test]
async fn a_bearer_only_client_gets_no_token() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.bearer_only = true;
    let client = server.create("legacy-api", settings).await;
    server
        .token(&client, &[])
        .await
        .assert_error(400, "invalid_client", "Bearer-only not allowed");
    let page = Browser::new(&server).get(&authorize("legacy-api", &[])).await;
    assert_eq!(page.status, 403);
}

#[tokio::test]
async fn a_client_with_a_method_that_is_not_offered_never_authenticates() {
    let server = TestServer::start().await;
    let text = "Invalid client or Invalid client credentials";
    let client = server.create("assertions", service()).await;
    assert_eq!(server.token(&client, &[]).await.status, 200);
    server
        .edit(&client, |client| {
            client.settings.auth_method = ClientAuthMethod::NotOffered;
        })
        .await;
    server
        .token(&client, &[])
        .await
        .assert_error(401, "invalid_client", text);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "assertions"),
        ("client_secret", &client.secret),
    ];
    server.ask(None, &form).await.assert_error(401, "invalid_client", text);
    server
        .edit(&client, |client| client.settings.client_type = ClientType::Public)
        .await;
    server
        .ask(None, &form[..2])
        .await
        .assert_error(401, "invalid_client", text);
}

#[tokio::test]
async fn a_realm_decides_about_pkce_and_rotation() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    let front = Credentials::new("front", "");
    server
        .edit(&front, |client| client.settings.pkce = Pkce::Optional)
        .await;
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    let refused = Browser::new(&server).get(&authorize("front", &bare)).await;
    assert!(refused.header("location").unwrap().contains("error=invalid_request"));
    server
        .edit_realm(|realm| {
            realm.settings.pkce_for_public_clients = false;
            realm.settings.public_refresh_tokens_stay = true;
        })
        .await;
    let code = Browser::new(&server).code("alice", "front", &bare).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "front"),
        ("code", &code),
        ("redirect_uri", crate::support::person::CALLBACK),
    ];
    let given = server.ask(None, &form).await.json();
    let token = text(&given, "refresh_token");
    for _ in 0..2 {
        let again = server.refresh("front", token).await;
        assert_eq!(again.status, 200);
        assert_eq!(again.member("refresh_token"), token);
    }
    // A challenge that was sent counts all the same.
    let code = Browser::new(&server).code("alice", "front", &[]).await;
    let form = [form[0], form[1], ("code", &code), form[3]];
    server
        .ask(None, &form)
        .await
        .assert_error(400, "invalid_grant", "PKCE code verifier not specified");
}

#[tokio::test]
async fn confidential_clients_rotate_where_the_realm_says_so() {
    let server = TestServer::start().await;
    let client = server.create("shop", shop()).await;
    server.person("alice").await;
    let given = tokens(&server, &client, "openid").await;
    let token = text(&given, "refresh_token");
    assert_eq!(server.refresh_as(&client, token).await.member("refresh_token"), token);
    server
        .edit_realm(|realm| realm.settings.revoke_refresh_token = true)
        .await;
    assert_ne!(server.refresh_as(&client, token).await.member("refresh_token"), token);
}
