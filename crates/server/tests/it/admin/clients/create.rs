//! Creating and removing clients.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{NOBODY, forbidden, get, make, not_found, of, row, token};

#[tokio::test]
async fn a_new_client_has_keycloaks_shape() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "clientId": "temp-client", "publicClient": false, "serviceAccountsEnabled": true });
    let place = [("realm", realm.as_str())];
    let reply = admin
        .send("POST /admin/realms/{realm}/clients", &place, Some(body))
        .await;
    let id = reply.created();
    let location = reply.header("location").unwrap();
    assert!(
        location.ends_with(&format!("/admin/realms/{realm}/clients/{id}")),
        "{location}"
    );

    let mut seen = get(&admin, &realm, &id).await;
    let secret = seen["secret"].take();
    let made = seen["attributes"]["client.secret.creation.time"].take();
    assert!(made.as_str().unwrap().parse::<i64>().unwrap() > 0);
    let defaults: Vec<String> = serde_json::from_value(seen["defaultClientScopes"].take()).unwrap();
    for scope in [
        "web-origins",
        "acr",
        "profile",
        "roles",
        "basic",
        "email",
        "service_account",
    ] {
        assert!(defaults.iter().any(|name| name == scope), "{scope}: {defaults:?}");
    }
    let optional: Vec<String> = serde_json::from_value(seen["optionalClientScopes"].take()).unwrap();
    assert!(optional.iter().any(|name| name == "offline_access"), "{optional:?}");
    assert_eq!(
        seen,
        json!({
            "id": id,
            "clientId": "temp-client",
            "surrogateAuthRequired": false,
            "enabled": true,
            "alwaysDisplayInConsole": false,
            "clientAuthenticatorType": "client-secret",
            "secret": null,
            "redirectUris": [],
            "webOrigins": [],
            "notBefore": 0,
            "bearerOnly": false,
            "consentRequired": false,
            "standardFlowEnabled": true,
            "implicitFlowEnabled": false,
            "directAccessGrantsEnabled": false,
            "serviceAccountsEnabled": true,
            "publicClient": false,
            "frontchannelLogout": false,
            "protocol": "openid-connect",
            "attributes": { "realm_client": "false", "client.secret.creation.time": null },
            "authenticationFlowBindingOverrides": {},
            "fullScopeAllowed": true,
            "nodeReRegistrationTimeout": -1,
            "defaultClientScopes": null,
            "optionalClientScopes": null,
            "access": { "view": true, "configure": true, "manage": true },
        })
    );
    let answer = token(&admin, &realm, "temp-client", secret.as_str().unwrap()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn what_is_given_is_taken_and_what_is_not_has_a_default() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({})).await;
    assert_eq!(get(&admin, &realm, &id).await["clientId"], id.as_str());

    let mine = "11111111-2222-4333-8444-555555555555";
    let body = json!({ "id": mine, "clientId": "mine", "secret": "my-own-secret" });
    assert_eq!(make(&admin, &realm, body).await, mine);
    let seen = get(&admin, &realm, mine).await;
    assert_eq!(seen["secret"], "my-own-secret");
    assert_eq!(seen["attributes"], json!({ "realm_client": "false" }));

    let public = json!({ "clientId": "spa", "publicClient": true, "secret": "kept by nobody" });
    let id = make(&admin, &realm, public).await;
    let seen = get(&admin, &realm, &id).await;
    assert_eq!((&seen["secret"], &seen["publicClient"]), (&Value::Null, &json!(true)));

    let scopes = json!({ "clientId": "narrow", "defaultClientScopes": ["email", "nonsense", "role_list"] });
    let id = make(&admin, &realm, scopes).await;
    let seen = get(&admin, &realm, &id).await;
    assert_eq!(
        (&seen["defaultClientScopes"], &seen["optionalClientScopes"]),
        (&json!(["email"]), &json!([]))
    );

    // Texts for switches and numbers for texts, as scripts send them.
    let loose =
        json!({ "clientId": "loose", "enabled": "true", "attributes": { "a": 1, "b": true, "c": "", "d": null } });
    let id = make(&admin, &realm, loose).await;
    let attributes = &get(&admin, &realm, &id).await["attributes"];
    assert_eq!((&attributes["a"], &attributes["b"]), (&json!("1"), &json!("true")));
    assert!(attributes.get("c").is_none() && attributes.get("d").is_none());

    // Nobody makes a client that stands for the server itself.
    let server = json!({ "clientId": "server", "attributes": { "realm_client": "true" } });
    let id = make(&admin, &realm, server).await;
    assert_eq!(get(&admin, &realm, &id).await["attributes"]["realm_client"], "false");
}

