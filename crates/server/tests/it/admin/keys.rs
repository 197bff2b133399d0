//! The keys of a realm, and the components that they are.

use serde_json::{Value, json};

use super::support::Admin;
use crate::support::{Request, jwt};

const PASSPHRASE: &str = "correct horse";

const KEY_PROVIDER: &str = "org.keycloak.keys.KeyProvider";

/// A throw-away RSA key of 2048 bits.
const PEM: &str = include_str!("fixtures/rsa.pem");

async fn keys(admin: &Admin, realm: &str) -> Value {
    admin
        .send("GET /admin/realms/{realm}/keys", &[("realm", realm)], None)
        .await
        .body
}

async fn add(admin: &Admin, realm: &str, provider: &str, config: Value) -> super::support::Reply {
    let body = json!({ "name": "mine", "providerId": provider, "providerType": KEY_PROVIDER, "config": config });
    admin
        .send("POST /admin/realms/{realm}/components", &[("realm", realm)], Some(body))
        .await
}

/// The `kid` of the key that a component is.
fn kid<'a>(keys: &'a Value, component: &str) -> Option<&'a str> {
    let list = keys["keys"].as_array().unwrap();
    list.iter().find(|key| key["providerId"] == component)?["kid"].as_str()
}

/// The `kid` that a new token names.
async fn signed_by(admin: &Admin, realm: &str) -> String {
    let user = json!({
        "username": "somebody", "enabled": true, "email": "s@example.org", "firstName": "S", "lastName": "B",
        "credentials": [{ "type": "password", "value": PASSPHRASE }]
    });
    admin
        .send("POST /admin/realms/{realm}/users", &[("realm", realm)], Some(user))
        .await;
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", "somebody"),
        ("password", PASSPHRASE),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    let token = answer.member("access_token");
    jwt::header(&token)["kid"].as_str().unwrap().to_owned()
}

