//! The user profile configuration, and attributes by it.

use serde_json::{Value, json};

use super::{CREATE, UPDATE, make, shown};
use crate::admin::support::Admin;

const GET: &str = "GET /admin/realms/{realm}/users/profile";
const PUT: &str = "PUT /admin/realms/{realm}/users/profile";

fn standard() -> Value {
    serde_json::from_str(include_str!("../../../../src/admin/users/profile/default.json")).unwrap()
}

#[tokio::test]
async fn the_configuration_is_kept_checked_and_put_back() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    admin
        .send("GET /admin/realms/{realm}/users/profile", &path, None)
        .await
        .assert(200, &standard());
    let own = json!({"attributes": [{"name": "username"}, {"name": "email"}]});
    let kept = json!({
        "attributes": [{"name": "username", "multivalued": false}, {"name": "email", "multivalued": false}],
        "groups": [],
    });
    let reply = admin
        .send("PUT /admin/realms/{realm}/users/profile", &path, Some(own))
        .await;
    reply.assert(200, &kept);
    for (bad, told) in [
        (
            json!({"attributes": []}),
            json!({"errorMessage": "[The attribute 'username' can not be removed, The attribute 'email' can not be \
                    removed]"}),
        ),
        (
            json!({"attributes": [{"name": "username"}, {"name": "email"}], "foo": "FOO"}),
            json!({"error": "Invalid json representation for UPConfig. Unrecognized field \"foo\" at line 1 column \
                    61."}),
        ),
    ] {
        let reply = admin.send(PUT, &path, Some(bad.clone())).await;
        assert_eq!((reply.status, &reply.body), (400, &told), "{bad}");
    }
    let policy = json!({"attributes": [{"name": "username"}, {"name": "email"}], "unmanagedAttributePolicy": "FOO"});
    assert_eq!(admin.send(PUT, &path, Some(policy)).await.status, 400);
    admin.send(GET, &path, None).await.assert(200, &kept);
    admin.send(PUT, &path, Some(Value::Null)).await.assert(200, &standard());
    admin.send(GET, &path, None).await.assert(200, &standard());
}

#[tokio::test]
async fn attributes_are_by_the_configuration() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    // Nobody configured it: as in Keycloak, it is passed over.
    let id = make(
        &admin,
        &realm,
        json!({"username": "free", "attributes": {"tenant": ["north"]}}),
    )
    .await;
    assert_eq!(shown(&admin, &realm, &id).await.get("attributes"), None);
    let permissions = json!({"view": ["admin"], "edit": ["admin"]});
    let config = json!({"attributes": [
        {"name": "username"}, {"name": "email"},
        {"name": "tenant", "validations": {"length": {"max": 5}}, "permissions": permissions},
    ], "unmanagedAttributePolicy": "ENABLED"});
    assert_eq!(admin.send(PUT, &path, Some(config)).await.status, 200);
    let user = [("realm", realm.as_str()), ("user", id.as_str())];
    let long = admin
        .send(UPDATE, &user, Some(json!({"attributes": {"tenant": "northern"}})))
        .await;
    long.assert(
        400,
        &json!({"field": "tenant", "errorMessage": "error-invalid-length-too-long", "params": ["tenant", null, 5]}),
    );
    let both = json!({"attributes": {"tenant": "north", "free": ["a", "b"]}});
    admin.send(UPDATE, &user, Some(both)).await.assert_done();
    let seen = shown(&admin, &realm, &id).await;
    assert_eq!(seen["attributes"], json!({"tenant": ["north"], "free": ["a", "b"]}));
    let route = "GET /admin/realms/{realm}/users/{user}/unmanagedAttributes";
    admin
        .send(route, &user, None)
        .await
        .assert(200, &json!({"free": ["a", "b"]}));
    let found = admin
        .send(
            "GET /admin/realms/{realm}/users",
            &[path[0], ("q", "tenant:north free:b")],
            None,
        )
        .await;
    assert_eq!(found.body[0]["id"], json!(id));
    // No policy any more: what is there stays, unseen.
    assert_eq!(admin.send(PUT, &path, Some(Value::Null)).await.status, 200);
    assert_eq!(shown(&admin, &realm, &id).await.get("attributes"), None);
    admin
        .send(UPDATE, &user, Some(json!({"attributes": {}})))
        .await
        .assert_done();
    let config =
        json!({"attributes": [{"name": "username"}, {"name": "email"}], "unmanagedAttributePolicy": "ADMIN_VIEW"});
    assert_eq!(admin.send(PUT, &path, Some(config)).await.status, 200);
    let seen = shown(&admin, &realm, &id).await;
    assert_eq!(seen["attributes"], json!({"tenant": ["north"], "free": ["a", "b"]}));
}

#[tokio::test]
async fn a_form_learns_what_is_asked() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let new = admin
        .send("GET /admin/realms/{realm}/users/profile/metadata", &path, None)
        .await;
    assert_eq!(
        new.body["attributes"][0],
        json!({
            "name": "username", "displayName": "${username}", "required": true, "readOnly": false,
            "validators": {
                "username-prohibited-characters": {"ignore.empty.value": true},
                "multivalued": {"max": "1"},
                "length": {"max": 255, "ignore.empty.value": true, "min": 3},
                "up-username-not-idn-homograph": {"ignore.empty.value": true},
            },
            "multivalued": false,
        })
    );
    let id = make(&admin, &realm, json!({"username": "alice"})).await;
    let user = [path[0], ("user", id.as_str()), ("userProfileMetadata", "true")];
    let seen = admin.send("GET /admin/realms/{realm}/users/{user}", &user, None).await;
    let metadata = &seen.body["userProfileMetadata"];
    assert_eq!(metadata["attributes"][0]["readOnly"], json!(true));
    assert_eq!(metadata["groups"], standard()["groups"]);
    let bad = admin
        .send(CREATE, &path, Some(json!({"username": "p\u{430}ypal1"})))
        .await;
    bad.assert(
        400,
        &json!({"field": "username", "errorMessage": "error-username-invalid-character", "params": ["username"]}),
    );
}
