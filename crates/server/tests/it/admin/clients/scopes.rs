//! The scopes of a client.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{NOBODY, get, make, of};

async fn scope_id(admin: &Admin, realm: &str, name: &str) -> String {
    let place = [("realm", realm)];
    let reply = admin
        .send("GET /admin/realms/{realm}/client-scopes", &place, None)
        .await;
    let list = reply.body.as_array().unwrap();
    let found = list.iter().find(|scope| scope["name"] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

fn lists(client: &Value) -> (Vec<&str>, Vec<&str>) {
    let names = |member: &str| {
        client[member]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect()
    };
    (names("defaultClientScopes"), names("optionalClientScopes"))
}

#[tokio::test]
async fn scopes_are_added_to_one_list_and_taken_from_either() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "clientId": "a", "defaultClientScopes": ["email"], "optionalClientScopes": ["phone"] });
    let id = make(&admin, &realm, body).await;
    let ask = async |route: &str, scope: &str| {
        let place = [("realm", realm.as_str()), ("client", id.as_str()), ("scope", scope)];
        admin.send(route, &place, None).await
    };
    let (email, phone) = (
        scope_id(&admin, &realm, "email").await,
        scope_id(&admin, &realm, "phone").await,
    );
    let roles = scope_id(&admin, &realm, "roles").await;
    let role_list = scope_id(&admin, &realm, "role_list").await;

    let seen = of(
        &admin,
        "GET /admin/realms/{realm}/clients/{client}/default-client-scopes",
        &realm,
        &id,
    )
    .await;
    seen.assert(200, &json!([{ "id": email, "name": "email" }]));
    let seen = of(
        &admin,
        "GET /admin/realms/{realm}/clients/{client}/optional-client-scopes",
        &realm,
        &id,
    )
    .await;
    seen.assert(200, &json!([{ "id": phone, "name": "phone" }]));

    let add_default = "PUT /admin/realms/{realm}/clients/{client}/default-client-scopes/{scope}";
    let add_optional = "PUT /admin/realms/{realm}/clients/{client}/optional-client-scopes/{scope}";
    for (route, scope) in [
        (add_default, &roles),
        (add_default, &phone),
        (add_optional, &email),
        (add_default, &role_list),
    ] {
        ask(route, scope).await.assert_done();
    }
    let client = get(&admin, &realm, &id).await;
    assert_eq!(lists(&client), (vec!["email", "roles"], vec!["phone"]));

    let remove_default = "DELETE /admin/realms/{realm}/clients/{client}/default-client-scopes/{scope}";
    let remove_optional = "DELETE /admin/realms/{realm}/clients/{client}/optional-client-scopes/{scope}";
    ask(remove_optional, &email).await.assert_done();
    ask(remove_default, &phone).await.assert_done();
    ask(add_optional, &email).await.assert_done();
    let client = get(&admin, &realm, &id).await;
    assert_eq!(lists(&client), (vec!["roles"], vec!["email"]));

    let missing = json!({ "error": "Client scope not found" });
    let other = admin.realm().await;
    let foreign = scope_id(&admin, &other, "email").await;
    for route in [add_default, add_optional, remove_default, remove_optional] {
        for scope in [foreign.as_str(), NOBODY, "nope"] {
            let reply = ask(route, scope).await;
            assert_eq!((reply.status, &reply.body), (404, &missing), "{route} {scope}");
        }
    }
    let viewer = admin.as_user(&realm, &["view-clients"]).await;
    let place = [
        ("realm", realm.as_str()),
        ("client", id.as_str()),
        ("scope", email.as_str()),
    ];
    assert_eq!(viewer.send(add_default, &place, None).await.status, 403);
}
