//! `POST users`.

use serde_json::json;

use super::{CREATE, log_in, make, person, shown};
use crate::admin::support::Admin;

#[tokio::test]
async fn a_user_is_made_with_the_realms_default_role() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let reply = admin
        .send(
            "POST /admin/realms/{realm}/users",
            &[("realm", &realm)],
            Some(person("Tess")),
        )
        .await;
    let id = reply.created();
    let location = format!("{}/admin/realms/{realm}/users/{id}", admin.server().public_url());
    assert_eq!(reply.header("location"), Some(location.as_str()));
    let user = shown(&admin, &realm, &id).await;
    assert_eq!(
        (&user["username"], &user["email"]),
        (&json!("tess"), &json!("tess@example.com"))
    );
    let route = "GET /admin/realms/{realm}/users/{user}/role-mappings";
    let mappings = admin.send(route, &[("realm", &realm), ("user", &id)], None).await;
    assert_eq!(
        mappings.body["realmMappings"][0]["name"],
        format!("default-roles-{realm}")
    );
    assert_eq!(log_in(&admin, &realm, "tess", "first password").await.0, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_user_is_told_in_keycloaks_words() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    make(&admin, &realm, json!({"username": "tess", "email": "tess@example.com"})).await;
    let told = |text: &str| json!({ "errorMessage": text });
    for (body, status, expected) in [
        (json!({"username": "Tess"}), 409, told("User exists with same username")),
        (
            json!({"username": "tess2", "email": "TESS@example.com"}),
            409,
            told("User exists with same email"),
        ),
        (
            json!({"username": "tess@example.com"}),
            409,
            told("User exists with same username"),
        ),
        (json!({"enabled": true}), 400, told("User name is missing")),
        (json!({"username": "  "}), 400, told("User name is missing")),
        (
            json!({"username": "tess3", "email": "not-an-address", "enabled": true}),
            400,
            json!({"field": "email", "errorMessage": "error-invalid-email", "params": ["email", "not-an-address"]}),
        ),
        (
            json!({"username": "a<bc", "firstName": "<x>"}),
            400,
            json!({"errors": [
                {"field": "firstName", "errorMessage": "error-person-name-invalid-character", "params": ["firstName"]},
                {"field": "username", "errorMessage": "error-username-invalid-character", "params": ["username"]},
            ]}),
        ),
        (
            json!({"username": "service-account-x"}),
            400,
            told("user names that begin with service-account- belong to clients"),
        ),
        (
            json!({"username": "tess4", "groups": ["/nope"]}),
            400,
            told("Unable to find group specified by path: /nope"),
        ),
        (
            json!({"username": "x1", "noSuchField": 1}),
            400,
            json!({"error": "Invalid json representation for UserRepresentation. Unrecognized field \"noSuchField\" at \
                    line 1 column 17."}),
        ),
    ] {
        let reply = admin.send(CREATE, &[("realm", &realm)], Some(body.clone())).await;
        assert_eq!((reply.status, &reply.body), (status, &expected), "{body}");
    }
    let broken = admin
        .send_as(CREATE, &[("realm", &realm)], "application/json", "{\"username\":")
        .await;
    broken.assert(
        400,
        &json!({"error": "invalid_request", "error_description": "Cannot parse the JSON"}),
    );
    let form = admin
        .send_as(
            CREATE,
            &[("realm", &realm)],
            "application/x-www-form-urlencoded",
            "username=x",
        )
        .await;
    assert_eq!(form.status, 415);
    for wrong in [
        json!([]),
        json!(null),
        json!({"username": {"a": 1}}),
        json!({"username": "x", "groups": "y"}),
    ] {
        let reply = admin.send(CREATE, &[("realm", &realm)], Some(wrong.clone())).await;
        assert_eq!(reply.status, 400, "{wrong} {}", reply.text);
    }
}

