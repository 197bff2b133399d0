//! Parts of a realm: out with secrets masked, in beside what is there.

use serde_json::{Value, json};

use super::import::shop;
use super::support::{Admin, Reply};

async fn bring(admin: &Admin, realm: &str, body: Value) -> Reply {
    admin
        .send(
            "POST /admin/realms/{realm}/partialImport",
            &[("realm", realm)],
            Some(body),
        )
        .await
}

/// One thing of each noun.
fn each(if_exists: &str) -> Value {
    json!({
        "ifResourceExists": if_exists,
        "clients": [{ "clientId": "c1" }, { "clientId": "realm-management" }],
        "roles": {
            "realm": [{ "name": "r1", "composites": { "client": { "c1": ["cr1"] } } }],
            "client": { "c1": [{ "name": "cr1" }] },
        },
        "identityProviders": [{ "alias": "i1", "providerId": "oidc", "config": {} }],
        "groups": [{ "name": "g1", "path": "/g1", "realmRoles": ["r1"], "subGroups": [{ "name": "s" }] }],
        "users": [{
            "username": "U1",
            "enabled": true,
            "email": "u1@example.com",
            "credentials": [{ "type": "password", "value": "p" }],
            "realmRoles": ["r1"],
            "clientRoles": { "c1": ["cr1"] },
            "groups": ["/g1/s"],
        }],
    })
}

#[tokio::test]
async fn each_noun_comes_in_and_what_is_there_is_refused_kept_or_replaced() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let reply = bring(&admin, &realm, each("FAIL")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let counts = |reply: &Reply| ["added", "skipped", "overwritten"].map(|name| reply.body[name].as_u64().unwrap());
    assert_eq!(counts(&reply), [6, 0, 0]);
    let names: Vec<(&str, &str)> = reply.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["resourceType"].as_str().unwrap(),
                one["resourceName"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("CLIENT", "c1"),
            ("REALM_ROLE", "r1"),
            ("CLIENT_ROLE", "c1-->cr1"),
            ("IDP", "i1"),
            ("GROUP", "g1"),
            ("USER", "U1"),
        ]
    );
    for (part, message) in [
        (
            json!({ "clients": [{ "clientId": "c1" }] }),
            "Client id 'c1' already exists",
        ),
        (
            json!({ "roles": { "realm": [{ "name": "r1" }] } }),
            "Realm role 'r1' already exists.",
        ),
        (
            json!({ "roles": { "client": { "c1": [{ "name": "cr1" }] } } }),
            "Client role 'cr1' for client 'c1' already exists.",
        ),
        (
            json!({ "identityProviders": [{ "alias": "i1", "providerId": "oidc" }] }),
            "Identity Provider 'i1' already exists.",
        ),
        (
            json!({ "groups": [{ "name": "g1", "path": "/g1" }] }),
            "Group '/g1' already exists",
        ),
        (
            json!({ "users": [{ "username": "u1" }] }),
            "User with user name u1 already exists.",
        ),
    ] {
        let reply = bring(&admin, &realm, part).await;
        reply.assert(409, &json!({ "errorMessage": message }));
    }
    let skipped = bring(&admin, &realm, each("SKIP")).await;
    assert_eq!((skipped.status, counts(&skipped)), (200, [0, 6, 0]), "{skipped:?}");
    let replaced = bring(&admin, &realm, each("OVERWRITE")).await;
    assert_eq!((replaced.status, counts(&replaced)), (200, [0, 0, 6]), "{replaced:?}");
    let of_client = [("realm", realm.as_str()), ("clientId", "realm-management")];
    let management = admin.send("GET /admin/realms/{realm}/clients", &of_client, None).await;
    assert_eq!(management.body[0]["bearerOnly"], json!(true));
    let nothing = bring(&admin, &realm, json!({})).await;
    nothing.assert(
        200,
        &json!({ "added": 0, "skipped": 0, "overwritten": 0, "results": [] }),
    );
}

#[tokio::test]
async fn a_part_that_is_broken_changes_nothing() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let mut part = each("FAIL");
    part["users"][0]["groups"] = json!(["/nowhere"]);
    let reply = bring(&admin, &realm, part).await;
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.body["errors"],
        json!([{ "path": "users[0].groups[0]", "message": "there is no group \"/nowhere\"" }])
    );
    let its = [("realm", realm.as_str()), ("clientId", "c1")];
    let clients = admin.send("GET /admin/realms/{realm}/clients", &its, None).await;
    clients.assert(200, &json!([]));
    let reply = bring(
        &admin,
        &realm,
        json!({ "roles": { "client": { "nope": [{ "name": "x" }] } } }),
    )
    .await;
    let message = "Can not import client roles for nonexistent client named nope";
    reply.assert(412, &json!({ "errorMessage": message }));
    for body in [
        json!([]),
        json!({ "users": {} }),
        json!({ "ifResourceExists": "MAYBE" }),
    ] {
        assert_eq!(bring(&admin, &realm, body.clone()).await.status, 400, "{body}");
    }
}

