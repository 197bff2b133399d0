//! PostgreSQL out of reach: what needs only memory goes on for a while, what must write says so, and everything comes
//! back by itself.

use std::net::SocketAddr;

use crate::support::{Answer, Client, Forwarder, Keyward, Postgres, Realm, Site, eventually, get, ready_address};

struct Bed {
    wire: Forwarder,
    node: Keyward,
    realm: Realm,
    service: Client,
    reference: Client,
    api: Client,
    management: SocketAddr,
    _site: Site,
    _database: Postgres,
}

fn bed(max_stale_secs: u32) -> Option<Bed> {
    let database = Postgres::create()?;
    let wire = Forwarder::to(database.address());
    let mut site = Site::on(&database.url_through(&wire.address()));
    site.server = format!("max_stale_secs = {max_stale_secs}\nmanagement_listen = \"127.0.0.1:0\"\n");
    let (node, address) = site.serve();
    let (realm, service, api) = site.realm(address, &[]);
    let create = [
        "client",
        "create",
        "--realm",
        "demo",
        "--json",
        "--id",
        "reference",
        "--format",
        "opaque",
    ];
    let reference = Client::of_command(&site.run(&create));
    eventually("the clients of the commands", || {
        (realm.ask(&reference).status == 200).then_some(())
    });
    let management = ready_address(&node.stderr(), "management").unwrap();
    Some(Bed {
        wire,
        node,
        realm,
        service,
        reference,
        api,
        management,
        _site: site,
        _database: database,
    })
}

#[track_caller]
fn assert_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.json()["error"], "temporarily_unavailable");
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn memory_goes_on_and_writing_says_503() {
    let Some(bed) = bed(3600) else { return };
    let Bed {
        realm, service, api, ..
    } = &bed;
    let (token, ended) = (realm.token(service), realm.token(service));
    assert_eq!(realm.revoke(service, &ended).status, 200);
    bed.wire.cut();
    // Also new tokens, and what was revoked before stays revoked.
    assert!(realm.is_active(api, &token) && realm.is_active(api, &realm.token(service)));
    assert!(!realm.is_active(api, &ended));
    assert_eq!(realm.metadata(&[]).status, 200);
    assert_eq!(get(realm.address, &realm.path("certs"), &[]).status, 200);
    assert_unavailable(&realm.revoke(service, &token));
    assert_unavailable(&realm.ask(&bed.reference));
    assert!(realm.is_active(api, &token), "nothing half-written");
    assert_eq!(get(bed.management, "/health/ready", &[]).status, 200);

    bed.wire.mend();
    eventually("revocation after the outage", || {
        (realm.revoke(service, &token).status == 200).then_some(())
    });
    assert!(!realm.is_active(api, &token));
    realm.token(&bed.reference);
    let log = bed.node.stop().stderr;
    assert!(!log.contains("ERROR"), "{log}");
}

#[test]
fn what_is_too_old_is_not_told_any_more() {
    let Some(bed) = bed(1) else { return };
    let Bed {
        realm,
        service,
        api,
        management,
        ..
    } = &bed;
    let token = realm.token(service);
    let ready = || get(*management, "/health/ready", &[]);
    assert_eq!(ready().status, 200);
    bed.wire.cut();
    let down = eventually("not ready", || Some(ready()).filter(|answer| answer.status == 503));
    assert_eq!(down.json()["status"], "DOWN");
    assert_eq!(down.json()["checks"][0]["status"], "DOWN");
    assert_unavailable(&realm.ask(service));
    assert_unavailable(&realm.call("token/introspect", api, &format!("token={token}")));
    assert_unavailable(&realm.metadata(&[]));
    for path in ["/health/live", "/health/started"] {
        assert_eq!(get(*management, path, &[]).status, 200, "{path}");
    }

    bed.wire.mend();
    eventually("ready again", || (ready().status == 200).then_some(()));
    assert!(realm.is_active(api, &token));
    realm.token(service);
    let log = bed.node.stop().stderr;
    assert!(
        log.contains("changes cannot be read") && log.contains("the database answers again"),
        "{log}"
    );
}
