//! Client scopes, and the protocol mappers of them and of clients.

use serde_json::{Value, json};

use super::support::Admin;

const CREATE: &str = "POST /admin/realms/{realm}/client-scopes";

async fn scope(admin: &Admin, realm: &str, name: &str) -> String {
    let body = json!({
        "name": name, "protocol": "openid-connect", "description": "Orders",
        "attributes": { "include.in.token.scope": "true" }
    });
    let in_realm = [("realm", realm)];
    let made = admin
        .send("POST /admin/realms/{realm}/client-scopes", &in_realm, Some(body))
        .await;
    made.created()
}

fn mapper(name: &str) -> Value {
    json!({
        "name": name, "protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper",
        "config": { "claim.name": "tier", "claim.value": "gold", "access.token.claim": "true" }
    })
}

#[tokio::test]
async fn a_client_scope_is_made_seen_changed_and_removed() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let id = scope(&admin, &realm, "orders:read").await;
    let one = [("realm", realm.as_str()), ("scope", id.as_str())];
    let seen = admin
        .send("GET /admin/realms/{realm}/client-scopes/{scope}", &one, None)
        .await;
    let whole = json!({
        "id": id, "name": "orders:read", "description": "Orders", "protocol": "openid-connect",
        "attributes": { "include.in.token.scope": "true" }
    });
    seen.assert(200, &whole);
    let in_realm = [("realm", realm.as_str())];
    for list in [
        "GET /admin/realms/{realm}/client-scopes",
        "GET /admin/realms/{realm}/client-templates",
    ] {
        let listed = admin.send(list, &in_realm, None).await;
        assert!(listed.body.as_array().unwrap().contains(&whole), "{list}");
    }
    let body = |name: &str, protocol: &str| Some(json!({ "name": name, "protocol": protocol }));
    let taken = admin
        .send(CREATE, &in_realm, body("orders:read", "openid-connect"))
        .await;
    taken.assert(
        409,
        &json!({ "errorMessage": "Client Scope orders:read already exists" }),
    );
    let named = admin.send(CREATE, &in_realm, body("a b", "openid-connect")).await;
    named.assert(
        400,
        &json!({ "errorMessage": "Unexpected name \"a b\" for ClientScope" }),
    );
    let strange = admin.send(CREATE, &in_realm, body("x", "nope")).await;
    strange.assert(400, &json!({ "errorMessage": "Unexpected protocol" }));

    // Another realm has none of this row.
    let foreign = [("realm", other.as_str()), ("scope", id.as_str())];
    for (route, body) in [
        ("GET /admin/realms/{realm}/client-scopes/{scope}", None),
        (
            "PUT /admin/realms/{realm}/client-scopes/{scope}",
            Some(json!({ "name": "mine" })),
        ),
        ("DELETE /admin/realms/{realm}/client-scopes/{scope}", None),
    ] {
        let missing = admin.send(route, &foreign, body).await;
        missing.assert(404, &json!({ "error": "Could not find client scope" }));
    }

    let taken = Some(json!({ "name": "email" }));
    let taken = admin
        .send("PUT /admin/realms/{realm}/client-scopes/{scope}", &one, taken)
        .await;
    taken.assert(409, &json!({ "errorMessage": "Client Scope email already exists" }));
    admin
        .send("DELETE /admin/realms/{realm}/client-scopes/{scope}", &one, None)
        .await
        .assert_done();
    let gone = admin
        .send("GET /admin/realms/{realm}/client-scopes/{scope}", &one, None)
        .await;
    gone.assert(404, &json!({ "error": "Could not find client scope" }));
}

/// A scope that is renamed or removed is so wherever it stands.
#[tokio::test]
async fn clients_follow_a_scope_that_changes_its_name() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = scope(&admin, &realm, "orders:read").await;
    let in_realm = [("realm", realm.as_str())];
    let client = Some(json!({ "clientId": "app", "optionalClientScopes": ["orders:read"] }));
    let client = admin
        .send("POST /admin/realms/{realm}/clients", &in_realm, client)
        .await
        .created();
    let one = [("realm", realm.as_str()), ("scope", id.as_str())];
    let change = Some(json!({ "name": "orders:see" }));
    admin
        .send("PUT /admin/realms/{realm}/client-scopes/{scope}", &one, change)
        .await
        .assert_done();
    let of = [("realm", realm.as_str()), ("client", client.as_str())];
    let seen = admin
        .send("GET /admin/realms/{realm}/clients/{client}", &of, None)
        .await;
    assert_eq!(seen.body["optionalClientScopes"], json!(["orders:see"]));
    admin
        .send("DELETE /admin/realms/{realm}/client-scopes/{scope}", &one, None)
        .await
        .assert_done();
    let seen = admin
        .send("GET /admin/realms/{realm}/clients/{client}", &of, None)
        .await;
    assert_eq!(seen.body["optionalClientScopes"], json!([]));
}

#[tokio::test]
async fn the_name_that_scopes_had_before_works_too() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = Some(json!({ "name": "old", "protocol": "openid-connect" }));
    let in_realm = [("realm", realm.as_str())];
    let id = admin
        .send("POST /admin/realms/{realm}/client-templates", &in_realm, body)
        .await
        .created();
    let one = [("realm", realm.as_str()), ("scope", id.as_str())];
    let change = Some(json!({ "description": "Older" }));
    admin
        .send("PUT /admin/realms/{realm}/client-templates/{scope}", &one, change)
        .await
        .assert_done();
    let seen = admin
        .send("GET /admin/realms/{realm}/client-templates/{scope}", &one, None)
        .await;
    assert_eq!((seen.status, &seen.body["description"]), (200, &json!("Older")));
    admin
        .send("DELETE /admin/realms/{realm}/client-templates/{scope}", &one, None)
        .await
        .assert_done();
}

