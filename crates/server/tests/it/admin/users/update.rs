//! `PUT users/{user}`.

use serde_json::json;

use super::{UPDATE, is_taken, make, person, shown, tokens};
use crate::admin::support::Admin;

#[tokio::test]
async fn what_is_absent_stays_and_attributes_replace_what_there_is() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    let update = async |body| {
        admin
            .send("PUT /admin/realms/{realm}/users/{user}", &path, Some(body))
            .await
    };
    update(json!({"firstName": "New"})).await.assert_done();
    let user = shown(&admin, &realm, &id).await;
    assert_eq!((&user["firstName"], &user["lastName"]), (&json!("New"), &json!("Last")));
    update(json!({"attributes": {"lastName": ["L2"]}})).await.assert_done();
    let user = shown(&admin, &realm, &id).await;
    assert_eq!(
        (user.get("firstName"), user.get("email"), &user["lastName"]),
        (None, None, &json!("L2"))
    );
    // What only a creation, or a request of its own, can say.
    let ignored = json!({
        "createdTimestamp": 1, "id": "x", "totp": true, "notBefore": 77, "groups": ["/x"],
        "realmRoles": ["offline_access"], "federatedIdentities": [{"identityProvider": "a"}],
    });
    update(ignored).await.assert_done();
    let user = shown(&admin, &realm, &id).await;
    assert_eq!((&user["notBefore"], &user["id"]), (&json!(0), &json!(id)));
}

#[tokio::test]
async fn what_cannot_be_is_told() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    make(&admin, &realm, person("imp")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    for (body, status, expected) in [
        (
            json!({"username": ""}),
            400,
            json!({"errorMessage": "User name is missing"}),
        ),
        (
            json!({"username": "bob"}),
            400,
            json!({"field": "username", "errorMessage": "error-user-attribute-read-only", "params": ["username"]}),
        ),
        (
            json!({"email": "imp@example.com"}),
            409,
            json!({"errorMessage": "User exists with same email"}),
        ),
        (
            json!({"email": "bad"}),
            400,
            json!({"field": "email", "errorMessage": "error-invalid-email", "params": ["email", "bad"]}),
        ),
        (
            json!({"foo": 1}),
            400,
            json!({"error": "Invalid json representation for UserRepresentation. Unrecognized field \"foo\" at line 1 \
                    column 9."}),
        ),
    ] {
        let reply = admin.send(UPDATE, &path, Some(body.clone())).await;
        assert_eq!((reply.status, &reply.body), (status, &expected), "{body}");
    }
}

#[tokio::test]
async fn required_actions_are_replaced_and_unknown_ones_passed_over() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    for (sent, expected) in [
        (
            json!(["UPDATE_PASSWORD", "VERIFY_EMAIL", "nope"]),
            json!(["UPDATE_PASSWORD", "VERIFY_EMAIL"]),
        ),
        (json!(["VERIFY_EMAIL"]), json!(["VERIFY_EMAIL"])),
        (json!([]), json!([])),
    ] {
        let reply = admin
            .send(UPDATE, &path, Some(json!({ "requiredActions": sent })))
            .await;
        reply.assert_done();
        assert_eq!(shown(&admin, &realm, &id).await["requiredActions"], expected);
    }
    let temporary = json!({"credentials": [{"type": "password", "value": "another one", "temporary": true}]});
    admin.send(UPDATE, &path, Some(temporary)).await.assert_done();
    assert_eq!(
        shown(&admin, &realm, &id).await["requiredActions"],
        json!(["UPDATE_PASSWORD"])
    );
}

#[tokio::test]
async fn a_disabled_user_is_refused_at_once() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let tokens = tokens(&admin, &realm, "alice", "first password").await;
    let token = tokens["access_token"].as_str().unwrap();
    assert!(is_taken(&admin, &realm, token).await);
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    admin
        .send(UPDATE, &path, Some(json!({"enabled": false})))
        .await
        .assert_done();
    assert!(
        !is_taken(&admin, &realm, token).await,
        "a disabled user's token is taken"
    );
    let refresh = [
        ("client_id", "app"),
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let token_path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = crate::support::Request::post(&token_path)
        .form(&refresh)
        .send(admin.server())
        .await;
    assert_eq!(answer.status, 400, "a disabled user's refresh token gave {answer:?}");
}

#[tokio::test]
async fn a_user_name_changes_where_the_realm_lets_it() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let lenient = json!({"editUsernameAllowed": true});
    admin
        .send("PUT /admin/realms/{realm}", &[("realm", &realm)], Some(lenient))
        .await
        .assert_done();
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    admin
        .send(UPDATE, &path, Some(json!({"username": "Bob"})))
        .await
        .assert_done();
    assert_eq!(shown(&admin, &realm, &id).await["username"], "bob");
    let taken = admin
        .send(UPDATE, &path, Some(json!({"username": "service-account-x"})))
        .await;
    assert_eq!(taken.status, 400, "{taken:?}");
}