/// Attack: whoever may change the realm brings in an administrator.
#[tokio::test]
async fn nobody_brings_in_more_rights_than_they_have() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let above = admin.as_user(&realm, &["realm-admin"]).await;
    let user = above.user.unwrap().to_string();
    let its = [("realm", realm.as_str()), ("user", user.as_str())];
    let above_name = admin
        .send("GET /admin/realms/{realm}/users/{user}", &its, None)
        .await
        .body["username"]
        .clone();
    let caller = admin
        .as_user(
            &realm,
            &["manage-realm", "manage-users", "manage-clients", "query-groups"],
        )
        .await;
    let rights = json!({ "realm-management": ["realm-admin"] });
    let forbidden = json!({ "error": "HTTP 403 Forbidden" });
    for part in [
        json!({ "users": [{ "username": "evil", "clientRoles": rights }] }),
        json!({ "groups": [{ "name": "evil", "clientRoles": rights }] }),
        json!({ "roles": { "realm": [{ "name": "evil", "composites": { "client": rights } }] } }),
        json!({ "ifResourceExists": "OVERWRITE", "users": [{ "username": above_name }] }),
        json!({ "identityProviders": [{ "alias": "i1", "providerId": "oidc" }] }),
    ] {
        bring(&caller, &realm, part).await.assert(403, &forbidden);
    }
    // Rights that the caller has may be given on.
    let own = json!({ "users": [{ "username": "helper", "clientRoles": { "realm-management": ["manage-users"] } }] });
    assert_eq!(bring(&caller, &realm, own).await.status, 200);
    // A role that is a right is not replaced.
    let role = json!({
        "ifResourceExists": "OVERWRITE",
        "roles": { "client": { "realm-management": [{ "name": "manage-users", "composites": { "client": rights } }] } },
    });
    let reply = bring(&admin, &realm, role).await;
    assert_eq!(
        (reply.status, reply.body["skipped"].clone()),
        (200, json!(1)),
        "{reply:?}"
    );
    let realm_only = admin.as_user(&realm, &["manage-realm"]).await;
    bring(&realm_only, &realm, json!({ "users": [{ "username": "x" }] }))
        .await
        .assert(403, &forbidden);
    assert_eq!(bring(&realm_only, &realm, json!({})).await.status, 200);
}

async fn send_out(admin: &Admin, realm: &str, more: &[(&str, &str)]) -> Reply {
    let parameters = [&[("realm", realm)], more].concat();
    admin
        .send("POST /admin/realms/{realm}/partial-export", &parameters, None)
        .await
}

#[tokio::test]
async fn a_part_goes_out_without_secrets_and_people() {
    let admin = Admin::start().await;
    let imported = admin.send("POST /admin/realms", &[], Some(shop())).await;
    assert_eq!(imported.created(), "shop");
    let everything = [("exportClients", "true"), ("exportGroupsAndRoles", "true")];
    let part = send_out(&admin, "shop", &everything).await;
    assert_eq!(part.status, 200);
    for secret in [
        "shop-worker-secret-0123456789",
        "corp-idp-secret",
        "ldap-reader-secret",
        "secretData",
    ] {
        assert!(!part.text.contains(secret), "{secret}");
    }
    let keys = shop()["components"]["org.keycloak.keys.KeyProvider"].clone();
    for key in keys.as_array().unwrap() {
        for name in ["privateKey", "ecdsaPrivateKey", "eddsaPrivateKey", "secret"] {
            if let Some(secret) = key["config"][name][0].as_str() {
                assert!(!part.text.contains(&secret[secret.len() - 16..]), "{name}");
            }
        }
    }
    assert_eq!(part.body["clients"].as_array().unwrap().len(), 27);
    let users = part.body["users"].as_array().unwrap();
    assert!(users.iter().all(|user| user["serviceAccountClientId"].is_string()));
    assert_eq!(users.len(), 11);
    let realm = admin.realm().await;
    let nobody = send_out(&admin, &realm, &everything).await;
    assert_eq!((nobody.status, nobody.body.get("users")), (200, None));
    let little = send_out(&admin, "shop", &[]).await;
    for member in ["clients", "groups", "roles", "users"] {
        assert_eq!(little.body.get(member), None, "{member}");
    }
    // What went out comes in again, under another name and with ids of its own.
    let mut copy = little.body;
    copy["realm"] = json!("copy");
    copy["id"] = json!("another");
    for member in [
        "clientScopes",
        "components",
        "authenticationFlows",
        "authenticatorConfig",
        "identityProviders",
    ] {
        copy.as_object_mut().unwrap().remove(member);
    }
    for member in [
        "identityProviderMappers",
        "defaultDefaultClientScopes",
        "defaultOptionalClientScopes",
        "defaultRole",
    ] {
        copy.as_object_mut().unwrap().remove(member);
    }
    copy["defaultGroups"] = json!([]);
    let reply = admin.send("POST /admin/realms", &[], Some(copy)).await;
    assert_eq!(reply.created(), "copy");
}

#[tokio::test]
async fn each_part_that_goes_out_asks_for_its_right() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let realm_only = admin.as_user(&realm, &["manage-realm"]).await;
    assert_eq!(send_out(&realm_only, &realm, &[]).await.status, 200);
    assert_eq!(
        send_out(&realm_only, &realm, &[("exportClients", "true")]).await.status,
        403
    );
    assert_eq!(
        send_out(&realm_only, &realm, &[("exportGroupsAndRoles", "true")])
            .await
            .status,
        403
    );
    let viewer = admin.as_user(&realm, &["view-realm"]).await;
    assert_eq!(send_out(&viewer, &realm, &[]).await.status, 403);
}
