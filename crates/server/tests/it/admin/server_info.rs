//! What the server says of itself, and who somebody is.

use serde_json::json;

use super::support::Admin;
use crate::support::Request;

const PASSPHRASE: &str = "correct horse";

#[tokio::test]
async fn the_version_is_told_to_those_who_manage_a_realm() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let route = "GET /admin/serverinfo";
    let all = admin.send(route, &[], None).await;
    assert_eq!(
        (all.status, &all.body["systemInfo"]["version"]),
        (200, &json!("26.7.4"))
    );
    assert!(all.body["keyward"]["version"].is_string());
    let keys = all.body["componentTypes"]["org.keycloak.keys.KeyProvider"]
        .as_array()
        .unwrap();
    assert!(keys.iter().any(|kind| kind["id"] == "rsa-generated"));
    let mappers = all.body["protocolMapperTypes"]["openid-connect"].as_array().unwrap();
    assert!(mappers.iter().any(|kind| kind["id"] == "oidc-audience-mapper"));

    let manager = admin.as_user(&realm, &["manage-realm"]).await;
    let told = manager.send(route, &[], None).await;
    assert_eq!(told.body["systemInfo"], json!({ "version": "26.7.4" }));
    for role in ["view-users", "query-users", "view-realm"] {
        let told = admin.as_user(&realm, &[role]).await.send(route, &[], None).await;
        assert_eq!((told.status, told.body.get("systemInfo")), (200, None), "{role}");
        assert!(told.body["enums"]["resourceType"].is_array());
    }
    let reply = admin.anonymous().send(route, &[], None).await;
    reply.assert(401, &json!({ "error": "HTTP 401 Unauthorized" }));
    let nobody = admin.as_user(&realm, &[]).await;
    let reply = nobody.send(route, &[], None).await;
    reply.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
}

#[tokio::test]
async fn the_console_learns_who_came() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let route = "GET /admin/{realm}/console/whoami";
    let refused = admin.send(route, &[("realm", "master")], None).await;
    refused.assert(
        403,
        &json!({ "error": "Token issued for an application that is not the admin console: admin-cli" }),
    );
    // A token of master says nothing here.
    admin
        .send(route, &in_realm, None)
        .await
        .assert(401, &json!({ "error": "HTTP 401 Unauthorized" }));

    let query = [("realm", realm.as_str()), ("clientId", "security-admin-console")];
    let client = admin.send("GET /admin/realms/{realm}/clients", &query, None).await.body[0].clone();
    let one = [("realm", realm.as_str()), ("client", client["id"].as_str().unwrap())];
    let change = Some(json!({ "directAccessGrantsEnabled": true }));
    admin
        .send("PUT /admin/realms/{realm}/clients/{client}", &one, change)
        .await
        .assert_done();
    let user = json!({
        "username": "ada", "enabled": true, "email": "ada@example.org", "firstName": "Ada", "lastName": "L",
        "credentials": [{ "type": "password", "value": PASSPHRASE }]
    });
    let id = admin
        .send("POST /admin/realms/{realm}/users", &in_realm, Some(user))
        .await
        .created();
    let form = [
        ("client_id", "security-admin-console"),
        ("grant_type", "password"),
        ("username", "ada"),
        ("password", PASSPHRASE),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let token = Request::post(&path)
        .form(&form)
        .send(admin.server())
        .await
        .member("access_token");
    let ada = admin.with_token(Some(token));
    ada.send(route, &in_realm, None)
        .await
        .assert(403, &json!({ "error": "No realm access" }));

    let query = [("realm", realm.as_str()), ("clientId", "realm-management")];
    let management = admin.send("GET /admin/realms/{realm}/clients", &query, None).await.body[0]["id"].clone();
    let of = [
        ("realm", realm.as_str()),
        ("client", management.as_str().unwrap()),
        ("role", "view-users"),
    ];
    let role = admin
        .send("GET /admin/realms/{realm}/clients/{client}/roles/{role}", &of, None)
        .await
        .body;
    let mapping = [
        ("realm", realm.as_str()),
        ("user", id.as_str()),
        ("client", management.as_str().unwrap()),
    ];
    let map = "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{client}";
    admin.send(map, &mapping, Some(json!([role]))).await.assert_done();
    let told = ada.send(route, &in_realm, None).await;
    told.assert(
        200,
        &json!({
            "userId": id, "realm": realm, "displayName": "Ada L", "locale": "en", "temporary": false,
            "createRealm": false, "realm_access": { &realm: ["view-users", "query-users", "query-groups"] }
        }),
    );
}
