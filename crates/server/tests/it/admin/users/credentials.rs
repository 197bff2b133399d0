//! Passwords and authenticator apps.

use serde_json::{Value, json};

use super::{is_taken, log_in, make, person, shown, tokens};
use crate::admin::support::{Admin, Reply};

const RESET: &str = "PUT /admin/realms/{realm}/users/{user}/reset-password";
const CREDENTIALS: &str = "GET /admin/realms/{realm}/users/{user}/credentials";
const LABEL: &str = "PUT /admin/realms/{realm}/users/{user}/credentials/{credential}/userLabel";

struct Person {
    admin: Admin,
    realm: String,
    id: String,
}

impl Person {
    async fn new() -> Self {
        let admin = Admin::start().await;
        let realm = admin.realm().await;
        let id = make(&admin, &realm, person("alice")).await;
        Self { admin, realm, id }
    }

    async fn send(&self, route: &str, more: &[(&str, &str)], body: Option<Value>) -> Reply {
        let own = [("realm", self.realm.as_str()), ("user", self.id.as_str())];
        let path: Vec<(&str, &str)> = own.into_iter().chain(more.iter().copied()).collect();
        self.admin.send(route, &path, body).await
    }

    async fn ids(&self) -> Vec<String> {
        let list = self.send(CREDENTIALS, &[], None).await;
        let list = list.body.as_array().unwrap().clone();
        list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn add_otp(&self) {
        let otp = json!({"credentials": [{
            "type": "otp", "userLabel": "phone",
            "credentialData": "{\"subType\":\"totp\",\"digits\":6,\"counter\":0,\"period\":30,\"algorithm\":\"HmacSHA1\"}",
            "secretData": "{\"value\":\"JBSWY3DPEHPK3PXPJBSW\"}",
        }]});
        self.send("PUT /admin/realms/{realm}/users/{user}", &[], Some(otp))
            .await
            .assert_done();
    }
}

#[tokio::test]
async fn a_password_is_reset() {
    let person = Person::new().await;
    let tokens = tokens(&person.admin, &person.realm, "alice", "first password").await;
    let token = tokens["access_token"].as_str().unwrap();
    let route = "PUT /admin/realms/{realm}/users/{user}/reset-password";
    let body = json!({"type": "password", "value": "second password", "temporary": false});
    person.send(route, &[], Some(body)).await.assert_done();
    assert_eq!(
        log_in(&person.admin, &person.realm, "alice", "first password").await.0,
        400
    );
    assert_eq!(
        log_in(&person.admin, &person.realm, "alice", "second password").await.0,
        200
    );
    assert!(
        !is_taken(&person.admin, &person.realm, token).await,
        "who knew the old password stayed"
    );
    person
        .send(RESET, &[], Some(json!({"value": "third password", "temporary": true})))
        .await
        .assert_done();
    let user = shown(&person.admin, &person.realm, &person.id).await;
    assert_eq!(user["requiredActions"], json!(["UPDATE_PASSWORD"]));
    person
        .send(RESET, &[], Some(json!({"value": "fourth password"})))
        .await
        .assert_done();
    let user = shown(&person.admin, &person.realm, &person.id).await;
    assert_eq!(user["requiredActions"], json!([]));
}

#[tokio::test]
async fn a_bad_reset_is_told_in_keycloaks_words() {
    let person = Person::new().await;
    let policy = json!({"passwordPolicy": "length(8)"});
    person
        .send("PUT /admin/realms/{realm}", &[("user", "")], Some(policy))
        .await
        .assert_done();
    for (body, expected) in [
        (json!({}), json!({"error": "No password provided"})),
        (json!(null), json!({"error": "No password provided"})),
        (json!({"value": "  "}), json!({"error": "Empty password not allowed"})),
        (
            json!({"value": "a", "foo": 1}),
            json!({"error": "Invalid json representation for CredentialRepresentation. Unrecognized field \"foo\" at \
                    line 1 column 9."}),
        ),
        (
            json!({"value": "zz"}),
            json!({
                "error": "invalidPasswordMinLengthMessage",
                "error_description": "Invalid password: minimum length 8.",
            }),
        ),
    ] {
        let reply = person.send(RESET, &[], Some(body.clone())).await;
        assert_eq!((reply.status, &reply.body), (400, &expected), "{body}");
    }
    assert_eq!(
        log_in(&person.admin, &person.realm, "alice", "first password").await.0,
        200
    );
}

#[tokio::test]
async fn credentials_are_listed_without_secrets_named_moved_and_removed() {
    let person = Person::new().await;
    let list = person
        .send("GET /admin/realms/{realm}/users/{user}/credentials", &[], None)
        .await;
    let password = list.body[0]["id"].as_str().unwrap().to_owned();
    list.assert(
        200,
        &json!([{
            "id": password, "type": "password", "createdDate": 1_800_000_000_000_i64,
            "credentialData": "{\"hashIterations\":5,\"algorithm\":\"argon2\",\"additionalParameters\":{\"hashLength\":[\"32\"],\"memory\":[\"7168\"],\"type\":[\"id\"],\"version\":[\"1.3\"],\"parallelism\":[\"1\"]}}",
        }]),
    );
    person.add_otp().await;
    let ids = person.ids().await;
    let otp = ids.iter().find(|id| **id != password).unwrap().clone();
    let here = [("credential", otp.as_str())];
    let label = async |text: &str| {
        let own = [("realm", person.realm.as_str()), ("user", person.id.as_str()), here[0]];
        let route = "PUT /admin/realms/{realm}/users/{user}/credentials/{credential}/userLabel";
        person.admin.send_as(route, &own, "text/plain", text).await
    };
    label("my label").await.assert_done();
    label("  ").await.assert(
        400,
        &json!({"error": "missingCredentialLabel", "error_description": "Credential label must not be empty"}),
    );
    assert_eq!(person.send(LABEL, &here, Some(json!("x"))).await.status, 415);

    let first = "POST /admin/realms/{realm}/users/{user}/credentials/{credential}/moveToFirst";
    person.send(first, &here, None).await.assert_done();
    assert_eq!(person.ids().await, [otp.clone(), password.clone()]);
    let after = "POST /admin/realms/{realm}/users/{user}/credentials/{credential}/moveAfter/{after}";
    person
        .send(after, &[here[0], ("after", &password)], None)
        .await
        .assert_done();
    assert_eq!(person.ids().await, [password.clone(), otp.clone()]);
    person
        .send(after, &[here[0], ("after", "nope")], None)
        .await
        .assert_done();
    assert_eq!(person.ids().await, [password.clone(), otp.clone()]);

    let remove = "DELETE /admin/realms/{realm}/users/{user}/credentials/{credential}";
    person.send(remove, &here, None).await.assert_done();
    assert_eq!(person.ids().await, [password]);
    let missing = json!({"error": "Credential not found"});
    for id in [otp.as_str(), "nope"] {
        person
            .send(remove, &[("credential", id)], None)
            .await
            .assert(404, &missing);
        person
            .send(first, &[("credential", id)], None)
            .await
            .assert(404, &missing);
    }
}

/// A credential is only found below the user whose it is.
#[tokio::test]
async fn the_credential_of_somebody_else_is_not_found() {
    let person = Person::new().await;
    let other = make(&person.admin, &person.realm, super::person("bob")).await;
    let list = person
        .admin
        .send(CREDENTIALS, &[("realm", &person.realm), ("user", &other)], None)
        .await;
    let foreign = list.body[0]["id"].as_str().unwrap().to_owned();
    let missing = json!({"error": "Credential not found"});
    for route in [
        "DELETE /admin/realms/{realm}/users/{user}/credentials/{credential}",
        "POST /admin/realms/{realm}/users/{user}/credentials/{credential}/moveToFirst",
    ] {
        person
            .send(route, &[("credential", &foreign)], None)
            .await
            .assert(404, &missing);
    }
    assert_eq!(
        log_in(&person.admin, &person.realm, "bob", "first password").await.0,
        200
    );
}

#[tokio::test]
async fn local_credentials_are_of_no_storage_and_cannot_be_disabled() {
    let person = Person::new().await;
    let route = "GET /admin/realms/{realm}/users/{user}/configured-user-storage-credential-types";
    person.send(route, &[], None).await.assert(200, &json!([]));
    let route = "PUT /admin/realms/{realm}/users/{user}/disable-credential-types";
    person
        .send(route, &[], Some(json!(["password", "otp"])))
        .await
        .assert_done();
    assert_eq!(person.send(route, &[], Some(json!({}))).await.status, 400);
    assert_eq!(person.ids().await.len(), 1);
}