#[tokio::test]
async fn an_id_that_is_no_uuid_becomes_one() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, json!({ "clientId": "x", "id": "client-id-7" })).await;
    assert_eq!(id.len(), 36, "{id}");
    let shown = of(&admin, "GET /admin/realms/{realm}/clients/{client}", &realm, &id).await;
    assert_eq!(shown.body["clientId"], "x");
}

#[tokio::test]
async fn a_bad_description_is_refused_in_keycloaks_words() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    let route = "POST /admin/realms/{realm}/clients";
    make(&admin, &realm, json!({ "clientId": "temp-client" })).await;
    let taken = admin
        .send(route, &place, Some(json!({ "clientId": "temp-client" })))
        .await;
    taken.assert(409, &json!({ "errorMessage": "Client temp-client already exists" }));

    let cases = [
        (
            json!({ "clientId": "x", "redirectUris": ["javascript:alert(1)"] }),
            "A redirect URI uses an illegal scheme",
        ),
        (
            json!({ "clientId": "x", "redirectUris": ["not a uri"] }),
            "A redirect URI is not a valid URI",
        ),
        (
            json!({ "clientId": "x", "rootUrl": "nowhere" }),
            "Root URL is not a valid URL",
        ),
        (
            json!({ "clientId": "x", "protocol": "nonsense" }),
            "Invalid protocol: nonsense",
        ),
        (json!({ "clientId": "" }), "Client ID cannot be blank"),
        (json!({ "clientId": "  " }), "Client ID cannot be blank"),
    ];
    for (body, text) in cases {
        let reply = admin.send(route, &place, Some(body.clone())).await;
        let wanted = json!({ "error": "invalid_input", "error_description": text });
        assert_eq!((reply.status, &reply.body), (400, &wanted), "{body}");
    }
    let unknown = admin
        .send_as(
            route,
            &place,
            "application/json",
            r#"{"clientId": "x", "noSuchMember": 1}"#,
        )
        .await;
    unknown.assert(
        400,
        &json!({ "error": "Invalid json representation for ClientRepresentation. Unrecognized field \"noSuchMember\" at line 1 column 36." }),
    );
    for body in [
        json!({ "clientId": "x".repeat(256) }),
        json!({ "clientId": "a\nb" }),
        json!({ "clientId": "x", "enabled": "yes" }),
        json!({ "clientId": "x", "redirectUris": "https://a.example" }),
        json!({ "clientId": "x", "attributes": { "a": {} } }),
        json!([]),
        json!({ "clientId": "x", "webOrigins": vec!["https://a.example"; 3], "notBefore": "soon" }),
    ] {
        let reply = admin.send(route, &place, Some(body.clone())).await;
        assert_eq!(reply.status, 400, "{body}: {reply:?}");
    }
    let form = admin
        .send_as(route, &place, "application/x-www-form-urlencoded", "clientId=x")
        .await;
    assert_eq!(form.status, 415);
}

#[tokio::test]
async fn only_who_may_create_clients_creates_one() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let place = [("realm", realm.as_str())];
    for (role, status) in [
        ("create-client", 201),
        ("manage-clients", 201),
        ("view-clients", 403),
        ("manage-users", 403),
    ] {
        let caller = admin.as_user(&realm, &[role]).await;
        let body = json!({ "clientId": format!("by-{role}") });
        let reply = caller
            .send("POST /admin/realms/{realm}/clients", &place, Some(body))
            .await;
        assert_eq!(reply.status, status, "{role}");
    }
}

