//! A client's secrets.

use serde_json::json;

use super::super::support::Admin;
use super::{get, make, of, row, token};

const SECRET: &str = "GET /admin/realms/{realm}/clients/{client}/client-secret";

#[tokio::test]
async fn a_new_secret_ends_the_old_one_at_once() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(
        &admin,
        &realm,
        json!({ "clientId": "batch", "secret": "old", "serviceAccountsEnabled": true }),
    )
    .await;
    of(&admin, SECRET, &realm, &id)
        .await
        .assert(200, &json!({ "type": "secret", "value": "old" }));

    let made = of(
        &admin,
        "POST /admin/realms/{realm}/clients/{client}/client-secret",
        &realm,
        &id,
    )
    .await;
    assert_eq!(made.status, 200);
    let secret = made.body["value"].as_str().unwrap().to_owned();
    made.assert(200, &json!({ "type": "secret", "value": secret }));
    assert!(secret.len() >= 43 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(token(&admin, &realm, "batch", "old").await.status, 401);
    assert_eq!(token(&admin, &realm, "batch", &secret).await.status, 200);
    of(&admin, SECRET, &realm, &id)
        .await
        .assert(200, &json!({ "type": "secret", "value": secret }));
    assert_eq!(get(&admin, &realm, &id).await["secret"], secret.as_str());

    let none = json!({ "error": "Client does not have a rotated secret" });
    let rotated = "GET /admin/realms/{realm}/clients/{client}/client-secret/rotated";
    of(&admin, rotated, &realm, &id).await.assert(404, &none);
    let end = "DELETE /admin/realms/{realm}/clients/{client}/client-secret/rotated";
    of(&admin, end, &realm, &id).await.assert_done();
}

#[tokio::test]
async fn a_public_client_has_none() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = row(&admin, &realm, "admin-cli").await;
    of(&admin, SECRET, &realm, &id)
        .await
        .assert(200, &json!({ "type": "secret" }));
}

#[tokio::test]
async fn who_only_looks_gets_a_mask_and_cannot_make_another() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "batch", "secret": "old" })).await;
    let viewer = admin.as_user(&realm, &["view-clients"]).await;
    of(&viewer, SECRET, &realm, &id)
        .await
        .assert(200, &json!({ "type": "secret", "value": "**********" }));
    let make = of(
        &viewer,
        "POST /admin/realms/{realm}/clients/{client}/client-secret",
        &realm,
        &id,
    )
    .await;
    assert_eq!(make.status, 403);
}

#[tokio::test]
async fn by_policy_the_secret_before_goes_on_for_a_while() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    let periods = json!({
        "expiration-period": 200,
        "rotated-expiration-period": 100,
        "remaining-rotation-period": 10,
    });
    let profile =
        json!({ "name": "rotation", "executors": [{ "executor": "secret-rotation", "configuration": periods }] });
    let route = "PUT /admin/realms/{realm}/client-policies/profiles";
    admin
        .send(route, &place, Some(json!({ "profiles": [profile] })))
        .await
        .assert_done();
    let condition = json!({ "condition": "client-access-type", "configuration": { "type": ["confidential"] } });
    let policy = json!({ "name": "p", "enabled": true, "conditions": [condition], "profiles": ["rotation"] });
    let route = "PUT /admin/realms/{realm}/client-policies/policies";
    admin
        .send(route, &place, Some(json!({ "policies": [policy] })))
        .await
        .assert_done();

    let id = make(
        &admin,
        &realm,
        json!({ "clientId": "batch", "secret": "old", "serviceAccountsEnabled": true }),
    )
    .await;
    let made = of(
        &admin,
        "POST /admin/realms/{realm}/clients/{client}/client-secret",
        &realm,
        &id,
    )
    .await;
    let secret = made.body["value"].as_str().unwrap().to_owned();
    let works = async |secret: &str| token(&admin, &realm, "batch", secret).await.status == 200;
    assert!(works("old").await && works(&secret).await);
    let rotated = "GET /admin/realms/{realm}/clients/{client}/client-secret/rotated";
    of(&admin, rotated, &realm, &id)
        .await
        .assert(200, &json!({ "type": "secret", "value": "old" }));
    let attributes = &get(&admin, &realm, &id).await["attributes"];
    for name in ["client.secret.expiration.time", "client.secret.rotated.expiration.time"] {
        assert!(attributes[name].is_string(), "{name}: {attributes}");
    }
    assert!(
        attributes.get("client.secret.rotated").is_none(),
        "the secret itself is in no attribute"
    );

    admin.server().clock.advance(110);
    admin.server().follow().await;
    assert!(!works("old").await && works(&secret).await);

    // A third secret ends the first for good, and the second when somebody says so.
    let made = of(
        &admin,
        "POST /admin/realms/{realm}/clients/{client}/client-secret",
        &realm,
        &id,
    )
    .await;
    let third = made.body["value"].as_str().unwrap().to_owned();
    assert!(works(&secret).await && works(&third).await);
    let end = "DELETE /admin/realms/{realm}/clients/{client}/client-secret/rotated";
    of(&admin, end, &realm, &id).await.assert_done();
    assert!(!works(&secret).await && works(&third).await);
    let attributes = &get(&admin, &realm, &id).await["attributes"];
    assert!(attributes.get("client.secret.rotated.expiration.time").is_none());

    admin.server().clock.advance(201);
    admin.server().follow().await;
    assert!(!works(&third).await, "a secret outlives its period");
}
