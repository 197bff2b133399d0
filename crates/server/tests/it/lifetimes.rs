//! How long access tokens live: per realm, per client, and by profile.

use keyward_domain::client::AccessTokenFormat;
use keyward_domain::policy::lifetime::{AccessTokenLifespan, SecurityProfile};
use serde_json::json;

use crate::support::jwt::claims;
use crate::support::{TestServer, service};

async fn lives(server: &TestServer, name: &str, secs: Option<u32>, profile: SecurityProfile) -> i64 {
    let mut settings = service();
    settings.access_token.lifespan = secs.map(|secs| AccessTokenLifespan::long(secs).unwrap());
    settings.access_token.profile = profile;
    let client = server.create(name, settings).await;
    let answer = server.token(&client, &[]).await;
    let token = claims(&answer.member("access_token"));
    let lifespan = token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap();
    assert_eq!(answer.json()["expires_in"], json!(lifespan));
    lifespan
}

#[tokio::test]
async fn the_client_before_the_realm_before_the_default() {
    let server = TestServer::start().await;
    assert_eq!(lives(&server, "a", None, SecurityProfile::Standard).await, 300);
    let ten = AccessTokenLifespan::new(600).unwrap();
    server
        .edit_realm(|realm| realm.settings.access_token_lifespan = ten)
        .await;
    assert_eq!(lives(&server, "b", None, SecurityProfile::Standard).await, 600);
    assert_eq!(lives(&server, "c", Some(30), SecurityProfile::Standard).await, 30);
    assert_eq!(lives(&server, "d", Some(3600), SecurityProfile::Standard).await, 3600);
}

#[tokio::test]
async fn high_security_means_one_to_five_minutes() {
    let server = TestServer::start().await;
    let high = SecurityProfile::High;
    assert_eq!(lives(&server, "a", None, high).await, 300);
    assert_eq!(lives(&server, "b", Some(120), high).await, 120);
    assert_eq!(lives(&server, "c", Some(3600), high).await, 300);
    assert_eq!(lives(&server, "d", Some(5), high).await, 60);
    let ten = AccessTokenLifespan::new(600).unwrap();
    server
        .edit_realm(|realm| realm.settings.access_token_lifespan = ten)
        .await;
    assert_eq!(lives(&server, "e", None, high).await, 300);
}

#[tokio::test]
async fn opaque_tokens_end_like_the_others() {
    let server = TestServer::start().await;
    let mut settings = service();
    settings.access_token.format = AccessTokenFormat::Opaque;
    settings.access_token.lifespan = Some(AccessTokenLifespan::new(25).unwrap());
    let client = server.create("opaque", settings).await;
    let token = server.access_token(&client).await;
    server.clock.advance(24);
    assert!(server.is_active(&server.api, &token).await);
    server.clock.advance(1);
    assert!(!server.is_active(&server.api, &token).await);
}