async fn published(admin: &Admin, realm: &str) -> Vec<String> {
    let path = format!("/realms/{realm}/protocol/openid-connect/certs");
    let set = Request::get(&path).send(admin.server()).await.json();
    let keys = set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_new_realm_shows_the_public_half_of_its_keys() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let shown = keys(&admin, &realm).await;
    let mut algorithms: Vec<&str> = shown["active"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, ["ES256", "EdDSA", "HS256", "PS256", "RS256"]);
    let list = shown["keys"].as_array().unwrap();
    assert_eq!(list.len(), 5);
    let rsa = list.iter().find(|key| key["algorithm"] == "RS256").unwrap();
    assert_eq!(rsa["kid"], shown["active"]["RS256"]);
    assert_eq!(
        (&rsa["status"], &rsa["type"], &rsa["use"], &rsa["providerPriority"]),
        (&json!("ACTIVE"), &json!("RSA"), &json!("SIG"), &json!(100))
    );
    assert!(
        rsa["publicKey"]
            .as_str()
            .unwrap()
            .starts_with("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
    );
    assert!(rsa["certificate"].is_string() && rsa["validTo"].is_i64());
    let hmac = list.iter().find(|key| key["type"] == "OCT").unwrap();
    assert!(hmac.get("publicKey").is_none() && hmac.get("certificate").is_none());

    // Each is a component for tools that look for one.
    let query = [("realm", realm.as_str()), ("type", KEY_PROVIDER)];
    let components = admin.send("GET /admin/realms/{realm}/components", &query, None).await;
    let components = components.body.as_array().unwrap().clone();
    assert_eq!(components.len(), 5);
    for component in &components {
        assert!(kid(&shown, component["id"].as_str().unwrap()).is_some());
        assert!(!component.to_string().contains("kid"));
    }
}

#[tokio::test]
async fn a_key_of_higher_priority_signs_at_once_and_the_one_before_still_checks() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let before = signed_by(&admin, &realm).await;
    let id = add(&admin, &realm, "rsa-generated", json!({ "priority": ["101"] }))
        .await
        .created();
    let shown = keys(&admin, &realm).await;
    let mine = kid(&shown, &id).unwrap().to_owned();
    assert_eq!(shown["active"]["RS256"], json!(mine));
    assert_eq!(signed_by(&admin, &realm).await, mine);
    let published = published(&admin, &realm).await;
    assert!(published.contains(&mine) && published.contains(&before));

    // The same by changing the priority, and back by switching it to checking only.
    let one = [("realm", realm.as_str()), ("component", id.as_str())];
    let change = |config: Value| Some(json!({ "config": config }));
    let put = "PUT /admin/realms/{realm}/components/{component}";
    admin
        .send(put, &one, change(json!({ "priority": ["7"] })))
        .await
        .assert_done();
    assert_eq!(signed_by(&admin, &realm).await, before);
    admin
        .send(put, &one, change(json!({ "priority": ["200"] })))
        .await
        .assert_done();
    assert_eq!(signed_by(&admin, &realm).await, mine);
    admin
        .send(put, &one, change(json!({ "priority": ["200"], "active": ["false"] })))
        .await
        .assert_done();
    assert_eq!(signed_by(&admin, &realm).await, before);
    let shown = keys(&admin, &realm).await;
    let mine_shown = shown["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == json!(mine))
        .unwrap();
    assert_eq!(mine_shown["status"], "PASSIVE");
}

#[tokio::test]
async fn a_key_that_is_switched_off_leaves_the_key_set_and_comes_back_as_the_same() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    for provider in ["rsa-generated", "ecdsa-generated", "eddsa-generated", "hmac-generated"] {
        let id = add(&admin, &realm, provider, json!({ "priority": ["500"] }))
            .await
            .created();
        let kid_of_it = kid(&keys(&admin, &realm).await, &id).unwrap().to_owned();
        let one = [("realm", realm.as_str()), ("component", id.as_str())];
        let put = "PUT /admin/realms/{realm}/components/{component}";
        let off = json!({ "config": { "priority": ["500"], "enabled": ["false"] } });
        admin.send(put, &one, Some(off)).await.assert_done();
        assert_eq!(kid(&keys(&admin, &realm).await, &id), None);
        assert!(!published(&admin, &realm).await.contains(&kid_of_it));
        let seen = admin
            .send("GET /admin/realms/{realm}/components/{component}", &one, None)
            .await;
        assert_eq!(
            seen.body["config"],
            json!({ "priority": ["500"], "enabled": ["false"] }),
            "{provider}"
        );
        let on = json!({ "config": { "priority": ["500"], "enabled": ["true"] } });
        admin.send(put, &one, Some(on)).await.assert_done();
        assert_eq!(
            kid(&keys(&admin, &realm).await, &id),
            Some(kid_of_it.as_str()),
            "{provider}"
        );
        let gone = admin
            .send("DELETE /admin/realms/{realm}/components/{component}", &one, None)
            .await;
        gone.assert_done();
    }
    assert_eq!(keys(&admin, &realm).await["keys"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn the_last_key_that_signs_an_algorithm_stays() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let shown = keys(&admin, &realm).await;
    for key in shown["keys"].as_array().unwrap() {
        let one = [
            ("realm", realm.as_str()),
            ("component", key["providerId"].as_str().unwrap()),
        ];
        let refused = json!({ "errorMessage": format!(
            "The last key that signs {} stays: make another before", key["algorithm"].as_str().unwrap()
        ) });
        let reply = admin
            .send("DELETE /admin/realms/{realm}/components/{component}", &one, None)
            .await;
        reply.assert(400, &refused);
        for member in ["enabled", "active"] {
            let body = Some(json!({ "config": { member: ["false"] } }));
            let reply = admin
                .send("PUT /admin/realms/{realm}/components/{component}", &one, body)
                .await;
            reply.assert(400, &refused);
        }
    }
    assert_eq!(keys(&admin, &realm).await, shown);
    // With a successor the old one may go, as scripts do it.
    let id = add(&admin, &realm, "rsa-generated", json!({ "priority": ["101"] }))
        .await
        .created();
    let old = shown["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["algorithm"] == "RS256")
        .unwrap();
    let one = [
        ("realm", realm.as_str()),
        ("component", old["providerId"].as_str().unwrap()),
    ];
    admin
        .send("DELETE /admin/realms/{realm}/components/{component}", &one, None)
        .await
        .assert_done();
    let now = keys(&admin, &realm).await;
    assert_eq!(now["active"]["RS256"], json!(kid(&now, &id).unwrap()));
    assert!(
        !published(&admin, &realm)
            .await
            .contains(&old["kid"].as_str().unwrap().to_owned())
    );
    let gone = admin
        .send("DELETE /admin/realms/{realm}/components/{component}", &one, None)
        .await;
    gone.assert(404, &json!({ "error": "Could not find component" }));
}

#[tokio::test]
async fn a_key_that_is_brought_signs_and_is_never_shown() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let config = json!({ "priority": ["300"], "privateKey": [PEM], "algorithm": ["RS256"] });
    let id = add(&admin, &realm, "rsa", config.clone()).await.created();
    let shown = keys(&admin, &realm).await;
    assert_eq!(shown["active"]["RS256"].as_str(), kid(&shown, &id));
    assert_eq!(Some(signed_by(&admin, &realm).await.as_str()), kid(&shown, &id));
    let one = [("realm", realm.as_str()), ("component", id.as_str())];
    let seen = admin
        .send("GET /admin/realms/{realm}/components/{component}", &one, None)
        .await;
    assert_eq!(seen.body["config"]["privateKey"], json!(["**********"]));
    assert!(seen.body["config"]["certificate"][0].is_string());
    // It goes back as it came.
    let put = "PUT /admin/realms/{realm}/components/{component}";
    admin.send(put, &one, Some(seen.body)).await.assert_done();
    assert_eq!(keys(&admin, &realm).await, shown);
    let again = add(&admin, &realm, "rsa", config).await;
    again.assert(400, &json!({ "errorMessage": "The realm has this key already" }));
}

#[tokio::test]
async fn what_is_no_key_is_refused_in_keycloaks_words() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    for (provider, config, message) in [
        (
            "rsa-generated",
            json!({ "priority": ["abc"] }),
            "'Priority' should be a number",
        ),
        (
            "rsa-generated",
            json!({ "keySize": ["999"] }),
            "'Key size' should be 1024, 2048, 3072 or 4096",
        ),
        (
            "rsa-generated",
            json!({ "enabled": ["maybe"] }),
            "'Enabled' should be 'true' or 'false'",
        ),
        (
            "ecdsa-generated",
            json!({ "ecdsaEllipticCurveKey": ["P-1"] }),
            "'Elliptic Curve' should be P-256, P-384 or P-521",
        ),
        ("rsa", json!({}), "'Private RSA Key' is required"),
        (
            "rsa",
            json!({ "privateKey": ["hunter2"] }),
            "Failed to decode private key",
        ),
        (
            "rsa",
            json!({ "privateKey": ["**********"] }),
            "'Private RSA Key' is required",
        ),
        (
            "rsa-generated",
            json!({ "algorithm": ["RS512"] }),
            "RS512 is not offered: keys are RS256 and PS256 (2048 bits), ES256 (P-256), EdDSA (Ed25519)",
        ),
    ] {
        let reply = add(&admin, &realm, provider, config).await;
        reply.assert(400, &json!({ "errorMessage": message }));
    }
    let reply = add(&admin, &realm, "nope", json!({})).await;
    reply.assert(400, &json!({ "error": "Invalid provider type or no such provider" }));
}