/// Whoever could take the name of a client whose roles are rights could make rights.
#[tokio::test]
async fn name_of_an_administering_client_cannot_be_taken() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let (own, master) = ([("realm", realm.as_str())], [("realm", "master")]);
    let route = "POST /admin/realms/{realm}/clients";
    let reply = admin
        .send(route, &own, Some(json!({ "clientId": "realm-management" })))
        .await;
    reply.assert(403, &forbidden());
    for name in ["another-realm", "realm-management"] {
        let reply = admin.send(route, &master, Some(json!({ "clientId": name }))).await;
        reply.assert(403, &forbidden());
    }
    // Elsewhere it is a name like any other.
    make(&admin, &realm, json!({ "clientId": "another-realm" })).await;
}

#[tokio::test]
async fn a_removed_client_gets_no_token_any_more() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let body = json!({ "clientId": "batch", "secret": "s", "serviceAccountsEnabled": true });
    let id = make(&admin, &realm, body).await;
    assert_eq!(token(&admin, &realm, "batch", "s").await.status, 200);

    of(&admin, "DELETE /admin/realms/{realm}/clients/{client}", &realm, &id)
        .await
        .assert_done();
    assert_eq!(token(&admin, &realm, "batch", "s").await.status, 401);
    let gone = of(&admin, "GET /admin/realms/{realm}/clients/{client}", &realm, &id).await;
    gone.assert(404, &not_found());
    let again = of(&admin, "DELETE /admin/realms/{realm}/clients/{client}", &realm, &id).await;
    again.assert(404, &not_found());
}

#[tokio::test]
async fn built_in_clients_stay() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    for client_id in [
        "account",
        "account-console",
        "admin-cli",
        "broker",
        "security-admin-console",
    ] {
        let id = row(&admin, &realm, client_id).await;
        let reply = of(&admin, "DELETE /admin/realms/{realm}/clients/{client}", &realm, &id).await;
        let wanted = json!({ "error": "invalid_request", "error_description": "Could not delete client" });
        assert_eq!((reply.status, &reply.body), (400, &wanted), "{client_id}");
    }
}

#[tokio::test]
async fn clients_of_another_realm_are_not_there() {
    let admin = Admin::start().await;
    let (realm, other) = (admin.realm().await, admin.realm().await);
    let foreign = make(&admin, &other, json!({ "clientId": "theirs" })).await;
    for id in [foreign.as_str(), NOBODY, "no-uuid"] {
        for route in [
            "GET /admin/realms/{realm}/clients/{client}",
            "DELETE /admin/realms/{realm}/clients/{client}",
            "GET /admin/realms/{realm}/clients/{client}/service-account-user",
            "GET /admin/realms/{realm}/clients/{client}/client-secret",
            "POST /admin/realms/{realm}/clients/{client}/client-secret",
            "GET /admin/realms/{realm}/clients/{client}/client-secret/rotated",
            "DELETE /admin/realms/{realm}/clients/{client}/client-secret/rotated",
            "POST /admin/realms/{realm}/clients/{client}/registration-access-token",
            "GET /admin/realms/{realm}/clients/{client}/default-client-scopes",
            "GET /admin/realms/{realm}/clients/{client}/optional-client-scopes",
            "GET /admin/realms/{realm}/clients/{client}/user-sessions",
            "GET /admin/realms/{realm}/clients/{client}/offline-sessions",
            "GET /admin/realms/{realm}/clients/{client}/session-count",
            "GET /admin/realms/{realm}/clients/{client}/offline-session-count",
            "GET /admin/realms/{realm}/clients/{client}/evaluate-scopes/protocol-mappers",
            "GET /admin/realms/{realm}/clients/{client}/test-nodes-available",
            "POST /admin/realms/{realm}/clients/{client}/push-revocation",
        ] {
            let reply = of(&admin, route, &realm, id).await;
            assert_eq!((reply.status, &reply.body), (404, &not_found()), "{route} {id}");
        }
    }
    // And nothing of it changed.
    assert_eq!(get(&admin, &other, &foreign).await["clientId"], "theirs");
}
