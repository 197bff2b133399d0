//! Client policies and profiles.

use serde_json::{Value, json};

use super::super::support::{Admin, Reply};
use super::{get, make, put};

const SHOW_POLICIES: &str = "GET /admin/realms/{realm}/client-policies/policies";
const SET_POLICIES: &str = "PUT /admin/realms/{realm}/client-policies/policies";
const SHOW_PROFILES: &str = "GET /admin/realms/{realm}/client-policies/profiles";
const SET_PROFILES: &str = "PUT /admin/realms/{realm}/client-policies/profiles";

async fn set(admin: &Admin, realm: &str, executors: Value) {
    let place = [("realm", realm)];
    let profiles = json!({ "profiles": [{ "name": "ours", "description": "d", "executors": executors }] });
    admin.send(SET_PROFILES, &place, Some(profiles)).await.assert_done();
    let condition = json!({ "condition": "any-client", "configuration": {} });
    let policy = json!({ "name": "all", "enabled": true, "conditions": [condition], "profiles": ["ours"] });
    admin
        .send(SET_POLICIES, &place, Some(json!({ "policies": [policy] })))
        .await
        .assert_done();
}

async fn create(admin: &Admin, realm: &str, body: Value) -> Reply {
    admin
        .send("POST /admin/realms/{realm}/clients", &[("realm", realm)], Some(body))
        .await
}

#[tokio::test]
async fn policies_and_profiles_are_kept_whole() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let place = [("realm", realm.as_str())];
    admin
        .send(SHOW_POLICIES, &place, None)
        .await
        .assert(200, &json!({ "policies": [] }));
    admin
        .send(SHOW_PROFILES, &place, None)
        .await
        .assert(200, &json!({ "profiles": [] }));
    let executor = json!({ "executor": "pkce-enforcer", "configuration": { "auto-configure": true } });
    let profiles = json!({ "profiles": [{ "name": "ours", "description": "PKCE", "executors": [executor] }] });
    admin
        .send(SET_PROFILES, &place, Some(profiles.clone()))
        .await
        .assert_done();
    admin.send(SHOW_PROFILES, &place, None).await.assert(200, &profiles);
    let all = [("realm", realm.as_str()), ("include-global-profiles", "true")];
    let global = admin.send(SHOW_PROFILES, &all, None).await;
    assert_eq!(global.body["globalProfiles"].as_array().unwrap().len(), 10);

    let policy =
        json!({ "name": "p", "conditions": [{ "condition": "any-client" }], "profiles": ["ours", "fapi-ciba"] });
    admin
        .send(SET_POLICIES, &place, Some(json!({ "policies": [policy] })))
        .await
        .assert_done();
    let mut kept = policy;
    kept["enabled"] = json!(false);
    admin
        .send(SHOW_POLICIES, &place, None)
        .await
        .assert(200, &json!({ "policies": [kept] }));
    let all = [("realm", realm.as_str()), ("include-global-policies", "true")];
    assert_eq!(
        admin.send(SHOW_POLICIES, &all, None).await.body["globalPolicies"],
        json!([])
    );
    admin
        .send(SHOW_PROFILES, &[("realm", &other)], None)
        .await
        .assert(200, &json!({ "profiles": [] }));
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_keycloaks_words() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    let policy = |more: Value| {
        let mut policy = json!({ "name": "p", "enabled": true });
        policy
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "policies": [policy] })
    };
    let no_executor = "proposed client profile contains the executor, which does not have valid provider, or has invalid \
                       configuration.";
    let twice = json!([{ "name": "x" }, { "name": "x" }]);
    let cases = [
        (
            SET_POLICIES,
            json!({ "policies": [{}] }),
            "client policy without name not allowed",
        ),
        (
            SET_POLICIES,
            json!({ "policies": twice }),
            "proposed client policy name duplicated",
        ),
        (
            SET_POLICIES,
            policy(json!({ "conditions": [{ "condition": "nope" }] })),
            "Policy p contains invalid condition nope",
        ),
        (
            SET_POLICIES,
            policy(json!({ "profiles": ["zzz"] })),
            "Policy p contains invalid profile zzz",
        ),
        (
            SET_POLICIES,
            json!({ "globalPolicies": [{ "name": "z" }] }),
            "Global policies cannot be updated",
        ),
        (
            SET_PROFILES,
            json!({ "profiles": [{}] }),
            "client profile without its name not allowed.",
        ),
        (
            SET_PROFILES,
            json!({ "profiles": twice }),
            "proposed client profile name duplicated.",
        ),
        (
            SET_PROFILES,
            json!({ "profiles": [{ "name": "fapi-1-baseline" }] }),
            "Proposed profile name 'fapi-1-baseline' is duplicated as a global profile",
        ),
        (
            SET_PROFILES,
            json!({ "profiles": [{ "name": "a", "executors": [{ "executor": "nope" }] }] }),
            no_executor,
        ),
        (
            SET_PROFILES,
            json!({ "globalProfiles": [{ "name": "z" }] }),
            "Global profiles cannot be updated",
        ),
    ];
    for (route, body, text) in cases {
        let reply = admin.send(route, &place, Some(body.clone())).await;
        assert_eq!(
            (reply.status, &reply.body),
            (400, &json!({ "errorMessage": text })),
            "{body}"
        );
    }
    for route in [SET_POLICIES, SET_PROFILES] {
        assert_eq!(admin.send(route, &place, Some(json!({ "bogus": 1 }))).await.status, 400);
        let viewer = admin.as_user(&realm, &["view-realm", "manage-clients"]).await;
        assert_eq!(viewer.send(route, &place, Some(json!({}))).await.status, 403);
    }
    for route in [SHOW_POLICIES, SHOW_PROFILES] {
        let manager = admin.as_user(&realm, &["manage-clients"]).await;
        assert_eq!(manager.send(route, &place, None).await.status, 403);
    }
}

