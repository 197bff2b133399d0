//! What stands around the registration of clients.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{NOBODY, get, make, of};
use crate::support::Request;
use crate::support::jwt::claims;

const INITIAL: &str = "/admin/realms/{realm}/clients-initial-access";

#[tokio::test]
async fn initial_access_tokens_are_told_once() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let place = [("realm", realm.as_str())];
    let create = format!("POST {INITIAL}");
    let list = "GET /admin/realms/{realm}/clients-initial-access";
    let reply = admin
        .send(
            "POST /admin/realms/{realm}/clients-initial-access",
            &place,
            Some(json!({ "count": 2, "expiration": 3600 })),
        )
        .await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let id = reply.body["id"].as_str().unwrap().to_owned();
    let location = reply.header("location").unwrap();
    assert!(
        location.ends_with(&format!("/clients-initial-access/{id}")),
        "{location}"
    );
    let token = reply.body["token"].as_str().unwrap().to_owned();
    let timestamp = reply.body["timestamp"].as_i64().unwrap();
    let told = json!({ "id": id, "timestamp": timestamp, "expiration": 3600, "count": 2, "remainingCount": 2 });
    let mut with_token = told.clone();
    with_token["token"] = json!(token);
    assert_eq!(reply.body, with_token);
    let said = claims(&token);
    assert_eq!(
        said,
        json!({
            "exp": timestamp + 3600,
            "iat": timestamp,
            "jti": id,
            "iss": said["iss"],
            "aud": said["iss"],
            "typ": "InitialAccessToken",
        })
    );
    assert!(said["iss"].as_str().unwrap().ends_with(&format!("/realms/{realm}")));
    admin.send(list, &place, None).await.assert(200, &json!([told]));
    admin
        .send(list, &[("realm", &other)], None)
        .await
        .assert(200, &json!([]));

    let for_good = admin.send(&create, &place, Some(json!({}))).await;
    assert_eq!(
        (&for_good.body["count"], &for_good.body["expiration"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(claims(for_good.body["token"].as_str().unwrap())["exp"], 0);
    let bad = admin.send(&create, &place, Some(json!({ "expiration": -60 }))).await;
    bad.assert(
        400,
        &json!({
            "error": "Invalid value for expiration",
            "error_description": "The expiration time interval cannot be less than 0",
        }),
    );
    let unknown = admin
        .send_as(&create, &place, "application/json", r#"{"bogus": 0}"#)
        .await;
    assert_eq!(unknown.status, 400);

    let delete = "DELETE /admin/realms/{realm}/clients-initial-access/{id}";
    // That of another realm stays.
    admin
        .send(delete, &[("realm", &other), ("id", &id)], None)
        .await
        .assert_done();
    assert_eq!(admin.send(list, &place, None).await.body.as_array().unwrap().len(), 2);
    for id in [id.as_str(), id.as_str(), NOBODY, "nope"] {
        admin
            .send(delete, &[("realm", &realm), ("id", id)], None)
            .await
            .assert_done();
    }
    assert_eq!(admin.send(list, &place, None).await.body.as_array().unwrap().len(), 1);

    let viewer = admin.as_user(&realm, &["view-clients"]).await;
    assert_eq!(viewer.send(list, &place, None).await.status, 200);
    assert_eq!(viewer.send(&create, &place, Some(json!({}))).await.status, 403);
    let creator = admin.as_user(&realm, &["create-client"]).await;
    assert_eq!(creator.send(&create, &place, Some(json!({}))).await.status, 403);
}

/// They are signed with the key that signs refresh tokens.
#[tokio::test]
async fn initial_access_token_as_refresh_token_or_bearer_is_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    let reply = admin
        .send(&format!("POST {INITIAL}"), &place, Some(json!({ "expiration": 3600 })))
        .await;
    let token = reply.body["token"].as_str().unwrap().to_owned();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "admin-cli"),
        ("refresh_token", &token),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(
        (answer.status, answer.json()["error"].clone()),
        (400, json!("invalid_grant"))
    );
    let bearer = admin.with_token(Some(token));
    assert_eq!(
        bearer
            .send("GET /admin/realms/{realm}/clients", &place, None)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_registration_access_token_comes_with_the_client_and_without_its_secret() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "app", "secret": "s" })).await;
    let route = "POST /admin/realms/{realm}/clients/{client}/registration-access-token";
    let reply = of(&admin, route, &realm, &id).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let token = reply.body["registrationAccessToken"].as_str().unwrap().to_owned();
    let said = claims(&token);
    assert_eq!(
        (&said["typ"], &said["registration_auth"], &said["exp"]),
        (&json!("RegistrationAccessToken"), &json!("authenticated"), &json!(0))
    );
    let mut wanted = get(&admin, &realm, &id).await;
    assert_eq!(wanted["secret"], "s");
    wanted["secret"] = json!("**********");
    wanted["registrationAccessToken"] = json!(token);
    wanted.as_object_mut().unwrap().remove("access");
    assert_eq!(reply.body, wanted);
}

#[tokio::test]
async fn descriptions_of_other_standards_are_converted() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    let route = "POST /admin/realms/{realm}/client-description-converter";
    let metadata =
        json!({ "client_name": "x", "redirect_uris": ["https://a/b"], "token_endpoint_auth_method": "none" });
    let reply = admin.send(route, &place, Some(metadata)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        (&reply.body["name"], &reply.body["publicClient"]),
        (&json!("x"), &json!(true))
    );
    let own = admin
        .send(route, &place, Some(json!({ "clientId": "x", "enabled": false })))
        .await;
    own.assert(200, &json!({ "clientId": "x", "enabled": false }));
    let unsupported = json!({ "error": "Unsupported format" });
    admin
        .send(route, &place, Some(json!({ "foo": 1 })))
        .await
        .assert(400, &unsupported);
    admin
        .send_as(route, &place, "application/xml", "<x/>")
        .await
        .assert(400, &unsupported);
    let wrong = admin.send(route, &place, Some(json!({ "redirect_uris": 5 }))).await;
    assert_eq!(wrong.status, 400);
    let viewer = admin.as_user(&realm, &["view-clients"]).await;
    assert_eq!(
        viewer
            .send(route, &place, Some(json!({ "clientId": "x" })))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn the_rules_of_registration_are_named() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    let route = "GET /admin/realms/{realm}/client-registration-policy/providers";
    let reply = admin.send(route, &place, None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let ids: Vec<&Value> = reply
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|provider| &provider["id"])
        .collect();
    assert_eq!(ids.len(), 8, "{ids:?}");
    assert!(ids.contains(&&json!("trusted-hosts")));
    let manager = admin.as_user(&realm, &["manage-clients"]).await;
    assert_eq!(manager.send(route, &place, None).await.status, 403);
}
