//! Names that an index of PostgreSQL cannot take are refused: Keycloak 26.7 answers 500 to most of them.

use serde_json::{Value, json};

use super::support::{Admin, Reply};
use crate::support::Place;

/// Text that does not compress, so that its length in an index is what it seems: `length` characters of four bytes.
fn long(length: u32) -> String {
    let letters = (0..length).map(|place| char::from_u32(0x1_F300 + place * 7919 % 700).unwrap());
    letters.collect()
}

async fn post(admin: &Admin, noun: &str, body: Value) -> Reply {
    let route = format!("POST /admin/realms/{{realm}}/{noun}");
    admin.send(&route, &[("realm", "long")], Some(body)).await
}

#[tokio::test]
async fn names_are_as_long_as_keycloaks_and_no_longer() {
    for place in Place::both().await {
        let admin = Admin::start_at(place, |_| {}).await;
        let body = json!({ "realm": "long", "enabled": true });
        admin.send("POST /admin/realms", &[], Some(body)).await.created();
        let (fits, over, huge) = (long(255), long(256), long(5000));
        let ascii = "x".repeat(255);
        let told = |what: &str| json!({ "errorMessage": format!("{what} is longer than 255 characters") });
        for (noun, name, good, what) in [
            ("roles", "name", &fits, "Role name"),
            ("groups", "name", &fits, "Group name"),
            ("authentication/flows", "alias", &fits, "Flow alias"),
        ] {
            assert_eq!(post(&admin, noun, json!({ name: good })).await.status, 201, "{noun}");
            for bad in [&over, &huge] {
                post(&admin, noun, json!({ name: bad })).await.assert(400, &told(what));
            }
        }
        post(&admin, "authentication/config", json!({ "alias": huge, "config": {} }))
            .await
            .assert(400, &told("Name"));
        for (noun, name, good) in [("clients", "clientId", &fits), ("client-scopes", "name", &ascii)] {
            let body = json!({ name: good, "protocol": "openid-connect" });
            assert_eq!(post(&admin, noun, body).await.status, 201, "{noun}");
            for bad in [&format!("{ascii}x"), &over, &huge] {
                let body = json!({ name: bad, "protocol": "openid-connect" });
                assert_eq!(post(&admin, noun, body).await.status, 400, "{noun}");
            }
        }
        attributes(&admin, &over, &told("Attribute name")).await;
        users(&admin, (&fits, &over, &huge)).await;
        admin.finish().await;
    }
}

/// A name has a bound; a value is as long as the body may be, but for one of a user.
async fn attributes(admin: &Admin, over: &str, told: &Value) {
    let value = long(1000);
    for (noun, attributes, fine) in [
        ("users", json!({ over: ["a"] }), json!({ "a": [value] })),
        ("roles", json!({ over: ["a"] }), json!({ "a": [value] })),
        ("groups", json!({ over: ["a"] }), json!({ "a": [value] })),
        ("client-scopes", json!({ over: "a" }), json!({ "a": value })),
    ] {
        let body = |attributes: &Value| {
            let name = if noun == "users" { "username" } else { "name" };
            let mut body = json!({ name: "with-attributes", "attributes": attributes });
            if noun == "client-scopes" {
                body["protocol"] = json!("openid-connect");
            }
            body
        };
        post(admin, noun, body(&attributes)).await.assert(400, told);
        let reply = post(admin, noun, body(&fine)).await;
        assert_eq!(reply.status, 201, "{noun} {reply:?}");
    }
    let refused = post(
        admin,
        "clients",
        json!({ "clientId": "with-attributes", "attributes": { over: "a" } }),
    )
    .await;
    refused.assert(
        400,
        &json!({
            "error": "invalid_input", "error_description": "Attribute name is longer than 255 characters",
        }),
    );
}

/// Whatever the profile configuration says.
async fn users(admin: &Admin, (fits, over, huge): (&str, &str, &str)) {
    let profile = "GET /admin/realms/{realm}/users/profile";
    let mut configured = admin.send(profile, &[("realm", "long")], None).await.body;
    for attribute in configured["attributes"].as_array_mut().unwrap() {
        attribute["validations"] = json!({});
    }
    let profile = "PUT /admin/realms/{realm}/users/profile";
    let reply = admin.send(profile, &[("realm", "long")], Some(configured)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let whole = json!({ "username": fits, "email": fits, "firstName": fits, "lastName": fits });
    let reply = post(admin, "users", whole).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    for member in ["username", "email", "firstName", "lastName"] {
        for bad in [over, huge] {
            let mut body = json!({ "username": "somebody" });
            body[member] = json!(bad);
            post(admin, "users", body).await.assert(
                400,
                &json!({
                    "field": member, "errorMessage": "error-invalid-length-too-long", "params": [member, null, 255],
                }),
            );
        }
    }
    let user = post(admin, "users", json!({ "username": "linked" })).await.created();
    let route = "POST /admin/realms/{realm}/users/{user}/federated-identity/{provider}";
    let path = [("realm", "long"), ("user", user.as_str()), ("provider", "idp")];
    let reply = admin.send(route, &path, Some(json!({ "userId": huge }))).await;
    reply.assert(400, &json!({ "errorMessage": "User id is longer than 255 characters" }));
    let linked = json!({ "username": "new", "federatedIdentities": [{ "identityProvider": "idp", "userId": huge }] });
    let reply = post(admin, "users", linked).await;
    reply.assert(400, &json!({ "errorMessage": "User id is longer than 255 characters" }));
}

#[tokio::test]
async fn a_file_with_longer_names_is_refused_whole() {
    for place in Place::both().await {
        let admin = Admin::start_at(place, |_| {}).await;
        let huge = long(5000);
        let told = |what: &str| format!("{what} is longer than 255 characters");
        for (file, path, text) in [
            (
                json!({ "roles": { "realm": [{ "name": huge }] } }),
                "roles.realm[0].name",
                told("Role name"),
            ),
            (
                json!({ "groups": [{ "name": huge }] }),
                "groups[0].name",
                told("Group name"),
            ),
            (
                json!({ "groups": [{ "name": "a", "subGroups": [{ "name": huge }] }] }),
                "groups[0].subGroups[0].name",
                told("Group name"),
            ),
            (
                json!({ "authenticationFlows": [{ "alias": huge }] }),
                "authenticationFlows[0]",
                told("Name"),
            ),
            (
                json!({ "users": [{
                    "username": "a", "federatedIdentities": [{ "identityProvider": "x", "userId": huge }],
                }] }),
                "users[0].federatedIdentities[0]",
                told("A name"),
            ),
            (
                json!({ "users": [{ "username": huge }] }),
                "users[0].username",
                "a user name has 1 to 255 characters that can be seen".to_owned(),
            ),
            (
                json!({ "localizationTexts": { huge.as_str(): {} } }),
                "localizationTexts",
                told("Locale"),
            ),
        ] {
            let mut file = file;
            file["realm"] = json!("long");
            let reply = admin.send("POST /admin/realms", &[], Some(file)).await;
            assert_eq!(reply.status, 400, "{path} {reply:?}");
            let expected = format!("{path}: {text}");
            assert!(reply.text.contains(&expected), "{expected}: {}", reply.text);
        }
        let gone = admin
            .send("GET /admin/realms/{realm}", &[("realm", "long")], None)
            .await;
        gone.assert(404, &json!({ "error": "Realm not found." }));
        admin.finish().await;
    }
}
