//! Changing clients.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{forbidden, get, make, not_found, put, row, token};
use crate::support::Request;

#[tokio::test]
async fn what_is_absent_stays() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({
        "clientId": "u",
        "secret": "s",
        "name": "N",
        "description": "D",
        "rootUrl": "https://r.example",
        "redirectUris": ["https://a.example/cb"],
        "webOrigins": ["https://a.example"],
        "attributes": { "x": "1", "y": "2" },
        "authenticationFlowBindingOverrides": { "browser": "flow" },
        "protocolMappers": [{
            "name": "m",
            "protocol": "openid-connect",
            "protocolMapper": "oidc-hardcoded-claim-mapper",
            "config": { "claim.name": "x", "claim.value": 5 },
        }],
    });
    let id = make(&admin, &realm, body).await;
    let before = get(&admin, &realm, &id).await;
    assert_eq!(before["protocolMappers"][0]["config"]["claim.value"], "5");
    put(&admin, &realm, &id, json!({})).await.assert_done();
    assert_eq!(get(&admin, &realm, &id).await, before);
    // What goes out comes in again.
    put(&admin, &realm, &id, before.clone()).await.assert_done();
    assert_eq!(get(&admin, &realm, &id).await, before);

    let change = json!({
        "clientId": "u",
        "name": "",
        "description": "changed",
        "redirectUris": [],
        "attributes": { "x": "", "z": "3" },
        "protocolMappers": [],
        "defaultClientScopes": ["email"],
        "notBefore": 5,
        "secret": "**********",
        "access": { "manage": false },
        "origin": "somewhere",
        "frontchannelLogout": true,
        "type": "special",
    });
    put(&admin, &realm, &id, change).await.assert_done();
    let after = get(&admin, &realm, &id).await;
    let mut wanted = before.clone();
    wanted["name"] = json!("");
    wanted["description"] = json!("changed");
    wanted["redirectUris"] = json!([]);
    wanted["attributes"] = json!({ "realm_client": "false", "y": "2", "z": "3" });
    wanted.as_object_mut().unwrap().remove("protocolMappers");
    wanted["notBefore"] = json!(5);
    wanted["frontchannelLogout"] = json!(true);
    wanted["type"] = json!("special");
    assert_eq!(after, wanted);
}

#[tokio::test]
async fn a_change_holds_at_the_next_request() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "clientId": "batch", "secret": "s", "serviceAccountsEnabled": true });
    let id = make(&admin, &realm, body).await;
    let status = async |secret: &str| token(&admin, &realm, "batch", secret).await.status;
    assert_eq!(status("s").await, 200);

    put(&admin, &realm, &id, json!({ "enabled": false }))
        .await
        .assert_done();
    assert_eq!(status("s").await, 401);
    put(&admin, &realm, &id, json!({ "enabled": true })).await.assert_done();
    assert_eq!(status("s").await, 200);

    put(&admin, &realm, &id, json!({ "secret": "another" }))
        .await
        .assert_done();
    assert_eq!((status("s").await, status("another").await), (401, 200));

    put(&admin, &realm, &id, json!({ "clientAuthenticatorType": "client-jwt" }))
        .await
        .assert_done();
    assert_eq!(status("another").await, 401, "a secret stands in for an assertion");
    put(
        &admin,
        &realm,
        &id,
        json!({ "clientAuthenticatorType": "client-secret" }),
    )
    .await
    .assert_done();

    let pinned = json!({ "attributes": { "client.secret.authentication.allowed.method": "client_secret_basic" } });
    put(&admin, &realm, &id, pinned).await.assert_done();
    assert_eq!(status("another").await, 401, "the secret is for the header");
    let free = json!({ "attributes": { "client.secret.authentication.allowed.method": "" } });
    put(&admin, &realm, &id, free).await.assert_done();

    put(&admin, &realm, &id, json!({ "protocol": "saml" }))
        .await
        .assert_done();
    assert_ne!(
        status("another").await,
        200,
        "a client of another protocol gets a token"
    );
    put(&admin, &realm, &id, json!({ "protocol": "openid-connect" }))
        .await
        .assert_done();
    assert_eq!(status("another").await, 200);

    put(
        &admin,
        &realm,
        &id,
        json!({ "attributes": { "access.token.lifespan": "77" } }),
    )
    .await
    .assert_done();
    let answer = token(&admin, &realm, "batch", "another").await;
    assert_eq!(answer.json()["expires_in"], 77);
}