#[tokio::test]
async fn what_comes_with_a_user_is_taken_over() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let group = admin
        .send(
            "POST /admin/realms/{realm}/groups",
            &[("realm", &realm)],
            Some(json!({"name": "customers"})),
        )
        .await
        .created();
    let body = json!({
        "username": "full", "email": "full@example.com", "enabled": true, "createdTimestamp": 12345,
        "requiredActions": ["UPDATE_PASSWORD", "nope"], "groups": ["/customers"],
        "federatedIdentities": [{"identityProvider": "gh", "userId": "1", "userName": "aa"}],
        "credentials": [
            {"type": "password", "userLabel": "lab",
             "credentialData": "{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\",\"additionalParameters\":{}}",
             "secretData": "{\"value\":\"V+MgQLZ+ecrAfTGeOFcTVwS9tqYyiDvPmrvqcV5BLZc=\",\"salt\":\"c2FsdHNhbHRzYWx0c2FsdA==\"}"},
            {"type": "otp", "userLabel": "phone",
             "credentialData": "{\"subType\":\"totp\",\"digits\":6,\"counter\":0,\"period\":30,\"algorithm\":\"HmacSHA1\"}",
             "secretData": "{\"value\":\"JBSWY3DPEHPK3PXPJBSW\"}"},
        ],
        "realmRoles": ["offline_access"], "clientRoles": {"realm-management": ["realm-admin"]},
    });
    let id = make(&admin, &realm, body).await;
    let user = shown(&admin, &realm, &id).await;
    assert_eq!(user["requiredActions"], json!(["UPDATE_PASSWORD"]));
    assert_eq!(
        (&user["totp"], &user["createdTimestamp"]),
        (&json!(true), &json!(12345))
    );
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    let groups = admin
        .send("GET /admin/realms/{realm}/users/{user}/groups", &path, None)
        .await;
    assert_eq!(groups.body[0]["id"], json!(group));
    // As in Keycloak, roles are given by requests of their own, which ask whether the caller may.
    let roles = admin
        .send("GET /admin/realms/{realm}/users/{user}/role-mappings", &path, None)
        .await;
    assert_eq!(roles.body.get("clientMappings"), None, "roles came with a new user");
    assert_eq!(roles.body["realmMappings"].as_array().unwrap().len(), 1);
    let credentials = admin
        .send("GET /admin/realms/{realm}/users/{user}/credentials", &path, None)
        .await;
    let labels: Vec<_> = credentials
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["userLabel"].clone())
        .collect();
    // The password first, as it is as old as the app.
    assert_eq!(labels, [json!(null), json!("phone")]);
    assert!(!credentials.text.contains("secretData"), "a secret went out");
}

#[tokio::test]
async fn a_password_is_asked_by_the_realms_policy() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let policy = json!({"passwordPolicy": "length(8) and digits(1)"});
    admin
        .send("PUT /admin/realms/{realm}", &[("realm", &realm)], Some(policy))
        .await
        .assert_done();
    let with = |value: &str| json!({"username": "pol1", "credentials": [{"type": "password", "value": value}]});
    let short = admin.send(CREATE, &[("realm", &realm)], Some(with("zz"))).await;
    short.assert(
        400,
        &json!({"error": "invalidPasswordMinLengthMessage", "error_description": "Invalid password: minimum length 8."}),
    );
    let without = admin.send(CREATE, &[("realm", &realm)], Some(with("abcdefghij"))).await;
    without.assert(
        400,
        &json!({
            "error": "invalidPasswordMinDigitsMessage",
            "error_description": "Invalid password: must contain at least 1 numerical digits.",
        }),
    );
    make(&admin, &realm, with("abcdefghij1")).await;
}

#[tokio::test]
async fn a_mail_address_may_be_shared_where_the_realm_says_so() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let shared = json!({"duplicateEmailsAllowed": true, "loginWithEmailAllowed": false});
    admin
        .send("PUT /admin/realms/{realm}", &[("realm", &realm)], Some(shared))
        .await
        .assert_done();
    for name in ["dup1", "dup2"] {
        make(&admin, &realm, json!({"username": name, "email": "dup@example.com"})).await;
    }
}
