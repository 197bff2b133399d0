//! Keys are replaced without one failed validation: the real jobs of two nodes on a test
//! clock, tokens all the while, and a resource server that caches the JWKS as long as it may.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use keyward_domain::key::rotation::{JWKS_MAX_AGE_SECS, Rotation, SKEW_SECS};
use keyward_domain::{Clock as _, Timestamp};
use keyward_jose::{Algorithm, JwkSet};
use keyward_server::jobs;

use crate::support::jwt::{claims, header, verify};
use crate::support::{Credentials, Node, Place, TestServer, service};

const ROTATION: Rotation = Rotation {
    period_secs: 1_200,
    retain_secs: 300,
};

/// Between two looks of the jobs at the clock.
const STEP_SECS: i64 = 30;

/// Caches the JWKS for exactly its `max-age`.
struct ResourceServer {
    jwks: JwkSet,
    until: Timestamp,
}

impl ResourceServer {
    fn new() -> Self {
        Self {
            jwks: JwkSet::default(),
            until: Timestamp::from_secs(0),
        }
    }

    async fn refresh(&mut self, node: &Node, now: Timestamp) {
        if now >= self.until {
            self.jwks = node.jwks().await;
            self.until = now.plus_secs(JWKS_MAX_AGE_SECS);
        }
    }

    #[track_caller]
    fn accepts(&self, token: &str, now: Timestamp) {
        let claims = verify(&self.jwks, token).unwrap_or_else(|error| panic!("at {now}: {error}"));
        assert!(claims["exp"].as_i64().unwrap() > now.secs());
    }
}

async fn clients(server: &TestServer) -> Vec<Credentials> {
    let mut clients = Vec::new();
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        let mut settings = service();
        settings.access_token.signature_algorithm = Some(algorithm);
        clients.push(server.create(algorithm.name(), settings).await);
    }
    clients
}

async fn issue(node: &Node, clients: &[Credentials]) -> Vec<String> {
    join_all(clients.iter().chain(clients).map(|client| node.access_token(client))).await
}

async fn rotation_at(place: Place) {
    let server = TestServer::start_at(place, |_| {}).await;
    server.edit_realm(|realm| realm.settings.key_rotation = ROTATION).await;
    let second = server.second_node().await;
    let nodes: [&Node; 2] = [&server, &second];
    let clients = clients(&server).await;
    second.follow().await;

    // One resource server asks the first node, one the second, one as they come, each out of step with the others.
    let mut resource_servers = [ResourceServer::new(), ResourceServer::new(), ResourceServer::new()];
    let mut living: Vec<String> = Vec::new();
    let mut signers: BTreeSet<String> = BTreeSet::new();
    let steps = 3 * ROTATION.period_secs / STEP_SECS + 20;
    for step in 0..steps {
        server.clock.advance(STEP_SECS);
        let now = server.clock.now();
        let turn = usize::try_from(step).unwrap() % 2;
        for (number, resource_server) in resource_servers.iter_mut().enumerate() {
            if step >= i64::try_from(number).unwrap() * 3 {
                resource_server
                    .refresh(nodes[(number + turn * (number / 2)) % 2], now)
                    .await;
            }
        }
        // Keys are made while tokens go out, and each node learns of them after it answered.
        let (rotated, first, other) = tokio::join!(
            jobs::rotate_keys::tick(&nodes[turn].app, ["first", "second"][turn]),
            issue(nodes[0], &clients),
            issue(nodes[1], &clients),
        );
        rotated.unwrap();
        let fresh = [first, other].concat();
        signers.extend(fresh.iter().map(|token| header(token)["kid"].to_string()));
        living.extend(fresh);
        for node in nodes {
            node.follow().await;
        }
        living.retain(|token| claims(token)["exp"].as_i64().unwrap() > now.secs());
        for (number, resource_server) in resource_servers.iter().enumerate() {
            if step >= i64::try_from(number).unwrap() * 3 {
                for token in &living {
                    resource_server.accepts(token, now);
                }
            }
        }
        // Tokens stay good until they end, at either node.
        let oldest = &living[0];
        assert!(nodes[1 - turn].is_active(&server.api, oldest).await, "step {step}");
    }
    assert_eq!(signers.len(), 2 * 4, "three rotations of two algorithms");
    retired_keys_leave(&server, &signers).await;
    drop(second);
    server.finish().await;
}

/// After everything ended and the job has run, only keys that sign or will sign are left.
async fn retired_keys_leave(server: &TestServer, signers: &BTreeSet<String>) {
    server.clock.advance(ROTATION.retain_secs + SKEW_SECS);
    jobs::rotate_keys::tick(&server.app, "first").await.unwrap();
    server.follow().await;
    let jwks = server.jwks().await;
    let served: BTreeSet<String> = jwks
        .keys
        .iter()
        .map(|key| format!("\"{}\"", key.kid.as_ref().unwrap()))
        .collect();
    assert_eq!(served.intersection(signers).count(), 2, "the two that sign now");
}

#[tokio::test]
async fn three_rotations_without_one_failed_validation() {
    for place in Place::both().await {
        rotation_at(place).await;
    }
}

#[tokio::test]
async fn a_key_is_published_before_it_signs() {
    let server = TestServer::start().await;
    server.edit_realm(|realm| realm.settings.key_rotation = ROTATION).await;
    let before = kids(&server).await;
    let signer = header(&server.access_token(&server.service).await)["kid"].clone();
    let lead = JWKS_MAX_AGE_SECS + SKEW_SECS;
    advance(&server, ROTATION.period_secs - lead - 1).await;
    assert_eq!(kids(&server).await, before);
    advance(&server, 1).await;
    let published: BTreeSet<String> = kids(&server).await.difference(&before).cloned().collect();
    assert_eq!(published.len(), 4, "one successor for each algorithm");
    advance(&server, lead - 1).await;
    assert_eq!(header(&server.access_token(&server.service).await)["kid"], signer);
    advance(&server, 1).await;
    let next = header(&server.access_token(&server.service).await)["kid"].clone();
    assert!(published.contains(next.as_str().unwrap()));
    // The retired keys stay for what they signed, and then leave.
    advance(&server, ROTATION.retain_secs + SKEW_SECS - 1).await;
    assert!(kids(&server).await.is_superset(&before));
    advance(&server, 1).await;
    assert_eq!(kids(&server).await, published);
}

async fn kids(server: &TestServer) -> BTreeSet<String> {
    server.jwks().await.keys.into_iter().filter_map(|key| key.kid).collect()
}

async fn advance(server: &TestServer, secs: i64) {
    server.clock.advance(secs);
    server.follow().await;
    jobs::rotate_keys::tick(&server.app, "node").await.unwrap();
    server.follow().await;
}

#[tokio::test]
async fn one_node_at_a_time_rotates() {
    let server = TestServer::start().await;
    server.edit_realm(|realm| realm.settings.key_rotation = ROTATION).await;
    let second = server.second_node().await;
    server.clock.advance(ROTATION.period_secs);
    for _ in 0..3 {
        let (first, other) = tokio::join!(
            jobs::rotate_keys::tick(&server.app, "first"),
            jobs::rotate_keys::tick(&second.app, "second"),
        );
        first.unwrap();
        other.unwrap();
    }
    server.follow().await;
    assert_eq!(kids(&server).await.len(), 8, "one successor each, not two");
}
