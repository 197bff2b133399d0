//! Components that are no keys.

use serde_json::{Value, json};

use super::support::Admin;

const POLICY: &str = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";
const STORAGE: &str = "org.keycloak.storage.UserStorageProvider";

fn ldap() -> Value {
    json!({
        "name": "ldap", "providerId": "ldap", "providerType": STORAGE,
        "config": { "editMode": ["READ_ONLY"], "connectionUrl": ["ldap://127.0.0.1:1"], "bindCredential": ["hunter2"] }
    })
}

#[tokio::test]
async fn a_component_is_made_seen_changed_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let other = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let id = admin
        .send("POST /admin/realms/{realm}/components", &in_realm, Some(ldap()))
        .await
        .created();
    let one = [("realm", realm.as_str()), ("component", id.as_str())];
    let seen = admin
        .send("GET /admin/realms/{realm}/components/{component}", &one, None)
        .await;
    let parent = seen.body["parentId"].clone();
    seen.assert(
        200,
        &json!({
            "id": id, "name": "ldap", "providerId": "ldap", "providerType": STORAGE, "parentId": parent,
            "config": { "editMode": ["READ_ONLY"], "connectionUrl": ["ldap://127.0.0.1:1"], "bindCredential": ["**********"] }
        }),
    );
    let put = "PUT /admin/realms/{realm}/components/{component}";
    let renamed = json!({ "id": id, "name": "directory" });
    admin.send(put, &one, Some(renamed)).await.assert_done();
    let again = admin
        .send("GET /admin/realms/{realm}/components/{component}", &one, None)
        .await;
    assert_eq!(
        (&again.body["name"], &again.body["config"]),
        (&json!("directory"), &seen.body["config"])
    );

    let mapper = json!({
        "name": "username", "providerId": "user-attribute-ldap-mapper", "parentId": id,
        "providerType": "org.keycloak.storage.ldap.mappers.LDAPStorageMapper"
    });
    let below = admin
        .send("POST /admin/realms/{realm}/components", &in_realm, Some(mapper))
        .await
        .created();
    let query = [("realm", realm.as_str()), ("parent", id.as_str())];
    let listed = admin.send("GET /admin/realms/{realm}/components", &query, None).await;
    assert_eq!(
        (listed.body.as_array().unwrap().len(), &listed.body[0]["id"]),
        (1, &json!(below))
    );

    let name = admin
        .send("GET /admin/realms/{realm}/user-storage/{component}/name", &one, None)
        .await;
    name.assert(200, &json!({ "id": id, "name": "directory" }));
    let sync = admin
        .send("POST /admin/realms/{realm}/user-storage/{component}/sync", &one, None)
        .await;
    assert_eq!(sync.status, 501);
    assert!(sync.body["error_description"].as_str().unwrap().contains("LDAP"));

    // A component of another realm is not there.
    let foreign = [("realm", other.as_str()), ("component", id.as_str())];
    let missing = json!({ "error": "Could not find component" });
    for method in ["GET", "DELETE"] {
        let route = format!("{method} /admin/realms/{{realm}}/components/{{component}}");
        admin.send(&route, &foreign, None).await.assert(404, &missing);
    }
    admin
        .send(put, &foreign, Some(json!({ "name": "x" })))
        .await
        .assert(404, &missing);
    admin
        .send("DELETE /admin/realms/{realm}/components/{component}", &one, None)
        .await
        .assert_done();
    let gone = [("realm", realm.as_str()), ("component", below.as_str())];
    admin
        .send("GET /admin/realms/{realm}/components/{component}", &gone, None)
        .await
        .assert(404, &missing);
}

#[tokio::test]
async fn a_new_realm_has_keycloaks_policies_of_client_registration() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let query = [("realm", realm.as_str()), ("type", POLICY)];
    let listed = admin.send("GET /admin/realms/{realm}/components", &query, None).await;
    assert_eq!(listed.body.as_array().unwrap().len(), 10);
    let named = [("realm", realm.as_str()), ("name", "Max Clients Limit")];
    let found = admin.send("GET /admin/realms/{realm}/components", &named, None).await;
    assert_eq!(
        (&found.body[0]["subType"], &found.body[0]["config"]),
        (&json!("anonymous"), &json!({ "max-clients": ["200"] }))
    );
    // They stay away when they are removed.
    for component in listed.body.as_array().unwrap() {
        let one = [
            ("realm", realm.as_str()),
            ("component", component["id"].as_str().unwrap()),
        ];
        admin
            .send("DELETE /admin/realms/{realm}/components/{component}", &one, None)
            .await
            .assert_done();
    }
    let listed = admin.send("GET /admin/realms/{realm}/components", &query, None).await;
    listed.assert(200, &json!([]));
}

#[tokio::test]
async fn what_is_no_component_is_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let no_provider = json!({ "error": "Invalid provider type or no such provider" });
    for body in [
        json!({}),
        json!({ "name": "x", "providerId": "ldap" }),
        json!({ "name": "x", "providerId": "ldap", "providerType": "zz" }),
    ] {
        let reply = admin
            .send("POST /admin/realms/{realm}/components", &in_realm, Some(body))
            .await;
        reply.assert(400, &no_provider);
    }
    let bare = json!({ "name": "x", "providerId": "ldap", "providerType": STORAGE });
    let reply = admin
        .send("POST /admin/realms/{realm}/components", &in_realm, Some(bare))
        .await;
    reply.assert(400, &json!({ "errorMessage": "Edit Mode is mandatory" }));
    let reply = admin
        .send(
            "POST /admin/realms/{realm}/components",
            &in_realm,
            Some(json!({ "nofield": 1 })),
        )
        .await;
    assert_eq!(reply.status, 400);
    assert!(
        reply.body["error"]
            .as_str()
            .unwrap()
            .contains("Unrecognized field \"nofield\"")
    );
    let viewer = admin.as_user(&realm, &["view-realm"]).await;
    let reply = viewer
        .send("POST /admin/realms/{realm}/components", &in_realm, Some(ldap()))
        .await;
    reply.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
}

#[tokio::test]
async fn sub_types_are_told_of_a_parent_that_is_there() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let id = admin.send("GET /admin/realms/{realm}", &in_realm, None).await.body["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let route = "GET /admin/realms/{realm}/components/{component}/sub-component-types";
    let asked = [
        ("realm", realm.as_str()),
        ("component", &id),
        ("type", "org.keycloak.keys.KeyProvider"),
    ];
    let told = admin.send(route, &asked, None).await;
    assert!(
        told.body
            .as_array()
            .unwrap()
            .iter()
            .any(|kind| kind["id"] == "rsa-generated")
    );
    let untyped = admin.send(route, &asked[..2], None).await;
    untyped.assert(400, &json!({ "error": "must specify a subtype" }));
    let nobody = [("realm", realm.as_str()), ("component", "nope"), ("type", "x")];
    let missing = admin.send(route, &nobody, None).await;
    missing.assert(404, &json!({ "error": "Could not find parent component" }));
}
