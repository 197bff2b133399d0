//! Identity providers and their mappers, kept as data.

use serde_json::{Value, json};

use super::support::Admin;

const INSTANCES: &str = "/admin/realms/{realm}/identity-provider/instances";
const ONE: &str = "/admin/realms/{realm}/identity-provider/instances/{alias}";
const MAPPERS: &str = "/admin/realms/{realm}/identity-provider/instances/{alias}/mappers";
const MAPPER: &str = "/admin/realms/{realm}/identity-provider/instances/{alias}/mappers/{mapper}";

fn github() -> Value {
    json!({
        "alias": "gh", "providerId": "oidc", "enabled": true,
        "config": { "clientId": "a", "clientSecret": "hunter2", "tokenUrl": "https://idp.example.org/token" }
    })
}

#[tokio::test]
async fn an_identity_provider_is_made_seen_changed_and_removed() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let gh = [("realm", realm.as_str()), ("alias", "gh")];
    let made = admin
        .send(&format!("POST {INSTANCES}"), &in_realm, Some(github()))
        .await;
    assert_eq!(made.created(), "gh");
    let again = admin
        .send(&format!("POST {INSTANCES}"), &in_realm, Some(github()))
        .await;
    again.assert(409, &json!({ "errorMessage": "Identity Provider gh already exists" }));
    let seen = admin.send(&format!("GET {ONE}"), &gh, None).await;
    assert_eq!(
        (seen.status, &seen.body["config"]["clientSecret"]),
        (200, &json!("**********"))
    );
    assert!(!seen.text.contains("hunter2") && !seen.text.contains("sealed"));
    // It goes back masked, and stays.
    let mut body = seen.body.clone();
    body["displayName"] = json!("GitHub");
    admin.send(&format!("PUT {ONE}"), &gh, Some(body)).await.assert_done();
    let seen = admin.send(&format!("GET {ONE}"), &gh, None).await;
    assert_eq!(seen.body["displayName"], "GitHub");
    let mut renamed = github();
    renamed["alias"] = json!("other");
    let refused = admin.send(&format!("PUT {ONE}"), &gh, Some(renamed)).await;
    refused.assert(
        400,
        &json!({ "errorMessage": "Identity Provider alias cannot be changed" }),
    );
    let brief = [
        ("realm", realm.as_str()),
        ("briefRepresentation", "true"),
        ("search", "hub"),
    ];
    let listed = admin.send(&format!("GET {INSTANCES}"), &brief, None).await;
    assert_eq!(
        (listed.body.as_array().unwrap().len(), &listed.body[0]["config"]),
        (1, &json!({}))
    );

    let other = admin.realm().await;
    let foreign = [("realm", other.as_str()), ("alias", "gh")];
    let missing = json!({ "error": "HTTP 404 Not Found" });
    admin
        .send(&format!("GET {ONE}"), &foreign, None)
        .await
        .assert(404, &missing);
    admin.send(&format!("DELETE {ONE}"), &gh, None).await.assert_done();
    admin
        .send(&format!("DELETE {ONE}"), &gh, None)
        .await
        .assert(404, &missing);
}

#[tokio::test]
async fn members_of_a_wrong_kind_are_refused_and_scalars_read_as_keycloak_does() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let gh = [("realm", realm.as_str()), ("alias", "gh")];
    let made = admin.send(&format!("POST {INSTANCES}"), &gh[..1], Some(github())).await;
    assert_eq!(made.created(), "gh");
    let refusal = json!({ "error": "unknown_error", "error_description": "Cannot parse the JSON" });
    for (member, value) in [
        ("hideOnLogin", json!("*")),
        ("storeToken", json!(1.5)),
        ("displayName", json!([])),
        ("config", json!({ "a": [null] })),
        ("config", json!("x")),
        ("types", json!("X")),
    ] {
        let mut body = github();
        body[member] = value;
        let refused = admin.send(&format!("PUT {ONE}"), &gh, Some(body)).await;
        refused.assert(400, &refusal);
    }
    let mut body = github();
    body["hideOnLogin"] = json!("true");
    body["displayName"] = json!(5);
    body["storeToken"] = Value::Null;
    body["config"]["guiOrder"] = json!(5);
    admin.send(&format!("PUT {ONE}"), &gh, Some(body)).await.assert_done();
    let seen = admin.send(&format!("GET {ONE}"), &gh, None).await.body;
    assert_eq!(
        [&seen["hideOnLogin"], &seen["displayName"], &seen["config"]["guiOrder"]],
        [&json!(true), &json!("5"), &json!("5")]
    );
    assert_eq!(seen.get("storeToken"), None);
}

#[tokio::test]
async fn mappers_go_with_their_provider() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    let gh = [("realm", realm.as_str()), ("alias", "gh")];
    admin
        .send(&format!("POST {INSTANCES}"), &in_realm, Some(github()))
        .await
        .created();
    let mapper = json!({
        "name": "m", "identityProviderAlias": "gh", "identityProviderMapper": "hardcoded-attribute-idp-mapper",
        "config": { "attribute": "a", "attribute.value": "b" }
    });
    let id = admin
        .send(&format!("POST {MAPPERS}"), &gh, Some(mapper.clone()))
        .await
        .created();
    let again = admin.send(&format!("POST {MAPPERS}"), &gh, Some(mapper.clone())).await;
    assert_eq!(again.status, 400);
    let one = [("realm", realm.as_str()), ("alias", "gh"), ("mapper", id.as_str())];
    let mut whole = mapper.clone();
    whole["id"] = json!(id);
    admin
        .send(&format!("GET {MAPPER}"), &one, None)
        .await
        .assert(200, &whole);
    admin
        .send(&format!("GET {MAPPERS}"), &gh, None)
        .await
        .assert(200, &json!([whole]));
    whole["name"] = json!("m2");
    admin
        .send(&format!("PUT {MAPPER}"), &one, Some(whole.clone()))
        .await
        .assert_done();
    admin
        .send(&format!("GET {MAPPER}"), &one, None)
        .await
        .assert(200, &whole);
    admin.send(&format!("DELETE {ONE}"), &gh, None).await.assert_done();
    admin
        .send(&format!("POST {INSTANCES}"), &in_realm, Some(github()))
        .await
        .created();
    admin
        .send(&format!("GET {MAPPERS}"), &gh, None)
        .await
        .assert(200, &json!([]));
    let missing = json!({ "error": "Model not found" });
    admin
        .send(&format!("DELETE {MAPPER}"), &one, None)
        .await
        .assert(404, &missing);
}

#[tokio::test]
async fn what_is_no_identity_provider_is_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let in_realm = [("realm", realm.as_str())];
    for (body, refused) in [
        (
            json!({ "alias": "q", "providerId": "nope" }),
            json!({ "errorMessage": "Invalid identity provider id [nope]" }),
        ),
        (
            json!({ "providerId": "oidc" }),
            json!({ "errorMessage": "path is null" }),
        ),
        (
            json!({ "alias": "a b", "providerId": "oidc" }),
            json!({ "error": "Empty Space not allowed." }),
        ),
    ] {
        admin
            .send(&format!("POST {INSTANCES}"), &in_realm, Some(body))
            .await
            .assert(400, &refused);
    }
    let viewer = admin.as_user(&realm, &["view-identity-providers"]).await;
    viewer
        .send(&format!("GET {INSTANCES}"), &in_realm, None)
        .await
        .assert(200, &json!([]));
    let refused = viewer
        .send(&format!("POST {INSTANCES}"), &in_realm, Some(github()))
        .await;
    refused.assert(403, &json!({ "error": "HTTP 403 Forbidden" }));
}