#[tokio::test]
async fn executors_shape_what_is_made_and_changed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let before = make(&admin, &realm, json!({ "clientId": "before" })).await;
    let on = json!({ "auto-configure": true });
    set(
        &admin,
        &realm,
        json!([
            { "executor": "pkce-enforcer", "configuration": on },
            { "executor": "consent-required", "configuration": on },
            { "executor": "full-scope-disabled", "configuration": { "auto-configure": "true" } },
            { "executor": "reject-implicit-grant", "configuration": on },
            { "executor": "reject-ropc-grant", "configuration": on },
            { "executor": "use-lightweight-access-token", "configuration": {} },
            { "executor": "secure-session", "configuration": {} },
        ]),
    )
    .await;
    let body = json!({ "clientId": "after", "implicitFlowEnabled": true, "directAccessGrantsEnabled": true });
    let after = make(&admin, &realm, body).await;
    put(&admin, &realm, &before, json!({ "description": "touched" }))
        .await
        .assert_done();
    for id in [before, after] {
        let seen = get(&admin, &realm, &id).await;
        assert_eq!(seen["attributes"]["pkce.code.challenge.method"], "S256");
        assert_eq!(
            seen["attributes"]["client.use.lightweight.access.token.enabled"],
            "true"
        );
        for (member, value) in [
            ("consentRequired", true),
            ("fullScopeAllowed", false),
            ("implicitFlowEnabled", false),
            ("directAccessGrantsEnabled", false),
        ] {
            assert_eq!(seen[member], value, "{member}");
        }
    }
}

#[tokio::test]
async fn executors_that_may_not_set_refuse() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let (metadata, registration) = ("invalid_client_metadata", "invalid_registration");
    let only_jwt = json!({ "allowed-client-authenticators": ["client-jwt"] });
    let cases = [
        (
            "pkce-enforcer",
            json!({}),
            json!({}),
            metadata,
            "Invalid client metadata: code_challenge_method",
        ),
        (
            "consent-required",
            json!({}),
            json!({}),
            registration,
            "Client is required to enable consentRequired",
        ),
        (
            "full-scope-disabled",
            json!({}),
            json!({}),
            registration,
            "Not permitted to enable fullScopeAllowed",
        ),
        (
            "reject-implicit-grant",
            json!({}),
            json!({ "implicitFlowEnabled": true }),
            metadata,
            "Invalid client metadata: implicit flow enabled",
        ),
        (
            "reject-ropc-grant",
            json!({}),
            json!({ "directAccessGrantsEnabled": true }),
            metadata,
            "Invalid client metadata: resource owner password credentials grant enabled",
        ),
        (
            "secure-client-uris",
            json!({}),
            json!({ "redirectUris": ["http://x/y"] }),
            metadata,
            "Invalid redirectUris",
        ),
        (
            "secure-client-uris",
            json!({}),
            json!({ "redirectUris": ["https://x/*"] }),
            metadata,
            "Invalid redirectUris",
        ),
        (
            "secure-client-uris",
            json!({}),
            json!({ "rootUrl": "http://x" }),
            metadata,
            "Invalid rootUrl",
        ),
        (
            "secure-client-authenticator",
            only_jwt.clone(),
            json!({}),
            metadata,
            "Invalid client metadata: token_endpoint_auth_method",
        ),
        (
            "secure-client-authenticator",
            only_jwt,
            json!({ "clientAuthenticatorType": "client-secret" }),
            metadata,
            "Invalid client metadata: token_endpoint_auth_method",
        ),
    ];
    for (executor, configuration, body, error, text) in cases {
        set(
            &admin,
            &realm,
            json!([{ "executor": executor, "configuration": configuration }]),
        )
        .await;
        let mut body = body;
        body["clientId"] = json!("refused");
        let reply = create(&admin, &realm, body).await;
        let wanted = json!({ "error": error, "error_description": text });
        assert_eq!((reply.status, &reply.body), (400, &wanted), "{executor}");
    }
    let default =
        json!({ "allowed-client-authenticators": ["client-jwt"], "default-client-authenticator": "client-jwt" });
    set(
        &admin,
        &realm,
        json!([{ "executor": "secure-client-authenticator", "configuration": default }]),
    )
    .await;
    let id = make(&admin, &realm, json!({ "clientId": "jwt" })).await;
    assert_eq!(get(&admin, &realm, &id).await["clientAuthenticatorType"], "client-jwt");
}
