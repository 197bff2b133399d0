//! Two servers on one PostgreSQL with one sealing key.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use crate::support::{Keyward, Postgres, Realm, Site, ready_address, within};

/// What happens at one node is known at the other within this time.
const SOON: Duration = Duration::from_secs(1);

struct Nodes {
    site: Site,
    a: SocketAddr,
    b: SocketAddr,
    processes: [Keyward; 2],
    /// Removed last.
    _database: Postgres,
}

/// Starts both at the same moment on an empty database.
fn start() -> Option<Nodes> {
    let database = Postgres::create()?;
    let site = Site::on(&database.url());
    let other = Site::on(&database.url());
    fs::copy(site.path("sealing.key"), other.path("sealing.key")).unwrap();
    let mut processes = [&site, &other].map(|site| {
        let mut command = site.command(&["serve"]);
        command.env("KEYWARD_BOOTSTRAP_ADMIN_PASSWORD", "correct horse");
        Keyward::start(command)
    });
    let [a, b] = processes
        .each_mut()
        .map(|node| node.line("ready", |node| ready_address(&node.stderr(), "listen")));
    Some(Nodes {
        site,
        a,
        b,
        processes,
        _database: database,
    })
}

#[test]
fn a_token_of_one_is_known_and_ended_at_the_other() {
    let Some(nodes) = start() else { return };
    let (at_a, service, api) = nodes.site.realm(nodes.a, &[]);
    let at_b = Realm::new(nodes.b, "demo");
    // Whatever a command makes is served by both within a second.
    for realm in [&at_a, &at_b] {
        within(SOON, "the client of the command", || {
            (realm.ask(&service).status == 200).then_some(())
        });
    }
    for (issuer, asked) in [(&at_a, &at_b), (&at_b, &at_a)] {
        let token = issuer.token(&service);
        assert!(asked.is_active(&api, &token));
        assert_eq!(issuer.revoke(&service, &token).status, 200);
        // At once where it was revoked, within a second at the other.
        assert!(!issuer.is_active(&api, &token));
        within(SOON, "the revocation at the other node", || {
            (!asked.is_active(&api, &token)).then_some(())
        });
    }
    for node in nodes.processes {
        node.stop();
    }
}

#[test]
fn a_reference_token_of_one_is_known_and_ended_at_the_other() {
    let Some(nodes) = start() else { return };
    let (at_a, service, api) = nodes.site.realm(nodes.a, &["--format", "opaque"]);
    let at_b = Realm::new(nodes.b, "demo");
    within(SOON, "the client of the command", || {
        (at_b.ask(&service).status == 200).then_some(())
    });
    within(SOON, "the client of the command", || {
        (at_a.ask(&service).status == 200).then_some(())
    });
    let token = at_a.token(&service);
    assert!(at_b.is_active(&api, &token));
    assert_eq!(at_b.revoke(&service, &token).status, 200);
    within(SOON, "the revocation at the other node", || {
        (!at_a.is_active(&api, &token)).then_some(())
    });
}

#[test]
fn a_node_that_starts_later_knows_what_was_revoked_before() {
    let Some(nodes) = start() else { return };
    let (at_a, service, api) = nodes.site.realm(nodes.a, &[]);
    within(SOON, "the client of the command", || {
        (at_a.ask(&service).status == 200).then_some(())
    });
    let (token, revoked) = (at_a.token(&service), at_a.token(&service));
    assert_eq!(at_a.revoke(&service, &revoked).status, 200);
    let (_late, address) = nodes.site.serve();
    let late = Realm::new(address, "demo");
    assert!(late.is_active(&api, &token));
    assert!(!late.is_active(&api, &revoked));
}
