//! What a client would get.

use serde_json::{Value, json};

use super::super::support::{Admin, Reply};
use super::{NOBODY, make, of};

const ACCESS: &str = "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-access-token";
const ID: &str = "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-id-token";
const USERINFO: &str = "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/generate-example-userinfo";

async fn user(admin: &Admin, realm: &str) -> String {
    let body = json!({
        "username": "alice",
        "enabled": true,
        "email": "alice@example.com",
        "firstName": "Alice",
        "lastName": "Anders",
    });
    admin
        .send("POST /admin/realms/{realm}/users", &[("realm", realm)], Some(body))
        .await
        .created()
}

async fn ask(admin: &Admin, route: &str, place: (&str, &str), query: &[(&str, &str)]) -> Reply {
    let (realm, client) = place;
    let parameters: Vec<(&str, &str)> = [("realm", realm), ("client", client)]
        .into_iter()
        .chain(query.iter().copied())
        .collect();
    admin.send(route, &parameters, None).await
}

/// What is another each time.
fn without_ids(mut token: Value) -> Value {
    let members = token.as_object_mut().unwrap();
    for name in ["exp", "iat", "jti", "sid", "iss"] {
        assert!(members.remove(name).is_some(), "{name}");
    }
    token
}

#[tokio::test]
async fn example_tokens_say_what_real_ones_would() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let mapper = json!({
        "name": "tier",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-hardcoded-claim-mapper",
        "config": { "claim.name": "tier", "claim.value": "gold", "access.token.claim": "true" },
    });
    let body = json!({ "clientId": "app", "fullScopeAllowed": false, "protocolMappers": [mapper] });
    let client = make(&admin, &realm, body).await;
    let alice = user(&admin, &realm).await;
    let place = (realm.as_str(), client.as_str());
    let query = [("scope", "openid nonsense"), ("userId", alice.as_str())];

    let reply = ask(&admin, ACCESS, place, &query).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let (exp, iat) = (reply.body["exp"].as_i64().unwrap(), reply.body["iat"].as_i64().unwrap());
    assert_eq!(exp - iat, 300);
    assert!(
        reply.body["jti"].as_str().unwrap().starts_with("onrtna:"),
        "{}",
        reply.body
    );
    let mut token = without_ids(reply.body);
    let scope = token["scope"].take();
    let mut scope: Vec<&str> = scope.as_str().unwrap().split(' ').collect();
    scope.sort_unstable();
    assert_eq!(scope, ["email", "openid", "profile"]);
    assert_eq!(
        token,
        json!({
            "sub": alice,
            "typ": "Bearer",
            "azp": "app",
            "client_id": "app",
            "acr": "1",
            "scope": null,
            "email_verified": false,
            "name": "Alice Anders",
            "preferred_username": "alice",
            "given_name": "Alice",
            "family_name": "Anders",
            "email": "alice@example.com",
            "tier": "gold",
        })
    );
    let reply = ask(&admin, ID, place, &query).await;
    assert_eq!(
        without_ids(reply.body),
        json!({
            "aud": "app",
            "sub": alice,
            "typ": "ID",
            "azp": "app",
            "acr": "1",
            "email_verified": false,
            "name": "Alice Anders",
            "preferred_username": "alice",
            "given_name": "Alice",
            "family_name": "Anders",
            "email": "alice@example.com",
        })
    );
    let reply = ask(&admin, USERINFO, place, &query).await;
    reply.assert(
        200,
        &json!({
            "sub": alice,
            "email_verified": false,
            "name": "Alice Anders",
            "preferred_username": "alice",
            "given_name": "Alice",
            "family_name": "Anders",
            "email": "alice@example.com",
        }),
    );
}

