//! Redirect URIs as Keycloak's scripts write them, at the authorization endpoint.

use serde_json::{Value, json};

use super::super::support::Admin;
use super::{get, make};
use crate::support::{Request, http};

/// Whether the authorization endpoint lets a client be answered there.
async fn is_let(admin: &Admin, realm: &str, client_id: &str, uri: &str) -> bool {
    let path = format!(
        "/realms/{realm}/protocol/openid-connect/auth?response_type=code&scope=openid&client_id={}&redirect_uri={}",
        http::encode(client_id),
        http::encode(uri)
    );
    let answer = Request::get(&path).send(admin.server()).await;
    match answer.status {
        200 | 302 | 303 => true,
        400 => false,
        status => panic!("{status} {uri}: {answer:?}"),
    }
}

async fn client(admin: &Admin, realm: &str, client_id: &str, body: Value) {
    let mut body = body;
    body["clientId"] = json!(client_id);
    let id = make(admin, realm, body.clone()).await;
    assert_eq!(get(admin, realm, &id).await["redirectUris"], body["redirectUris"]);
}

#[tokio::test]
async fn wildcards_are_honoured_within_their_path() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    client(&admin, &realm, "path", json!({ "redirectUris": ["https://a.b/app/*"] })).await;
    client(&admin, &realm, "host", json!({ "redirectUris": ["https://c.d*"] })).await;
    for fine in [
        "https://a.b/app",
        "https://a.b/app/",
        "https://a.b/app/x?y=1",
        "https://a.b/app?x=1",
    ] {
        assert!(is_let(&admin, &realm, "path", fine).await, "{fine}");
    }
    for fine in ["https://c.d", "https://c.d/x"] {
        assert!(is_let(&admin, &realm, "host", fine).await, "{fine}");
    }
    for evil in [
        "https://a.b/appx",
        "https://a.b/app/../x",
        "https://a.b/app/%2e%2e/x",
        "https://a.b/app//evil.com",
        "https://a.b/app/\\evil.com",
        "https://a.b/app/@evil.com",
        "https://a.b/app/;x",
        "https://a.b/app/x#y",
        "https://a.b/app/x?state=1",
        "https://a.b.evil.com/app/",
        "https://A.b/app/x",
        "https://a.b:443/app/x",
        "https://a.b/app/\u{3002}evil",
    ] {
        assert!(!is_let(&admin, &realm, "path", evil).await, "{evil}");
    }
    for evil in [
        "https://c.de/x",
        "https://c.d.evil.com/x",
        "https://c.d@evil.com/",
        "https://c.d:80/x",
    ] {
        assert!(!is_let(&admin, &realm, "host", evil).await, "{evil}");
    }
}

#[tokio::test]
async fn relative_ones_begin_at_the_root_url_or_at_the_server() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    client(
        &admin,
        &realm,
        "rooted",
        json!({ "rootUrl": "https://r.example/root", "redirectUris": ["/cb"] }),
    )
    .await;
    assert!(is_let(&admin, &realm, "rooted", "https://r.example/root/cb").await);
    for other in ["https://r.example/cb", "/cb", "https://r.example/root//cb"] {
        assert!(!is_let(&admin, &realm, "rooted", other).await, "{other}");
    }
    client(
        &admin,
        &realm,
        "ours",
        json!({ "rootUrl": "${authBaseUrl}", "redirectUris": ["/x"] }),
    )
    .await;
    assert!(!is_let(&admin, &realm, "ours", "https://r.example/x").await);
}

/// Keycloak takes it for every address of the web: whoever sends a person a link gets their code.
#[tokio::test]
async fn open_redirect_by_a_lone_wildcard_is_refused() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    client(&admin, &realm, "any", json!({ "redirectUris": ["*"] })).await;
    assert!(is_let(&admin, &realm, "any", "http://localhost:3000/cb").await);
    assert!(is_let(&admin, &realm, "any", "http://127.0.0.1:8000/").await);
    for evil in [
        "https://evil.com/cb",
        "http://evil.com/",
        "http://localhost@evil.com/",
        "com.evil:/cb",
        "*",
    ] {
        assert!(!is_let(&admin, &realm, "any", evil).await, "{evil}");
    }
}