/// The routes of the mappers of one owner.
macro_rules! mapper_routes {
    ($base:literal) => {
        [
            concat!("GET ", $base, "/models"),
            concat!("POST ", $base, "/models"),
            concat!("GET ", $base, "/models/{mapper}"),
            concat!("PUT ", $base, "/models/{mapper}"),
            concat!("DELETE ", $base, "/models/{mapper}"),
            concat!("POST ", $base, "/add-models"),
            concat!("GET ", $base, "/protocol/{protocol}"),
        ]
    };
}

async fn make_see_change_and_remove(admin: &Admin, realm: &str, owner: (&str, &str), routes: [&str; 7]) {
    let [list, create, get, put, delete, add, of_protocol] = routes;
    let of = [("realm", realm), owner];
    let id = admin.send(create, &of, Some(mapper("tier"))).await.created();
    let again = admin.send(create, &of, Some(mapper("tier"))).await;
    again.assert(409, &json!({ "errorMessage": "Protocol mapper exists with same name" }));
    let mut unknown = mapper("other");
    unknown["protocolMapper"] = json!("nope");
    let unknown = admin.send(create, &of, Some(unknown)).await;
    unknown.assert(404, &json!({ "error": "ProtocolMapper provider not found" }));

    let mut whole = mapper("tier");
    whole["id"] = json!(id);
    whole["consentRequired"] = json!(false);
    let one = [of[0], of[1], ("mapper", id.as_str())];
    admin.send(get, &one, None).await.assert(200, &whole);
    admin.send(list, &of, None).await.assert(200, &json!([whole]));
    let protocol = [of[0], of[1], ("protocol", "openid-connect")];
    admin
        .send(of_protocol, &protocol, None)
        .await
        .assert(200, &json!([whole]));
    let protocol = [of[0], of[1], ("protocol", "saml")];
    admin.send(of_protocol, &protocol, None).await.assert(200, &json!([]));

    whole["config"] = json!({ "claim.name": "level" });
    admin.send(put, &one, Some(whole.clone())).await.assert_done();
    admin.send(get, &one, None).await.assert(200, &whole);
    let nothing = [of[0], of[1], ("mapper", "7b0f3a52-6f0e-4c5e-9d1c-0a4f5f0c1d2e")];
    for (route, body) in [(get, None), (put, Some(mapper("x"))), (delete, None)] {
        let missing = admin.send(route, &nothing, body).await;
        missing.assert(404, &json!({ "error": "Model not found" }));
    }
    admin
        .send(add, &of, Some(json!([mapper("a"), mapper("b")])))
        .await
        .assert_done();
    // All or none.
    let some = admin.send(add, &of, Some(json!([mapper("c"), mapper("a")]))).await;
    let text = "Protocol mapper name must be unique per protocol";
    some.assert(409, &json!({ "error": "conflict", "error_description": text }));
    admin.send(delete, &one, None).await.assert_done();
    let left = admin.send(list, &of, None).await;
    let names: Vec<_> = left
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|mapper| mapper["name"].clone())
        .collect();
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn mappers_of_a_client_scope() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = scope(&admin, &realm, "orders").await;
    let routes = mapper_routes!("/admin/realms/{realm}/client-scopes/{scope}/protocol-mappers");
    make_see_change_and_remove(&admin, &realm, ("scope", &id), routes).await;
    let id = scope(&admin, &realm, "payments").await;
    let routes = mapper_routes!("/admin/realms/{realm}/client-templates/{scope}/protocol-mappers");
    make_see_change_and_remove(&admin, &realm, ("scope", &id), routes).await;
}

#[tokio::test]
async fn mappers_of_a_client() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let client = Some(json!({ "clientId": "app" }));
    let client = admin
        .send("POST /admin/realms/{realm}/clients", &in_realm, client)
        .await
        .created();
    let routes = mapper_routes!("/admin/realms/{realm}/clients/{client}/protocol-mappers");
    make_see_change_and_remove(&admin, &realm, ("client", &client), routes).await;
}

/// As in Keycloak, an attribute that nobody wrote is not shown; the scopes of our own commands say what they mean.
#[tokio::test]
async fn an_attribute_that_nobody_wrote_is_not_shown() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let path = [("realm", realm.as_str())];
    let body = json!({ "name": "bare", "protocol": "openid-connect" });
    let id = admin.send(CREATE, &path, Some(body)).await.created();
    let one = [path[0], ("scope", id.as_str())];
    let seen = admin
        .send("GET /admin/realms/{realm}/client-scopes/{scope}", &one, None)
        .await;
    assert_eq!(seen.body["attributes"], json!({}));
    let own = admin
        .send("GET /admin/realms/{realm}/client-scopes", &[("realm", "demo")], None)
        .await;
    let own = own.body.as_array().unwrap().clone();
    let roles = own.iter().find(|scope| scope["name"] == "roles").unwrap();
    assert_eq!(roles["attributes"]["include.in.token.scope"], "false");
}
