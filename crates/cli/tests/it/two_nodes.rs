//! Two servers on one PostgreSQL with one sealing key.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use crate::support::{
    APPLICATION, Browser, Keyward, PASSWORD, Postgres, Realm, Site, Tokens, code, ready_address, redeem, run, within,
};

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

#[test]
fn a_login_begun_at_one_ends_at_the_other() {
    let Some(nodes) = start() else { return };
    let [at_a, at_b] = people(&nodes);
    let mut browser = Browser::default();
    let page = browser.login_page(&at_a, APPLICATION);
    assert_eq!(page.status, 200, "{page:?}");
    let fields = format!("username=alice&password={PASSWORD}");
    let answer = browser.submit(at_b.address, &page, &fields);
    // The code goes to whichever node the balancer picks.
    let redeemed = at_a.post("token", &redeem(APPLICATION, &code(&answer)));
    let tokens = Tokens::of(&redeemed);
    for realm in [&at_a, &at_b] {
        let userinfo = realm.userinfo(&tokens.access);
        assert_eq!(userinfo.status, 200, "{userinfo:?}");
        assert_eq!(userinfo.json()["preferred_username"], "alice");
    }
    // The session of one is the session of the other: no page, a code at once.
    code(&browser.login_page(&at_a, APPLICATION));
    // Spent at one, it is spent at the other, and what it gave ends at both.
    let again = at_b.post("token", &redeem(APPLICATION, &code(&answer)));
    assert_eq!(again.status, 400, "{again:?}");
    for realm in [&at_a, &at_b] {
        within(SOON, "the end of the replayed code's token", || {
            (realm.userinfo(&tokens.access).status == 401).then_some(())
        });
    }
}

#[test]
fn parallel_refreshes_over_both_leave_one_live_branch() {
    const PARALLEL: usize = 32;
    let Some(nodes) = start() else { return };
    let realms = people(&nodes);
    let [at_a, at_b] = &realms;
    let first = at_a.password_grant(APPLICATION.client_id, "alice", PASSWORD);
    let refresh = |realm: &Realm, token: &str| realm.refresh(APPLICATION.client_id, token);
    let mut token = first.refresh.clone();
    for round in 0..5 {
        let branches: BTreeSet<String> = thread::scope(|scope| {
            let (token, refresh) = (&token, &refresh);
            let asked: Vec<_> = (0..PARALLEL)
                .map(|at| scope.spawn(move || Tokens::of(&refresh([at_a, at_b][at % 2], token)).refresh))
                .collect();
            asked.into_iter().map(|answer| answer.join().unwrap()).collect()
        });
        assert_eq!(branches.len(), 1, "round {round}");
        token = branches.into_iter().next().unwrap();
    }
    let last = Tokens::of(&refresh(at_b, &token));
    // The first one is long spent: whoever presents it ends the family at both nodes.
    assert_eq!(refresh(at_b, &first.refresh).status, 400);
    assert_eq!(refresh(at_a, &last.refresh).status, 400);
    for realm in &realms {
        within(SOON, "the end of the family's access token", || {
            (realm.userinfo(&last.access).status == 401).then_some(())
        });
    }
}

/// `user set-password` is one more process beside the nodes: both learn of it.
#[test]
fn a_new_password_ends_the_sessions_at_both() {
    let Some(nodes) = start() else { return };
    let [at_a, at_b] = people(&nodes);
    let tokens = at_a.password_grant(APPLICATION.client_id, "alice", PASSWORD);
    assert_eq!(at_b.userinfo(&tokens.access).status, 200);
    let mut change = nodes
        .site
        .command(&["user", "set-password", "alice", "--realm", "demo", "--json"]);
    let said = run(change.env("KEYWARD_USER_PASSWORD", "canary-password-new")).printed();
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(said["sessions_ended"].as_u64() >= Some(1), "{said}");
    for realm in [&at_a, &at_b] {
        within(SOON, "the end of the access token", || {
            (realm.userinfo(&tokens.access).status == 401).then_some(())
        });
        assert_eq!(realm.refresh(APPLICATION.client_id, &tokens.refresh).status, 400);
        let old = format!(
            "grant_type=password&client_id={}&username=alice&password={PASSWORD}",
            APPLICATION.client_id
        );
        assert_eq!(realm.post("token", &old).status, 400);
        realm.password_grant(APPLICATION.client_id, "alice", "canary-password-new");
    }
}

/// The realm with alice and her application, as both nodes know it.
fn people(nodes: &Nodes) -> [Realm; 2] {
    nodes.site.run(&["realm", "create", "demo"]);
    nodes.site.people();
    let realms = [nodes.a, nodes.b].map(|address| Realm::new(address, "demo"));
    for realm in &realms {
        realm.password_grant(APPLICATION.client_id, "alice", PASSWORD);
    }
    realms
}
