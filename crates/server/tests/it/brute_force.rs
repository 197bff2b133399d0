//! Guessing passwords becomes slow: per user by the realm's fields, per address by a rule of our own.

use keyward_domain::event::What;
use keyward_domain::policy::lockout::{BruteForce, Strategy};

use crate::support::person::{PASSWORD, authorize, spa};
use crate::support::{Browser, TestServer};

/// A server behind a proxy, so that a test can come from any address.
async fn started(brute_force: BruteForce) -> TestServer {
    let behind = |settings: &mut keyward_server::Settings| {
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    };
    let server = TestServer::start_with(behind).await;
    server.create("front", spa()).await;
    for name in ["alice", "bob"] {
        server.person(name).await;
    }
    server
        .edit_realm(|realm| realm.settings.brute_force = brute_force)
        .await;
    server
}

fn protected() -> BruteForce {
    BruteForce {
        protected: true,
        failure_factor: 3,
        wait_increment_seconds: 60,
        max_failure_wait_seconds: 150,
        quick_login_check_milli_seconds: 0,
        max_delta_time_seconds: 1_000,
        ..BruteForce::default()
    }
}

/// Tries a password from an address. Whether it was right.
async fn attempt(server: &TestServer, address: &str, username: &str, password: &str) -> bool {
    let mut browser = Browser::new(server)
        .with_header("X-Forwarded-For", address)
        .with_header("X-Forwarded-Proto", "https");
    let page = browser.get(&authorize("front", &[])).await;
    let answer = browser
        .submit(&page, &[("username", username), ("password", password)])
        .await;
    if answer.status != 303 {
        answer.assert_login();
        assert_eq!(answer.input_error().as_deref(), Some("Invalid username or password."));
    }
    answer.status == 303
}

async fn fail(server: &TestServer, address: &str, username: &str, times: usize) {
    for _ in 0..times {
        assert!(!attempt(server, address, username, "wrong").await);
    }
}

#[tokio::test]
async fn a_user_waits_longer_each_time() {
    let server = started(protected()).await;
    fail(&server, "192.0.2.1", "alice", 2).await;
    assert!(attempt(&server, "192.0.2.1", "alice", PASSWORD).await, "two are free");
    // A login forgives: the count begins anew.
    fail(&server, "192.0.2.1", "alice", 3).await;
    // One step for each three failures, at most 150 seconds; while it waits nothing counts.
    for wait in [60, 60, 60, 120, 120, 120, 150] {
        // From nowhere, and not sooner.
        assert!(!attempt(&server, "192.0.2.2", "alice", PASSWORD).await, "{wait}");
        server.wait(wait - 1).await;
        assert!(!attempt(&server, "192.0.2.1", "alice", PASSWORD).await, "{wait}");
        // Others are not concerned.
        assert!(attempt(&server, "192.0.2.1", "bob", PASSWORD).await);
        server.wait(1).await;
        fail(&server, "192.0.2.1", "alice", 1).await;
    }
    server.wait(150).await;
    assert!(attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
    assert!(
        server
            .seen
            .whats()
            .iter()
            .any(|what| matches!(what, What::LoginLocked { permanently: false, .. }))
    );
}

#[tokio::test]
async fn attempts_while_locked_do_not_count() {
    let server = started(protected()).await;
    fail(&server, "192.0.2.1", "alice", 3).await;
    fail(&server, "192.0.2.1", "alice", 10).await;
    server.wait(60).await;
    assert!(attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
}

#[tokio::test]
async fn failures_are_forgotten_after_a_while() {
    let server = started(protected()).await;
    fail(&server, "192.0.2.1", "alice", 2).await;
    server.wait(1_001).await;
    fail(&server, "192.0.2.1", "alice", 2).await;
    assert!(attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
}

#[tokio::test]
async fn linear_and_permanent_are_what_keycloak_means_by_them() {
    let linear = BruteForce {
        strategy: Strategy::Linear,
        ..protected()
    };
    let server = started(linear).await;
    fail(&server, "192.0.2.1", "alice", 3).await;
    server.wait(60).await;
    fail(&server, "192.0.2.1", "alice", 1).await;
    server.wait(119).await;
    assert!(!attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
    server.wait(1).await;
    assert!(attempt(&server, "192.0.2.1", "alice", PASSWORD).await);

    let permanent = BruteForce {
        permanent_lockout: true,
        ..protected()
    };
    let server = started(permanent).await;
    fail(&server, "192.0.2.1", "alice", 3).await;
    server.wait(1_000_000).await;
    assert!(!attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
    assert!(
        server
            .seen
            .whats()
            .iter()
            .any(|what| matches!(what, What::LoginLocked { permanently: true, .. }))
    );
}

#[tokio::test]
async fn two_failures_in_one_second_wait_a_minute() {
    let quick = BruteForce {
        quick_login_check_milli_seconds: 1_000,
        ..protected()
    };
    let server = started(quick).await;
    fail(&server, "192.0.2.1", "alice", 2).await;
    server.wait(59).await;
    assert!(!attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
    server.wait(1).await;
    assert!(attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
}

#[tokio::test]
async fn nothing_is_counted_where_the_realm_does_not_want_it() {
    let server = started(BruteForce::default()).await;
    fail(&server, "192.0.2.1", "alice", 35).await;
    assert!(attempt(&server, "192.0.2.1", "alice", PASSWORD).await);
}

#[tokio::test]
async fn a_flood_from_one_address_slows_that_address_and_no_other() {
    let server = started(BruteForce {
        failure_factor: 1_000,
        ..protected()
    })
    .await;
    // One password tried on many users, whether they exist or not.
    for number in 0..31 {
        let name = if number % 2 == 0 {
            "bob".to_owned()
        } else {
            format!("user{number}")
        };
        fail(&server, "203.0.113.7", &name, 1).await;
    }
    assert!(!attempt(&server, "203.0.113.7", "alice", PASSWORD).await);
    // Whatever an attacker writes before the address that the proxy saw is not the address.
    assert!(!attempt(&server, "198.51.100.1, 203.0.113.7", "alice", PASSWORD).await);
    for other in ["203.0.113.8", "2001:db8::1"] {
        assert!(attempt(&server, other, "alice", PASSWORD).await, "{other}");
        assert!(attempt(&server, other, "bob", PASSWORD).await, "{other}");
    }
    server.wait(5).await;
    assert!(
        attempt(&server, "203.0.113.7", "alice", PASSWORD).await,
        "the wait ends"
    );
    // A login does not forgive the address: an attacker has an account too.
    fail(&server, "203.0.113.7", "carol", 1).await;
    assert!(!attempt(&server, "203.0.113.7", "alice", PASSWORD).await);
}

#[tokio::test]
async fn a_household_of_ipv6_is_one_address() {
    let server = started(BruteForce {
        failure_factor: 1_000,
        ..protected()
    })
    .await;
    for number in 0..31 {
        fail(
            &server,
            &format!("2001:db8:1:2::{number:x}"),
            &format!("user{number}"),
            1,
        )
        .await;
    }
    assert!(!attempt(&server, "2001:db8:1:2:ffff::1", "alice", PASSWORD).await);
    assert!(attempt(&server, "2001:db8:1:3::1", "alice", PASSWORD).await);
}
