//! What users let clients have.

use keyward_domain::Timestamp;
use keyward_domain::id::{ClientUuid, UserId};
use keyward_domain::ports::Store as _;
use keyward_domain::session::Consent;
use serde_json::{Value, json};

use super::{make, person};
use crate::admin::support::Admin;
use crate::support::Request;

async fn client(admin: &Admin, realm: &str, client_id: &str) -> ClientUuid {
    let clients = admin
        .send(
            "GET /admin/realms/{realm}/clients",
            &[("realm", realm), ("clientId", client_id)],
            None,
        )
        .await;
    clients.body[0]["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn consents_and_offline_tokens_are_listed_and_taken_back() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let id = make(&admin, &realm, person("heidi")).await;
    let path = [("realm", realm.as_str()), ("user", id.as_str())];
    let list = "GET /admin/realms/{realm}/users/{user}/consents";
    admin.send(list, &path, None).await.assert(200, &json!([]));

    let account = client(&admin, &realm, "account").await;
    let consent = Consent {
        user: id.parse::<UserId>().unwrap(),
        client: account,
        scope: vec!["email".into(), "profile".into()],
        given_at: Timestamp::from_secs(1_800_000_000),
    };
    let mut tx = admin.server().outage.write().await.unwrap();
    tx.save_consent(&consent).await.unwrap();
    tx.commit().await.unwrap();
    let offline = offline_token(&admin, &realm).await;
    let cli = client(&admin, &realm, "admin-cli").await;
    admin.send(list, &path, None).await.assert(
        200,
        &json!([
            {
                "clientId": "account", "grantedClientScopes": ["email", "profile"],
                "createdDate": 1_800_000_000_000_i64, "lastUpdatedDate": 1_800_000_000_000_i64, "additionalGrants": [],
            },
            {
                "clientId": "admin-cli", "grantedClientScopes": [],
                "additionalGrants": [{"client": cli, "key": "Offline Token"}],
            },
        ]),
    );

    let revoke = "DELETE /admin/realms/{realm}/users/{user}/consents/{client}";
    for client in ["account", "admin-cli"] {
        let path = [path[0], path[1], ("client", client)];
        admin.send(revoke, &path, None).await.assert_done();
        let again = admin.send(revoke, &path, None).await;
        again.assert(404, &json!({"error": "Consent nor offline token not found"}));
    }
    let unknown = admin.send(revoke, &[path[0], path[1], ("client", "nope")], None).await;
    unknown.assert(404, &json!({"error": "Client not found"}));
    assert_eq!(
        refresh(&admin, &realm, &offline).await,
        400,
        "a revoked offline token was taken"
    );
}

/// As in Keycloak 26.7: the scopes that the question names, and the client itself where it does.
#[tokio::test]
async fn a_client_that_the_question_names_is_among_what_was_granted() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let user = make(&admin, &realm, person("ivan")).await;
    for (client_id, shown, granted) in [
        ("named", "true", json!(["email", "named"])),
        ("hidden", "false", json!(["email"])),
    ] {
        let body = json!({
            "clientId": client_id, "consentRequired": true, "attributes": { "display.on.consent.screen": shown },
        });
        let route = "POST /admin/realms/{realm}/clients";
        let made = admin.send(route, &[("realm", &realm)], Some(body)).await.created();
        let consent = Consent {
            user: user.parse::<UserId>().unwrap(),
            client: made.parse().unwrap(),
            scope: vec!["openid".into(), "basic".into(), "email".into()],
            given_at: Timestamp::from_secs(1_800_000_000),
        };
        let mut tx = admin.server().outage.write().await.unwrap();
        tx.save_consent(&consent).await.unwrap();
        tx.commit().await.unwrap();
        let path = [("realm", realm.as_str()), ("user", user.as_str())];
        let route = "GET /admin/realms/{realm}/users/{user}/consents";
        let list = admin.send(route, &path, None).await;
        let its = list.body.as_array().unwrap().iter();
        let mut its = its.filter(|consent| consent["clientId"] == client_id);
        assert_eq!(its.next().unwrap()["grantedClientScopes"], granted, "{list:?}");
    }
}

async fn offline_token(admin: &Admin, realm: &str) -> String {
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "password"),
        ("username", "heidi"),
        ("password", "first password"),
        ("scope", "openid offline_access"),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    let answer = Request::post(&path).form(&form).send(admin.server()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let tokens: Value = answer.json();
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

async fn refresh(admin: &Admin, realm: &str, token: &str) -> u16 {
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    let path = format!("/realms/{realm}/protocol/openid-connect/token");
    Request::post(&path).form(&form).send(admin.server()).await.status
}
