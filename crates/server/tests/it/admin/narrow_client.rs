//! An administrator who comes through a client that lets few roles in. Keycloak 26.7.4 was asked.

use serde_json::{Value, json};

use super::support::{Admin, PASSWORD};
use crate::support::Request;

const FORBIDDEN: &str = "HTTP 403 Forbidden";

/// A realm with a public client without the full scope. Returns its name, and the row of the client.
async fn realm_with_narrow_client(admin: &Admin) -> (String, String) {
    let realm = admin.realm().await;
    let body = json!({
        "clientId": "narrow", "publicClient": true, "directAccessGrantsEnabled": true, "fullScopeAllowed": false,
    });
    let made = admin
        .send("POST /admin/realms/{realm}/clients", &[("realm", &realm)], Some(body))
        .await;
    let client = made.created();
    (realm, client)
}

/// Somebody who holds these admin roles and came through the narrow client.
async fn through_narrow(admin: &Admin, realm: &str, roles: &[&str]) -> Admin {
    let user = admin.as_user(realm, roles).await.user.unwrap().to_string();
    let path = [("realm", realm), ("user", user.as_str())];
    let user = admin.send("GET /admin/realms/{realm}/users/{user}", &path, None).await;
    let form = [
        ("client_id", "narrow"),
        ("grant_type", "password"),
        ("username", user.body["username"].as_str().unwrap()),
        ("password", PASSWORD),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    admin.with_token(Some(answer.member("access_token")))
}

/// Lets a role of `realm-management` into the tokens of the narrow client.
async fn map(admin: &Admin, realm: &str, client: &str, role: &str) {
    let list = [("realm", realm), ("clientId", "realm-management")];
    let found = admin.send("GET /admin/realms/{realm}/clients", &list, None).await;
    let management = found.body[0]["id"].as_str().unwrap();
    let path = [("realm", realm), ("client", management), ("role", role)];
    let route = "GET /admin/realms/{realm}/clients/{client}/roles/{role}";
    let role: Value = admin.send(route, &path, None).await.body;
    let path = [("realm", realm), ("client", client), ("container", management)];
    let route = "POST /admin/realms/{realm}/clients/{client}/scope-mappings/clients/{container}";
    admin.send(route, &path, Some(json!([role]))).await.assert_done();
}

#[tokio::test]
async fn a_client_without_the_full_scope_is_no_way_into_the_admin_api() {
    let admin = Admin::start().await;
    let (realm, client) = realm_with_narrow_client(&admin).await;
    let caller = through_narrow(&admin, &realm, &["realm-admin"]).await;
    let count = "GET /admin/realms/{realm}/users/count";
    let create = "POST /admin/realms/{realm}/users";
    let path = [("realm", realm.as_str())];
    let refused = json!({ "error": FORBIDDEN });
    caller.send(count, &path, None).await.assert(403, &refused);
    let body = json!({ "username": "somebody-new" });
    caller
        .send(create, &path, Some(body.clone()))
        .await
        .assert(403, &refused);

    // What is mapped counts from the next request on, and nothing else does.
    map(&admin, &realm, &client, "view-users").await;
    caller.send(count, &path, None).await.assert(200, &json!(1));
    caller
        .send(create, &path, Some(body.clone()))
        .await
        .assert(403, &refused);
    caller
        .send("PUT /admin/realms/{realm}", &path, Some(json!({ "displayName": "x" })))
        .await
        .assert(403, &refused);

    map(&admin, &realm, &client, "manage-users").await;
    caller.send(create, &path, Some(body)).await.created();
}

/// The mapping lets a role in; it gives nobody the role.
#[tokio::test]
async fn a_scope_mapping_gives_no_right_to_who_lacks_the_role() {
    let admin = Admin::start().await;
    let (realm, client) = realm_with_narrow_client(&admin).await;
    map(&admin, &realm, &client, "realm-admin").await;
    let path = [("realm", realm.as_str())];
    let route = "GET /admin/realms/{realm}/users/count";
    let caller = through_narrow(&admin, &realm, &["view-realm"]).await;
    let reply = caller.send(route, &path, None).await;
    reply.assert(403, &json!({ "error": FORBIDDEN }));
    // A composite that is mapped lets in what it contains.
    let caller = through_narrow(&admin, &realm, &["view-users"]).await;
    caller.send(route, &path, None).await.assert(200, &json!(2));
}
