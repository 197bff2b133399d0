//! What an unmodified Keycloak client sent and saw, sent again here. Where the answer differs, the table says so and
//! why.

use keyward_domain::client::{ClientSettings, ClientType};
use keyward_domain::policy::lifetime::AccessTokenLifespan;
use serde_json::{Value, json};

use crate::support::jwt::{claims, header};
use crate::support::wire::Recorded;
use crate::support::{TestServer, api, service};

/// Answers that are Keycloak's, status and body.
const SAME: [&str; 22] = [
    "cors-token-foreign-origin",
    "discovery-unknown-realm-404",
    "error-client-disabled",
    "error-client-malformed-basic",
    "error-client-missing-authentication",
    "error-client-unknown",
    "error-client-unknown-basic",
    "error-content-type-json",
    "error-content-type-missing",
    "error-duplicated-parameter",
    "error-grant-type-missing",
    "error-grant-type-unsupported",
    "error-introspect-get",
    "error-introspect-no-client",
    "error-introspect-no-token",
    "error-introspect-public-client",
    "error-introspect-wrong-secret",
    "error-realm-unknown-token",
    "error-revoke-no-token",
    "error-scope-unknown",
    "error-token-endpoint-get",
    "error-token-endpoint-put",
];

/// The text of every failed authentication.
const WRONG: &str = "Invalid client or Invalid client credentials";

async fn shop() -> TestServer {
    let server = TestServer::start().await;
    let ten_minutes = Some(AccessTokenLifespan::new(600).unwrap());
    let mut worker = service();
    worker.access_token.lifespan = ten_minutes;
    for client_id in ["shop-batch", "shop-worker", "shop-retired"] {
        let secret = format!("{client_id}-secret-0123456789");
        let client = server.insert(client_id, &secret, worker.clone()).await;
        if client_id == "shop-retired" {
            server.edit(&client, |client| client.enabled = false).await;
        }
    }
    for client_id in ["shop-web", "orders-api"] {
        server
            .insert(client_id, &format!("{client_id}-secret-0123456789"), api())
            .await;
    }
    let public = ClientSettings {
        client_type: ClientType::Public,
        ..ClientSettings::default()
    };
    server.create("shop-spa", public).await;
    server
}

#[tokio::test]
async fn refusals_read_as_keycloaks() {
    let server = shop().await;
    for name in SAME {
        let recorded = Recorded::read(name);
        let answer = recorded.replay(&server).await;
        assert_eq!(
            (answer.status, Some(answer.json())),
            (recorded.status, recorded.body),
            "{name}"
        );
    }
}

#[tokio::test]
async fn where_the_rfc_says_otherwise_it_wins() {
    let server = shop().await;
    let error = |code: &str, text: &str| Some(json!({ "error": code, "error_description": text }));
    let no_account = "Client not enabled to retrieve service account";
    let public = "Public client not allowed to retrieve service account";
    let mismatch = "client_id does not match the Authorization header";
    for (name, status, body, why) in [
        (
            "error-client-wrong-secret-basic",
            401,
            error("invalid_client", WRONG),
            "RFC 6749 §5.2",
        ),
        (
            "error-client-wrong-secret-post",
            401,
            error("invalid_client", WRONG),
            "RFC 6749 §5.2",
        ),
        (
            "error-client-secret-missing",
            401,
            error("invalid_client", WRONG),
            "RFC 6749 §5.2",
        ),
        (
            "error-revoke-wrong-secret",
            401,
            error("invalid_client", WRONG),
            "RFC 7009 §2.2.1",
        ),
        (
            "error-client-no-service-account",
            400,
            error("unauthorized_client", no_account),
            "RFC 6749 §5.2",
        ),
        (
            "error-client-public-service-account",
            400,
            error("unauthorized_client", public),
            "RFC 6749 §5.2",
        ),
        (
            "error-client-id-mismatch-basic-post",
            400,
            error("invalid_request", mismatch),
            "RFC 6749 §2.3",
        ),
        (
            "revoke-garbage",
            200,
            None,
            "RFC 7009 §2.2: an unknown token is no error",
        ),
    ] {
        let recorded = Recorded::read(name);
        let answer = recorded.replay(&server).await;
        let found = (!answer.body.is_empty()).then(|| answer.json());
        assert_eq!((answer.status, &found), (status, &body), "{name}: {why}");
        assert_ne!(
            (status, body),
            (recorded.status, recorded.body),
            "{name} is the same and belongs into the other list"
        );
    }
}

#[tokio::test]
async fn an_inactive_answer_reads_the_same() {
    let server = shop().await;
    let recorded = Recorded::read("introspect-inactive-garbage");
    let answer = recorded.replay(&server).await;
    assert_eq!((answer.status, Some(answer.json())), (recorded.status, recorded.body));
}

#[tokio::test]
async fn a_token_answer_has_the_same_members_in_the_same_order() {
    let server = shop().await;
    for name in ["token-cc-basic", "token-cc-post"] {
        let recorded = Recorded::read(name);
        let theirs = recorded.body.as_ref().unwrap();
        let answer = recorded.replay(&server).await;
        assert_eq!(answer.status, recorded.status);
        let mut places = Vec::new();
        for member in theirs.as_object().unwrap().keys() {
            places.push(
                answer
                    .text()
                    .find(&format!("\"{member}\":"))
                    .unwrap_or_else(|| panic!("no {member}")),
            );
        }
        assert_eq!(answer.json().as_object().unwrap().len(), places.len(), "{name}");
        assert_eq!(answer.json()["expires_in"], theirs["expires_in"]);
        same_shape(&answer.member("access_token"), theirs["access_token"].as_str().unwrap());
    }
}

/// Every claim of ours is one of Keycloak's with the same type; what is missing comes by scopes that are default there.
fn same_shape(ours: &str, theirs: &str) {
    let kind = |value: &Value| match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "bool",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Null => "null",
    };
    assert_eq!(header(ours)["typ"], header(theirs)["typ"]);
    let (ours, theirs) = (claims(ours), claims(theirs));
    for (name, value) in ours.as_object().unwrap() {
        // One audience is a text in both.
        if name != "aud" {
            assert_eq!(kind(value), kind(&theirs[name]), "{name}");
        }
    }
    let by_scope = [
        "realm_access",
        "resource_access",
        "scope",
        "email_verified",
        "preferred_username",
        "allowed-origins",
    ];
    let by_client_scope = ["clientHost", "clientAddress", "tenant", "shop_tier", "tier"];
    for name in theirs.as_object().unwrap().keys() {
        let known = by_scope.contains(&name.as_str()) || by_client_scope.contains(&name.as_str());
        assert!(known || ours.get(name).is_some(), "{name} is missing");
    }
    let jti = |claims: &Value| claims["jti"].as_str().unwrap().split(':').next().unwrap().to_owned();
    assert_eq!(jti(&ours), jti(&theirs));
}
