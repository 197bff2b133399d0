//! Users. Where a text or a shape is asserted, Keycloak 26.7.4 was asked.

use serde_json::{Value, json};

use super::support::Admin;

mod consents;
mod create;
mod credentials;
mod federated_identities;
mod guarded;
mod impersonation;
mod list;
mod privilege;
mod profile;
mod sessions;
mod update;

const USERS: &str = "GET /admin/realms/{realm}/users";
const CREATE: &str = "POST /admin/realms/{realm}/users";
const USER: &str = "GET /admin/realms/{realm}/users/{user}";
const UPDATE: &str = "PUT /admin/realms/{realm}/users/{user}";

/// Makes a user. Returns their id.
async fn make(admin: &Admin, realm: &str, body: Value) -> String {
    admin.send(CREATE, &[("realm", realm)], Some(body)).await.created()
}

/// A user as the API shows them.
async fn shown(admin: &Admin, realm: &str, user: &str) -> Value {
    let reply = admin.send(USER, &[("realm", realm), ("user", user)], None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

/// The token response for a password.
pub(super) async fn log_in(admin: &Admin, realm: &str, username: &str, password: &str) -> (u16, Value) {
    log_in_to(admin, realm, "admin-cli", username, password).await
}

/// The token response for a password, whose access token the realm's own endpoints take.
async fn tokens(admin: &Admin, realm: &str, username: &str, password: &str) -> Value {
    let client = json!({"clientId": "app", "publicClient": true, "directAccessGrantsEnabled": true});
    let made = admin
        .send("POST /admin/realms/{realm}/clients", &[("realm", realm)], Some(client))
        .await;
    assert!(matches!(made.status, 201 | 409), "{made:?}");
    let (status, tokens) = log_in_to(admin, realm, "app", username, password).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

async fn log_in_to(admin: &Admin, realm: &str, client: &str, username: &str, password: &str) -> (u16, Value) {
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let form = [
        ("client_id", client),
        ("grant_type", "password"),
        ("username", username),
        ("password", password),
        ("scope", "openid"),
    ];
    let answer = crate::support::Request::post(&path)
        .form(&form)
        .send(admin.server())
        .await;
    (answer.status, answer.json())
}

/// Whether a realm still takes an access token.
async fn is_taken(admin: &Admin, realm: &str, token: &str) -> bool {
    let path = format!("/realms/{realm}/protocol/openid-connect/userinfo");
    let request = crate::support::Request::get(&path).header("Authorization", &format!("Bearer {token}"));
    match request.send(admin.server()).await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

/// A user with everything that lets them log in.
fn person(name: &str) -> Value {
    json!({
        "username": name, "email": format!("{name}@example.com"), "firstName": "First", "lastName": "Last",
        "enabled": true, "emailVerified": true,
        "credentials": [{"type": "password", "value": "first password"}],
    })
}

#[tokio::test]
async fn a_user_is_shown_whole() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let reply = admin
        .send(
            "GET /admin/realms/{realm}/users/{user}",
            &[("realm", &realm), ("user", &id)],
            None,
        )
        .await;
    let access = json!({
        "view": true, "manage": true, "mapRoles": true, "manageGroupMembership": true, "impersonate": true,
        "resetPassword": true,
    });
    reply.assert(
        200,
        &json!({
            "id": id, "username": "alice", "firstName": "First", "lastName": "Last", "email": "alice@example.com",
            "emailVerified": true, "enabled": true, "createdTimestamp": 1_800_000_000_000_i64, "totp": false,
            "disableableCredentialTypes": [], "requiredActions": [], "notBefore": 0, "access": access,
        }),
    );
    assert_eq!(reply.header("content-type"), Some("application/json;charset=UTF-8"));
    assert_eq!(reply.header("cache-control"), Some("no-cache"));
}

#[tokio::test]
async fn a_user_of_another_realm_or_of_none_is_not_found() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let foreign = make(&admin, &other, person("alice")).await;
    let missing = json!({ "error": "User not found" });
    let routes = [
        (USER, None),
        (UPDATE, Some(json!({ "firstName": "x" }))),
        ("DELETE /admin/realms/{realm}/users/{user}", None),
        (
            "PUT /admin/realms/{realm}/users/{user}/reset-password",
            Some(json!({ "value": "another password" })),
        ),
        ("GET /admin/realms/{realm}/users/{user}/unmanagedAttributes", None),
        ("GET /admin/realms/{realm}/users/{user}/credentials", None),
        (
            "GET /admin/realms/{realm}/users/{user}/configured-user-storage-credential-types",
            None,
        ),
        (
            "PUT /admin/realms/{realm}/users/{user}/disable-credential-types",
            Some(json!(["otp"])),
        ),
        ("GET /admin/realms/{realm}/users/{user}/consents", None),
        ("DELETE /admin/realms/{realm}/users/{user}/consents/admin-cli", None),
        ("GET /admin/realms/{realm}/users/{user}/sessions", None),
        ("POST /admin/realms/{realm}/users/{user}/logout", None),
        ("GET /admin/realms/{realm}/users/{user}/federated-identity", None),
        (
            "POST /admin/realms/{realm}/users/{user}/federated-identity/gh",
            Some(json!({ "userId": "1" })),
        ),
        ("DELETE /admin/realms/{realm}/users/{user}/federated-identity/gh", None),
        ("POST /admin/realms/{realm}/users/{user}/impersonation", None),
    ];
    for (route, body) in routes {
        for user in [foreign.as_str(), "00000000-0000-0000-0000-000000000000", "nope"] {
            let reply = admin
                .send(route, &[("realm", &realm), ("user", user)], body.clone())
                .await;
            assert_eq!((reply.status, &reply.body), (404, &missing), "{route} {user}");
        }
    }
    let kept = shown(&admin, &other, &foreign).await;
    assert_eq!(kept["firstName"], "First", "the foreign user was changed");
}

#[tokio::test]
async fn a_deleted_user_is_gone_with_their_tokens_at_once() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("alice")).await;
    let tokens = tokens(&admin, &realm, "alice", "first password").await;
    let token = tokens["access_token"].as_str().unwrap();
    assert!(is_taken(&admin, &realm, token).await);
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    let reply = admin
        .send("DELETE /admin/realms/{realm}/users/{user}", &path, None)
        .await;
    reply.assert_done();
    assert!(
        !is_taken(&admin, &realm, token).await,
        "a deleted user's token is taken"
    );
    let again = admin
        .send("DELETE /admin/realms/{realm}/users/{user}", &path, None)
        .await;
    again.assert(404, &json!({ "error": "User not found" }));
    assert_eq!(log_in(&admin, &realm, "alice", "first password").await.0, 400);
}
