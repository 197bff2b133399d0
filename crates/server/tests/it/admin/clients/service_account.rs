//! Service accounts.

use serde_json::json;

use super::super::support::Admin;
use super::{get, make, of, put, token};

const ACCOUNT: &str = "GET /admin/realms/{realm}/clients/{client}/service-account-user";

#[tokio::test]
async fn the_account_comes_and_goes_with_the_switch_and_follows_the_name() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "u", "secret": "s" })).await;
    let none = json!({ "error": "Service account not enabled for the client 'u'" });
    of(&admin, ACCOUNT, &realm, &id).await.assert(400, &none);
    let has_scope = async || {
        let seen = get(&admin, &realm, &id).await;
        let scopes = seen["defaultClientScopes"].as_array().unwrap().clone();
        scopes.iter().any(|name| name == "service_account")
    };
    assert!(!has_scope().await);

    put(&admin, &realm, &id, json!({ "serviceAccountsEnabled": true }))
        .await
        .assert_done();
    let seen = of(&admin, ACCOUNT, &realm, &id).await;
    let account = seen.body["id"].clone();
    seen.assert(
        200,
        &json!({
            "id": account,
            "username": "service-account-u",
            "emailVerified": false,
            "enabled": true,
            "createdTimestamp": seen.body["createdTimestamp"],
            "totp": false,
            "disableableCredentialTypes": [],
            "requiredActions": [],
            "notBefore": 0,
        }),
    );
    assert!(has_scope().await);
    assert_eq!(token(&admin, &realm, "u", "s").await.status, 200);
    // It has what every new user has.
    let roles = [("realm", realm.as_str()), ("user", account.as_str().unwrap())];
    let roles = admin
        .send(
            "GET /admin/realms/{realm}/users/{user}/role-mappings/realm",
            &roles,
            None,
        )
        .await;
    assert_eq!(roles.body[0]["name"], format!("default-roles-{realm}"), "{roles:?}");

    put(&admin, &realm, &id, json!({ "clientId": "Renamed.X" }))
        .await
        .assert_done();
    let seen = of(&admin, ACCOUNT, &realm, &id).await;
    assert_eq!(
        (&seen.body["username"], &seen.body["id"]),
        (&json!("service-account-renamed.x"), &account)
    );
    assert_eq!(token(&admin, &realm, "Renamed.X", "s").await.status, 200);
    assert_eq!(token(&admin, &realm, "u", "s").await.status, 401);

    put(&admin, &realm, &id, json!({ "serviceAccountsEnabled": false }))
        .await
        .assert_done();
    assert!(!has_scope().await);
    assert_ne!(token(&admin, &realm, "Renamed.X", "s").await.status, 200);
    put(&admin, &realm, &id, json!({ "serviceAccountsEnabled": true }))
        .await
        .assert_done();
    let seen = of(&admin, ACCOUNT, &realm, &id).await;
    assert_ne!(seen.body["id"], account, "roles of the old account come back");
}
