//! Whose request it is.

use crate::support::{World, get};

async fn address(world: &World, forwarded_for: &str) -> String {
    get(world.guard, "/envoy/public", &[("x-forwarded-for", forwarded_for)]).await;
    world.decided().address
}

#[tokio::test]
async fn the_proxys_word_counts_and_not_the_clients() {
    let world = World::start().await;
    for (list, expected) in [
        ("203.0.113.9", "203.0.113.9"),
        // The client wrote the first.
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        // A balancer that the settings trust stands between.
        ("203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.8, 10.0.0.7", "203.0.113.9"),
    ] {
        assert_eq!(address(&world, list).await, expected, "{list}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_refused() {
    let world = World::start().await;
    for list in [
        "unknown",
        "203.0.113.9, unknown",
        "203.0.113.9,",
        "203.0.113.9:443",
        "_hidden",
    ] {
        let answer = get(world.guard, "/envoy/public", &[("x-forwarded-for", list)]).await;
        assert_eq!(answer.status, 400, "{list}");
    }
    assert_eq!(world.decisions(), 0);
}
