//! Nobody becomes more than they are by a client.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{forbidden, get, make, of, put, row, token};

/// A client whose service account holds an admin role. Returns its row.
async fn powerful(admin: &Admin, realm: &str, role: &str) -> String {
    let body = json!({ "clientId": "power", "secret": "s", "serviceAccountsEnabled": true });
    let id = make(admin, realm, body).await;
    let account = of(
        admin,
        "GET /admin/realms/{realm}/clients/{client}/service-account-user",
        realm,
        &id,
    )
    .await;
    let container = row(admin, realm, "realm-management").await;
    let place = [("realm", realm), ("client", container.as_str()), ("role", role)];
    let route = "GET /admin/realms/{realm}/clients/{client}/roles/{role}";
    let role = admin.send(route, &place, None).await.body;
    let user = account.body["id"].as_str().unwrap();
    let place = [("realm", realm), ("user", user), ("client", container.as_str())];
    let route = "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{client}";
    admin.send(route, &place, Some(json!([role]))).await.assert_done();
    id
}

#[tokio::test]
async fn manage_clients_cannot_become_the_service_account_of_an_administrator() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = powerful(&admin, &realm, "realm-admin").await;
    let manager = admin.as_user(&realm, &["manage-clients"]).await;

    assert_eq!(get(&manager, &realm, &id).await["secret"], "**********");
    let secret = "GET /admin/realms/{realm}/clients/{client}/client-secret";
    let masked = json!({ "type": "secret", "value": "**********" });
    of(&manager, secret, &realm, &id).await.assert(200, &masked);
    let installation = [
        ("realm", realm.as_str()),
        ("client", id.as_str()),
        ("provider", "keycloak-oidc-keycloak-json"),
    ];
    let route = "GET /admin/realms/{realm}/clients/{client}/installation/providers/{provider}";
    let file = manager.send(route, &installation, None).await;
    assert_eq!(file.body["credentials"]["secret"], "**********", "{file:?}");

    for change in [
        json!({ "secret": "mine" }),
        json!({ "clientId": "mine" }),
        json!({ "publicClient": true }),
        json!({ "description": "harmless" }),
        json!({ "attributes": { "jwt.credential.certificate": "MII" } }),
    ] {
        put(&manager, &realm, &id, change).await.assert(403, &forbidden());
    }
    for route in [
        "POST /admin/realms/{realm}/clients/{client}/client-secret",
        "DELETE /admin/realms/{realm}/clients/{client}/client-secret/rotated",
        "POST /admin/realms/{realm}/clients/{client}/registration-access-token",
        "DELETE /admin/realms/{realm}/clients/{client}",
    ] {
        let reply = of(&manager, route, &realm, &id).await;
        assert_eq!((reply.status, &reply.body), (403, &forbidden()), "{route}");
    }
    let generate = "POST /admin/realms/{realm}/clients/{client}/certificates/{attribute}/generate";
    let place = [
        ("realm", realm.as_str()),
        ("client", id.as_str()),
        ("attribute", "jwt.credential"),
    ];
    manager.send(generate, &place, None).await.assert(403, &forbidden());
    assert_eq!(
        token(&admin, &realm, "power", "s").await.status,
        200,
        "its secret is another"
    );

    // Who holds the role may.
    let realm_admin = admin.as_user(&realm, &["realm-admin"]).await;
    assert_eq!(get(&realm_admin, &realm, &id).await["secret"], "s");
    put(&realm_admin, &realm, &id, json!({ "description": "x" }))
        .await
        .assert_done();
}

#[tokio::test]
async fn a_right_that_the_caller_has_is_no_obstacle() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = powerful(&admin, &realm, "manage-clients").await;
    let manager = admin.as_user(&realm, &["manage-clients"]).await;
    assert_eq!(get(&manager, &realm, &id).await["secret"], "s");
    let more = admin.as_user(&realm, &["manage-clients", "view-users"]).await;
    put(&more, &realm, &id, json!({ "description": "x" }))
        .await
        .assert_done();
}

/// The roles of a service account are gone with it: switched off and on again it is a new user.
#[tokio::test]
async fn switching_a_service_account_off_and_on_gives_no_rights_back() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = powerful(&admin, &realm, "realm-admin").await;
    put(&admin, &realm, &id, json!({ "serviceAccountsEnabled": false }))
        .await
        .assert_done();
    let manager = admin.as_user(&realm, &["manage-clients"]).await;
    put(
        &manager,
        &realm,
        &id,
        json!({ "serviceAccountsEnabled": true, "secret": "mine" }),
    )
    .await
    .assert_done();
    let answer = token(&admin, &realm, "power", "mine").await;
    let caller = admin.with_token(Some(answer.member("access_token")));
    let place = [("realm", realm.as_str())];
    let reply = caller.send("GET /admin/realms/{realm}/users", &place, None).await;
    reply.assert(403, &forbidden());
}

/// A mapper that writes roles into a token gives none: the admin API asks the store.
#[tokio::test]
async fn mapper_of_an_own_client_that_forges_admin_roles_gives_no_rights() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let forged = json!({ "realm-management": { "roles": ["realm-admin"] } });
    let mapper = |name: &str, kind: &str, config: Value| json!({ "name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": config });
    let body = json!({
        "clientId": "forger",
        "secret": "s",
        "serviceAccountsEnabled": true,
        "protocolMappers": [
            mapper("claim", "oidc-hardcoded-claim-mapper", json!({
                "claim.name": "resource_access",
                "claim.value": forged.to_string(),
                "jsonType.label": "JSON",
                "access.token.claim": "true",
            })),
            mapper("role", "oidc-hardcoded-role-mapper", json!({ "role": "realm-management.realm-admin" })),
        ],
    });
    let creator = admin.as_user(&realm, &["create-client"]).await;
    make(&creator, &realm, body).await;
    let answer = token(&admin, &realm, "forger", "s").await;
    let caller = admin.with_token(Some(answer.member("access_token")));
    for route in ["GET /admin/realms/{realm}/users", "GET /admin/realms/{realm}/clients"] {
        let reply = caller.send(route, &[("realm", realm.as_str())], None).await;
        reply.assert(403, &forbidden());
    }
}
