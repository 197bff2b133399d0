//! Two nodes on one store: what one does, the other knows as soon as it has read the log of changes.

use keyward_domain::client::AccessTokenFormat;
use keyward_domain::ports::Store as _;
use keyward_domain::ports::changes::Change;
use keyward_server::jobs;
use keyward_testkit::builders::{NOW, client_secret};

use crate::support::{Place, Request, TOKEN, TestServer, service};

#[tokio::test]
async fn a_token_of_one_node_is_introspected_and_revoked_at_the_other() {
    for place in Place::both().await {
        let server = TestServer::start_at(place, |_| {}).await;
        let second = server.second_node().await;
        let token = server.access_token(&server.service).await;
        assert!(second.is_active(&server.api, &token).await);
        assert_eq!(second.revoke(&server.service, &token).await.status, 200);
        assert!(!second.is_active(&server.api, &token).await);
        server.follow().await;
        assert!(!server.is_active(&server.api, &token).await);
        drop(second);
        server.finish().await;
    }
}

#[tokio::test]
async fn an_opaque_token_is_gone_everywhere_at_once() {
    for place in Place::both().await {
        let server = TestServer::start_at(place, |_| {}).await;
        let mut settings = service();
        settings.access_token.format = AccessTokenFormat::Opaque;
        let opaque = server.create("opaque", settings).await;
        let second = server.second_node().await;
        let token = server.access_token(&opaque).await;
        assert!(second.is_active(&server.api, &token).await);
        server.revoke(&opaque, &token).await;
        assert!(!second.is_active(&server.api, &token).await, "before it read the log");
        drop(second);
        server.finish().await;
    }
}

#[tokio::test]
async fn many_revocations_arrive_in_one_reading() {
    let server = TestServer::start().await;
    let second = server.second_node().await;
    let mut tokens = Vec::new();
    for _ in 0..25 {
        tokens.push(server.access_token(&server.service).await);
    }
    for token in &tokens[1..] {
        server.revoke(&server.service, token).await;
    }
    second.follow().await;
    for token in &tokens[1..] {
        assert!(!second.is_active(&server.api, token).await);
    }
    assert!(second.is_active(&server.api, &tokens[0]).await);
}

#[tokio::test]
async fn a_new_client_is_known_after_one_reading() {
    let server = TestServer::start().await;
    let second = server.second_node().await;
    let client = server.create("late", service()).await;
    assert_eq!(second.token(&client, &[]).await.status, 401);
    second.follow().await;
    assert_eq!(second.token(&client, &[]).await.status, 200);
}

#[tokio::test]
async fn a_disabled_client_is_shut_out_after_one_reading() {
    let server = TestServer::start().await;
    let second = server.second_node().await;
    let token = second.access_token(&server.service).await;
    server.edit(&server.service, |client| client.enabled = false).await;
    second.follow().await;
    assert_eq!(second.token(&server.service, &[]).await.status, 401);
    assert!(!second.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn a_node_is_not_ready_before_it_read_the_log() {
    let server = TestServer::start().await;
    let token = server.access_token(&server.service).await;
    server.revoke(&server.service, &token).await;
    let second = server.second_node().await;
    assert!(second.app.is_fresh(NOW));
    assert!(!second.is_active(&server.api, &token).await);
}

#[tokio::test]
async fn swept_entries_do_not_stop_a_node_that_is_behind() {
    let server = TestServer::start().await;
    let second = server.second_node().await;
    let old = server.access_token(&server.service).await;
    server.revoke(&server.service, &old).await;
    server.clock.advance(2 * 24 * 3600);
    server.follow().await;
    jobs::sweep::tick(&server.app, "first").await.unwrap();
    let young = server.access_token(&server.service).await;
    server.revoke(&server.service, &young).await;
    second.follow().await;
    assert!(!second.is_active(&server.api, &young).await);
    let form = [("grant_type", "client_credentials")];
    let answer = Request::post(TOKEN)
        .basic(&server.service)
        .form(&form)
        .send(&second)
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn one_damaged_secret_takes_down_neither_its_realm_nor_the_node() {
    let server = TestServer::start().await;
    let mut tx = server.outage.write().await.unwrap();
    let client = tx
        .client_by_client_id(server.realm.id, &server.service.client_id)
        .await
        .unwrap()
        .unwrap();
    let mut damaged = client_secret(&client, "damaged", 0);
    damaged.sealed = vec![0];
    tx.insert_client_secret(&damaged).await.unwrap();
    tx.append_change(server.realm.id, &Change::RealmChanged, NOW.plus_secs(60))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    server.follow().await;
    let token = server.access_token(&server.service).await;
    assert!(
        server.is_active(&server.api, &token).await,
        "the client's other secret still works"
    );
}

#[tokio::test]
async fn names_that_are_no_realm_are_forgotten_when_one_is_made() {
    let server = TestServer::start().await;
    let path = "/realms/other/protocol/openid-connect/certs";
    assert_eq!(Request::get(path).send(&server).await.status, 404);
    assert_eq!(Request::get(path).send(&server).await.status, 404);
    server.add_realm().await;
    server.follow().await;
    assert_eq!(Request::get(path).send(&server).await.status, 200);
}