#[tokio::test]
async fn any_port_of_localhost_that_was_registered_without_one() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    client(
        &admin,
        &realm,
        "open",
        json!({ "redirectUris": ["http://localhost/cb"] }),
    )
    .await;
    assert!(is_let(&admin, &realm, "open", "http://localhost:3000/cb").await);
    client(
        &admin,
        &realm,
        "fixed",
        json!({ "redirectUris": ["http://localhost:3000/cb"] }),
    )
    .await;
    assert!(is_let(&admin, &realm, "fixed", "http://localhost:3000/cb").await);
    assert!(!is_let(&admin, &realm, "fixed", "http://localhost:3001/cb").await);
}

#[tokio::test]
async fn what_nobody_may_be_sent_to_is_kept_as_data() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let never = [
        "https://u:p@a.example/cb",
        "https://*.a.example/cb",
        "https://a.example/cb?code=1",
        "relative",
    ];
    client(&admin, &realm, "never", json!({ "redirectUris": never })).await;
    for uri in never.into_iter().chain(["https://x.a.example/cb"]) {
        assert!(!is_let(&admin, &realm, "never", uri).await, "{uri}");
    }
    client(
        &admin,
        &realm,
        "http",
        json!({ "redirectUris": ["http://plain.example/cb", "myapp:/cb"] }),
    )
    .await;
    assert!(is_let(&admin, &realm, "http", "http://plain.example/cb").await);
    assert!(is_let(&admin, &realm, "http", "myapp:/cb").await);
}

#[tokio::test]
async fn web_origins_may_be_those_of_the_redirect_uris_or_any() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let shared = async |client_id: &str, origin: &str| {
        let path = format!("/realms/{realm}/protocol/openid-connect/token");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", "s"),
        ];
        let answer = Request::post(&path)
            .form(&form)
            .header("Origin", origin)
            .send(admin.server())
            .await;
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    for (client_id, origins) in [("plus", json!(["+"])), ("star", json!(["*"]))] {
        let body = json!({
            "clientId": client_id,
            "secret": "s",
            "serviceAccountsEnabled": true,
            "redirectUris": ["https://app.example/*"],
            "webOrigins": origins,
        });
        make(&admin, &realm, body).await;
    }
    assert_eq!(
        shared("plus", "https://app.example").await.as_deref(),
        Some("https://app.example")
    );
    assert_eq!(shared("plus", "https://evil.example").await, None);
    assert_eq!(
        shared("star", "https://any.example").await.as_deref(),
        Some("https://any.example")
    );
    assert_eq!(shared("star", "null").await, None);
}

/// Built-in clients are an administrator's to change, but for the one whose roles are rights. Keycloak 26.7.4 was asked.
#[tokio::test]
async fn who_manages_clients_changes_where_built_in_ones_send_people() {
    let admin = Admin::start().await;
    let realm = admin.realm().await;
    let manager = admin.as_user(&realm, &["manage-clients", "view-clients"]).await;
    let uris = json!(["https://console.example/*"]);
    for client_id in [
        "security-admin-console",
        "admin-cli",
        "account",
        "account-console",
        "broker",
    ] {
        let id = super::row(&admin, &realm, client_id).await;
        let change = json!({ "redirectUris": uris });
        super::put(&manager, &realm, &id, change).await.assert_done();
        assert_eq!(get(&admin, &realm, &id).await["redirectUris"], uris, "{client_id}");
        let route = "DELETE /admin/realms/{realm}/clients/{client}";
        super::of(&manager, route, &realm, &id).await.assert(
            400,
            &json!({ "error": "invalid_request", "error_description": "Could not delete client" }),
        );
    }
    let id = super::row(&admin, &realm, "realm-management").await;
    for caller in [&manager, &admin] {
        let reply = super::put(caller, &realm, &id, json!({ "redirectUris": uris })).await;
        reply.assert(403, &super::forbidden());
        let route = "DELETE /admin/realms/{realm}/clients/{client}";
        super::of(caller, route, &realm, &id)
            .await
            .assert(403, &super::forbidden());
    }
}
