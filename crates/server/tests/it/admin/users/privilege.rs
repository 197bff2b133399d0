//! Nobody becomes an administrator by managing users.

use serde_json::json;

use super::{CREATE, UPDATE, log_in, make, person, shown};
use crate::admin::support::Admin;

/// A realm with a user who is its administrator.
async fn with_boss(admin: &Admin) -> (String, String) {
    let realm = admin.realm().await;
    let boss = make(admin, &realm, person("boss")).await;
    let clients = admin
        .send(
            "GET /admin/realms/{realm}/clients",
            &[("realm", &realm), ("clientId", "realm-management")],
            None,
        )
        .await;
    let client = clients.body[0]["id"].as_str().unwrap().to_owned();
    let role = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}",
            &[("realm", &realm), ("client", &client), ("role", "realm-admin")],
            None,
        )
        .await;
    let route = "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{client}";
    let path = [
        ("realm", realm.as_str()),
        ("user", boss.as_str()),
        ("client", client.as_str()),
    ];
    admin.send(route, &path, Some(json!([role.body]))).await.assert_done();
    (realm, boss)
}

#[tokio::test]
async fn who_manages_users_cannot_take_over_a_realm_admin() {
    let admin = Admin::start().await;
    let (realm, boss) = with_boss(&admin).await;
    let manager = admin
        .as_user(&realm, &["manage-users", "view-users", "impersonation"])
        .await;
    let path = [
        ("realm", realm.as_str()),
        ("user", boss.as_str()),
        ("credential", "x"),
        ("provider", "gh"),
    ];
    let password = json!([{"type": "password", "value": "taken over"}]);
    for (route, body) in [
        (
            "PUT /admin/realms/{realm}/users/{user}/reset-password",
            Some(json!({"value": "taken over"})),
        ),
        (UPDATE, Some(json!({"credentials": password}))),
        (UPDATE, Some(json!({"email": "thief@example.com"}))),
        (UPDATE, Some(json!({"attributes": {}}))),
        (UPDATE, Some(json!({"emailVerified": false}))),
        (UPDATE, Some(json!({"requiredActions": ["UPDATE_PASSWORD"]}))),
        (UPDATE, Some(json!({"enabled": false}))),
        ("DELETE /admin/realms/{realm}/users/{user}", None),
        (
            "DELETE /admin/realms/{realm}/users/{user}/credentials/{credential}",
            None,
        ),
        (
            "POST /admin/realms/{realm}/users/{user}/federated-identity/{provider}",
            Some(json!({"userId": "1"})),
        ),
        (
            "DELETE /admin/realms/{realm}/users/{user}/federated-identity/{provider}",
            None,
        ),
        ("POST /admin/realms/{realm}/users/{user}/impersonation", None),
    ] {
        let used: Vec<(&str, &str)> = path
            .iter()
            .copied()
            .filter(|(name, _)| route.contains(&format!("{{{name}}}")))
            .collect();
        let reply = manager.send(route, &used, body.clone()).await;
        assert_eq!(
            (reply.status, &reply.body),
            (403, &json!({"error": "HTTP 403 Forbidden"})),
            "{route} {body:?}"
        );
    }
    assert_eq!(log_in(&admin, &realm, "boss", "first password").await.0, 200);
    // What opens no way in is theirs to change.
    manager
        .send(UPDATE, &path[..2], Some(json!({"firstName": "The"})))
        .await
        .assert_done();
    let seen = manager
        .send("GET /admin/realms/{realm}/users/{user}", &path[..2], None)
        .await;
    assert_eq!(
        seen.body["access"],
        json!({
            "view": true, "manage": true, "mapRoles": true, "manageGroupMembership": true, "resetPassword": false,
            "impersonate": false,
        })
    );
}

#[tokio::test]
async fn equals_may_change_each_other() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let manager = admin.as_user(&realm, &["manage-users"]).await;
    let equal = admin.as_user(&realm, &["manage-users"]).await.user.unwrap().to_string();
    let path = [("realm", realm.as_str()), ("user", equal.as_str())];
    let route = "PUT /admin/realms/{realm}/users/{user}/reset-password";
    manager
        .send(route, &path, Some(json!({"value": "another password"})))
        .await
        .assert_done();
}

/// CVE-2026-94000 in Keycloak: a new user in a group that maps an admin role.
#[tokio::test]
async fn who_manages_users_cannot_make_an_administrator_by_a_group() {
    let admin = Admin::start().await;
    let (realm, _) = with_boss(&admin).await;
    let group = admin
        .send(
            "POST /admin/realms/{realm}/groups",
            &[("realm", &realm)],
            Some(json!({"name": "chiefs"})),
        )
        .await
        .created();
    let child = admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/children",
            &[("realm", &realm), ("group", &group)],
            Some(json!({"name": "deputies"})),
        )
        .await;
    assert_eq!(child.status, 201, "{child:?}");
    let clients = admin
        .send(
            "GET /admin/realms/{realm}/clients",
            &[("realm", &realm), ("clientId", "realm-management")],
            None,
        )
        .await;
    let client = clients.body[0]["id"].as_str().unwrap().to_owned();
    let role = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}",
            &[("realm", &realm), ("client", &client), ("role", "manage-realm")],
            None,
        )
        .await;
    admin
        .send(
            "POST /admin/realms/{realm}/groups/{group}/role-mappings/clients/{client}",
            &[("realm", &realm), ("group", &group), ("client", &client)],
            Some(json!([role.body])),
        )
        .await
        .assert_done();
    let manager = admin.as_user(&realm, &["manage-users"]).await;
    for path in ["/chiefs", "/chiefs/deputies"] {
        let body = json!({"username": "thief", "groups": [path]});
        let reply = manager.send(CREATE, &[("realm", &realm)], Some(body.clone())).await;
        reply.assert(403, &json!({"error": "HTTP 403 Forbidden"}));
        assert_eq!(manager.send(CREATE, &[("realm", &realm)], Some(body)).await.status, 403);
    }
    make(&admin, &realm, json!({"username": "chief", "groups": ["/chiefs"]})).await;
}

/// An administrator of master is above those who manage the users of master.
#[tokio::test]
async fn who_manages_the_users_of_master_cannot_take_over_its_admin() {
    let admin = Admin::start().await;
    let clients = admin
        .send(
            "GET /admin/realms/{realm}/clients",
            &[("realm", "master"), ("clientId", "master-realm")],
            None,
        )
        .await;
    let client = clients.body[0]["id"].as_str().unwrap().to_owned();
    let helper = make(&admin, "master", person("helper")).await;
    let role = admin
        .send(
            "GET /admin/realms/{realm}/clients/{client}/roles/{role}",
            &[("realm", "master"), ("client", &client), ("role", "manage-users")],
            None,
        )
        .await;
    let route = "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{client}";
    let path = [
        ("realm", "master"),
        ("user", helper.as_str()),
        ("client", client.as_str()),
    ];
    admin.send(route, &path, Some(json!([role.body]))).await.assert_done();
    let (_, tokens) = log_in(&admin, "master", "helper", "first password").await;
    let helper = admin.with_token(Some(tokens["access_token"].as_str().unwrap().to_owned()));
    let boss = admin.user.unwrap().to_string();
    let path = [("realm", "master"), ("user", boss.as_str())];
    let route = "PUT /admin/realms/{realm}/users/{user}/reset-password";
    let reply = helper.send(route, &path, Some(json!({"value": "taken over"}))).await;
    reply.assert(403, &json!({"error": "HTTP 403 Forbidden"}));
    assert_eq!(shown(&admin, "master", &boss).await["username"], "admin");
}
