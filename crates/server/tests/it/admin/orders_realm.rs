//! The realm of the documents, from its file to the guard: scopes that roles open, for people who hold them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderMap, HeaderValue, Method};
use keyward_client::UnixMillis;
use keyward_client::jwks::{JwksCache, KeySet};
use keyward_guard::{Guard, RequestView, Settings, Verdict};
use keyward_jose::{Jwk, digest};
use keyward_testkit::builders::NOW;
use serde_json::Value;

use super::support::Admin;
use crate::support::Request;

const REALM: &str = include_str!("../../../../../docs/realms/orders.json");
const DOCUMENT: &str = include_str!("../../../../../docs/administration.md");

/// The access token of a person who logs in through the application, which asks for both scopes.
async fn token(admin: &Admin, username: &str, password: &str) -> String {
    let answer = Request::post("/realms/orders/protocol/openid-connect/token")
        .form(&[
            ("grant_type", "password"),
            ("client_id", "orders-app"),
            ("client_secret", "change-this-secret-of-orders-app"),
            ("username", username),
            ("password", password),
            ("scope", "openid orders:read orders:create"),
        ])
        .send(admin.server())
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&digest::b64url_decode(payload).unwrap()).unwrap()
}

/// The guard by the words of the document.
async fn guard(admin: &Admin) -> Guard {
    let begin = DOCUMENT.find("[[issuer]]").unwrap();
    let end = DOCUMENT[begin..].find("```").unwrap();
    let issuer = admin.server().issuer().replace("/realms/demo", "/realms/orders");
    let words = DOCUMENT[begin..begin + end].replace("https://login.example.com/realms/orders", &issuer);
    let answer = Request::get("/realms/orders/protocol/openid-connect/certs")
        .send(admin.server())
        .await;
    let keys: Value = serde_json::from_slice(&answer.body).unwrap();
    let keys: Vec<Jwk> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|key| serde_json::from_value(key.clone()).ok())
        .collect();
    let settings = Settings::from_toml(&words).unwrap();
    Guard::builder(settings)
        .keys("orders", JwksCache::fixed(KeySet::new(&keys)))
        .build()
        .unwrap()
}

async fn passes(guard: &Guard, method: &Method, token: &str) -> bool {
    let mut headers = HeaderMap::new();
    headers.insert(
        "authorization",
        HeaderValue::from_str(&format!("Bearer {token}")).unwrap(),
    );
    let view = RequestView {
        method,
        target: "/orders",
        host: Some("api.example.com"),
        headers: &headers,
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let now = UnixMillis(u64::try_from(NOW.millis()).unwrap());
    matches!(guard.check_at(view, now).await.verdict, Verdict::Allow)
}

#[tokio::test]
async fn a_scope_is_granted_to_who_holds_its_role_and_the_guard_asks_for_it() {
    let admin = Admin::start().await;
    let made = admin
        .send_as("POST /admin/realms", &[], "application/json", REALM.as_bytes())
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let guard = guard(&admin).await;
    for (username, password, scopes, reads, creates) in [
        ("rita", "change-this-1", vec!["orders:read"], true, false),
        (
            "carl",
            "change-this-2",
            vec!["orders:create", "orders:read"],
            true,
            true,
        ),
        ("nick", "change-this-3", vec![], false, false),
    ] {
        let token = token(&admin, username, password).await;
        let claims = claims(&token);
        let granted: BTreeSet<&str> = claims["scope"].as_str().unwrap().split(' ').collect();
        let of_orders: Vec<&str> = granted.into_iter().filter(|name| name.starts_with("orders:")).collect();
        assert_eq!(of_orders, scopes, "{username}");
        assert_eq!(passes(&guard, &Method::GET, &token).await, reads, "{username} reads");
        assert_eq!(
            passes(&guard, &Method::POST, &token).await,
            creates,
            "{username} creates"
        );
    }
}