#[tokio::test]
async fn a_public_client_has_no_secret_and_one_that_becomes_confidential_a_new_one() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(
        &admin,
        &realm,
        json!({ "clientId": "app", "secret": "old", "serviceAccountsEnabled": true }),
    )
    .await;
    put(&admin, &realm, &id, json!({ "publicClient": true }))
        .await
        .assert_done();
    assert_eq!(get(&admin, &realm, &id).await["secret"], Value::Null);
    put(&admin, &realm, &id, json!({ "publicClient": false }))
        .await
        .assert_done();
    let secret = get(&admin, &realm, &id).await["secret"].as_str().unwrap().to_owned();
    assert_ne!(secret, "old");
    assert_eq!(token(&admin, &realm, "app", "old").await.status, 401);
    assert_eq!(token(&admin, &realm, "app", &secret).await.status, 200);
}

#[tokio::test]
async fn a_name_that_is_taken_or_bad_is_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "one" })).await;
    let taken = put(&admin, &realm, &id, json!({ "clientId": "account" })).await;
    taken.assert(
        409,
        &json!({ "error": "conflict", "error_description": "Duplicate resource error" }),
    );
    let blank = put(&admin, &realm, &id, json!({ "clientId": "" })).await;
    blank.assert(
        400,
        &json!({ "error": "invalid_input", "error_description": "Client ID cannot be blank" }),
    );
    put(&admin, &realm, &id, json!({ "clientId": "realm-management" }))
        .await
        .assert(403, &forbidden());
    put(&admin, &realm, &id, json!({ "clientId": "two words" }))
        .await
        .assert_done();
    assert_eq!(get(&admin, &realm, &id).await["clientId"], "two words");
    let bad = put(&admin, &realm, &id, json!({ "redirectUris": ["data:text/html,x"] })).await;
    bad.assert(
        400,
        &json!({ "error": "invalid_input", "error_description": "A redirect URI uses an illegal scheme" }),
    );
    assert_eq!(put(&admin, &realm, &id, json!({ "bogus": 1 })).await.status, 400);
}

#[tokio::test]
async fn clients_of_another_realm_cannot_be_changed() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let foreign = make(&admin, &other, json!({ "clientId": "theirs" })).await;
    put(&admin, &realm, &foreign, json!({ "enabled": false }))
        .await
        .assert(404, &not_found());
    assert_eq!(get(&admin, &other, &foreign).await["enabled"], true);
}

#[tokio::test]
async fn the_client_that_administers_the_realm_is_nobodys_to_change() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = row(&admin, &realm, "realm-management").await;
    assert_eq!(
        get(&admin, &realm, &id).await["access"],
        json!({ "view": true, "configure": false, "manage": false })
    );
    put(&admin, &realm, &id, json!({ "publicClient": true }))
        .await
        .assert(403, &forbidden());
    let of_realm = row(&admin, "master", &format!("{realm}-realm")).await;
    put(&admin, "master", &of_realm, json!({ "enabled": false }))
        .await
        .assert(403, &forbidden());
}

#[tokio::test]
async fn a_client_without_refresh_tokens_gets_none() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "clientId": "app", "secret": "s", "directAccessGrantsEnabled": true });
    let id = make(&admin, &realm, body).await;
    let person = json!({
        "username": "alice",
        "enabled": true,
        "email": "alice@example.com",
        "firstName": "Alice",
        "lastName": "Anders",
        "credentials": [{ "type": "password", "value": "Correct-Horse-1" }],
    });
    admin
        .send("POST /admin/realms/{realm}/users", &[("realm", &realm)], Some(person))
        .await
        .created();
    let log_in = async || {
        let form = [
            ("grant_type", "password"),
            ("client_id", "app"),
            ("client_secret", "s"),
            ("username", "alice"),
            ("password", "Correct-Horse-1"),
        ];
        let path = format!("/realms/{realm}/protocol/openid-connect/token");
        let answer = Request::post(&path).form(&form).send(admin.server()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    assert!(log_in().await["refresh_token"].is_string());
    put(
        &admin,
        &realm,
        &id,
        json!({ "attributes": { "use.refresh.tokens": "false" } }),
    )
    .await
    .assert_done();
    assert_eq!(log_in().await["refresh_token"], Value::Null);
}