#[tokio::test]
async fn an_example_needs_a_user_of_the_realm_that_the_caller_may_see() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let client = make(&admin, &realm, json!({ "clientId": "app" })).await;
    let (alice, foreign) = (user(&admin, &realm).await, user(&admin, &other).await);
    let place = (realm.as_str(), client.as_str());
    for route in [ACCESS, ID, USERINFO] {
        let reply = ask(&admin, route, place, &[]).await;
        reply.assert(404, &json!({ "error": "No userId provided" }));
        for id in [foreign.as_str(), NOBODY, "nobody"] {
            let reply = ask(&admin, route, place, &[("userId", id)]).await;
            reply.assert(404, &json!({ "error": "No user found" }));
        }
        let viewer = admin.as_user(&realm, &["view-clients"]).await;
        let reply = ask(&viewer, route, place, &[("userId", &alice)]).await;
        assert_eq!(reply.status, 403, "{route}");
        let both = admin.as_user(&realm, &["view-clients", "view-users"]).await;
        let reply = ask(&both, route, place, &[("userId", &alice)]).await;
        assert_eq!(reply.status, 200, "{route}");
    }
    let reply = ask(&admin, ACCESS, place, &[("userId", &alice), ("audience", "app")]).await;
    reply.assert(404, &json!({ "error": "Requested audience not available: app" }));
    let reply = ask(&admin, ACCESS, place, &[("userId", &alice), ("audience", "nonsense")]).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn effective_mappers_are_those_of_the_granted_scopes_and_its_own() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({
        "clientId": "app",
        "defaultClientScopes": ["email"],
        "optionalClientScopes": ["phone"],
        "protocolMappers": [{ "name": "own", "protocolMapper": "oidc-amr-mapper" }],
    });
    let client = make(&admin, &realm, body).await;
    let route = "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/protocol-mappers";
    let names = |reply: &Reply| -> Vec<String> {
        let list = reply.body.as_array().unwrap();
        list.iter()
            .map(|mapper| mapper["mapperName"].as_str().unwrap().to_owned())
            .collect()
    };
    let plain = of(&admin, route, &realm, &client).await;
    assert_eq!(names(&plain), ["email", "email verified", "own"]);
    let own = &plain.body[2];
    assert_eq!(
        *own,
        json!({
            "mapperId": own["mapperId"],
            "mapperName": "own",
            "containerId": client,
            "containerName": "app",
            "containerType": "client",
            "protocolMapper": "oidc-amr-mapper",
        })
    );
    let place = (realm.as_str(), client.as_str());
    let more = ask(&admin, route, place, &[("scope", "phone address")]).await;
    assert_eq!(
        names(&more),
        [
            "email",
            "email verified",
            "phone number",
            "phone number verified",
            "own"
        ]
    );
}

#[tokio::test]
async fn roles_are_granted_as_the_client_and_the_scopes_let_them_in() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let client = make(&admin, &realm, json!({ "clientId": "app", "fullScopeAllowed": false })).await;
    let foreign = make(&admin, &other, json!({ "clientId": "app" })).await;
    let place = [("realm", realm.as_str()), ("client", client.as_str())];
    let body = json!({ "name": "own" });
    admin
        .send("POST /admin/realms/{realm}/clients/{client}/roles", &place, Some(body))
        .await;
    let granted = "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/scope-mappings/{container}/granted";
    let not_granted =
        "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/scope-mappings/{container}/not-granted";
    let names = async |route: &str, container: &str, scope: &str| -> Vec<String> {
        let query = [("container", container), ("scope", scope)];
        let reply = ask(&admin, route, (&realm, &client), &query).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let list = reply.body.as_array().unwrap();
        list.iter()
            .map(|role| role["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(names(granted, &client, "").await, ["own"]);
    assert_eq!(names(not_granted, &client, "").await, none);
    assert_eq!(names(granted, &realm, "").await, none);
    let default = format!("default-roles-{realm}");
    assert_eq!(
        names(not_granted, &realm, "").await,
        [default.as_str(), "offline_access", "uma_authorization"]
    );
    assert_eq!(names(granted, &realm, "offline_access").await, ["offline_access"]);
    for container in [foreign.as_str(), NOBODY, "nope"] {
        for route in [granted, not_granted] {
            let reply = ask(&admin, route, (&realm, &client), &[("container", container)]).await;
            reply.assert(404, &json!({ "error": "Role Container not found" }));
        }
    }
}
