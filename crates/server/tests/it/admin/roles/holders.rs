//! Who was given a role, and who may know. Keycloak 26.7.4 was asked.

use serde_json::{Value, json};

use super::client;
use crate::admin::support::Admin;

const USERS: &str = "GET /admin/realms/{realm}/roles/{role}/users";
const GROUPS: &str = "GET /admin/realms/{realm}/roles/{role}/groups";

/// A realm in which alice has the realm role `clerk` and the role `view-profile` of `account`. Returns its name and her
/// row.
async fn with_clerk(admin: &Admin) -> (String, String) {
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let profile = "GET /admin/realms/{realm}/users/profile";
    let mut configured = admin.send(profile, &path, None).await.body;
    configured["unmanagedAttributePolicy"] = json!("ENABLED");
    let profile = "PUT /admin/realms/{realm}/users/profile";
    assert_eq!(admin.send(profile, &path, Some(configured)).await.status, 200);
    let alice = json!({ "username": "alice", "enabled": true, "attributes": { "team": ["a", "b"] } });
    let made = admin.send("POST /admin/realms/{realm}/users", &path, Some(alice)).await;
    let alice = made.created();
    let role = json!({ "name": "clerk" });
    let made = admin.send("POST /admin/realms/{realm}/roles", &path, Some(role)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let clerk = super::role(admin, &realm, "clerk").await;
    let of_user = [("realm", realm.as_str()), ("user", alice.as_str())];
    let route = "POST /admin/realms/{realm}/users/{user}/role-mappings/realm";
    admin.send(route, &of_user, Some(json!([clerk]))).await.assert_done();

    let account = client(admin, &realm, "account").await;
    let role = [
        ("realm", realm.as_str()),
        ("client", account.as_str()),
        ("role", "view-profile"),
    ];
    let route = "GET /admin/realms/{realm}/clients/{client}/roles/{role}";
    let role: Value = admin.send(route, &role, None).await.body;
    let route = "POST /admin/realms/{realm}/users/{user}/role-mappings/clients/{client}";
    let of_user = [
        ("realm", realm.as_str()),
        ("user", alice.as_str()),
        ("client", account.as_str()),
    ];
    admin.send(route, &of_user, Some(json!([role]))).await.assert_done();
    (realm, alice)
}

#[tokio::test]
async fn who_holds_a_role_is_shown_whole_unless_asked_otherwise() {
    let admin = Admin::start().await;
    let (realm, alice) = with_clerk(&admin).await;
    let full = json!([{
        "id": alice, "username": "alice", "emailVerified": false, "attributes": { "team": ["a", "b"] },
        "enabled": true, "createdTimestamp": 1_800_000_000_000_i64, "totp": false, "disableableCredentialTypes": [],
        "requiredActions": [], "notBefore": 0, "access": { "manage": true },
    }]);
    let brief = json!([{
        "id": alice, "username": "alice", "emailVerified": false, "enabled": true,
        "createdTimestamp": 1_800_000_000_000_i64, "access": { "manage": true },
    }]);
    let path = [("realm", realm.as_str()), ("role", "clerk")];
    admin.send(USERS, &path, None).await.assert(200, &full);
    let account = client(&admin, &realm, "account").await;
    let of_client = [
        ("realm", realm.as_str()),
        ("client", account.as_str()),
        ("role", "view-profile"),
    ];
    let route = "GET /admin/realms/{realm}/clients/{client}/roles/{role}/users";
    admin.send(route, &of_client, None).await.assert(200, &full);
    for (asked, expected) in [("true", &brief), ("false", &full), ("", &full)] {
        let path = [path[0], path[1], ("briefRepresentation", asked)];
        admin.send(USERS, &path, None).await.assert(200, expected);
        let path = [of_client[0], of_client[1], of_client[2], ("briefRepresentation", asked)];
        admin.send(route, &path, None).await.assert(200, expected);
    }
}

/// Both the role and its holders have to be the caller's to see.
#[tokio::test]
async fn who_holds_a_role_is_told_to_nobody_who_may_not_see_both() {
    let admin = Admin::start().await;
    let (realm, _) = with_clerk(&admin).await;
    let account = client(&admin, &realm, "account").await;
    let of_client_users = "GET /admin/realms/{realm}/clients/{client}/roles/{role}/users";
    let of_client_groups = "GET /admin/realms/{realm}/clients/{client}/roles/{role}/groups";
    let found = Some(1);
    let none = Some(0);
    // The caller's roles, then how many holders they see: users and groups of a realm role, of a client role.
    for (roles, expected) in [
        (&["view-realm"][..], [None, None, None, None]),
        (&["view-users"], [None, None, None, None]),
        (&["view-clients"], [None, None, None, None]),
        (&["view-realm", "query-users"], [none, None, None, None]),
        (&["view-realm", "query-groups"], [None, none, None, None]),
        (&["view-realm", "view-users"], [found, none, None, None]),
        (&["query-clients", "view-users"], [None, None, None, None]),
        (&["view-clients", "view-users"], [None, None, found, none]),
        (&["view-clients", "query-groups"], [None, None, None, none]),
    ] {
        let caller = admin.as_user(&realm, roles).await;
        for (route, number) in [USERS, GROUPS, of_client_users, of_client_groups]
            .into_iter()
            .zip(expected)
        {
            let path: &[(&str, &str)] = if route.contains("{client}") {
                &[("realm", &realm), ("client", &account), ("role", "view-profile")]
            } else {
                &[("realm", &realm), ("role", "clerk")]
            };
            let reply = caller.send(route, path, None).await;
            let seen = (reply.status == 200).then(|| reply.body.as_array().unwrap().len());
            assert_eq!(seen, number, "{roles:?} {route}: {reply:?}");
            if number.is_none() {
                reply.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
            }
        }
    }
}
