//! `kill -9` in the middle of a refresh load: what was answered holds, and nothing works twice. And what was not
//! committed is not answered.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rusqlite::Connection;

use crate::support::{APPLICATION, PASSWORD, Realm, Site, Tokens, eventually, try_post};

/// How often the server is killed.
const KILLS: usize = 10;

/// Clients that refresh side by side.
const CLIENTS: usize = 8;

#[test]
fn tokens_that_were_answered_survive_and_none_works_twice() {
    let site = Site::new();
    site.run(&["realm", "create", "demo"]);
    site.people();
    let (mut node, address) = site.serve();
    let mut realm = Realm::new(address, "demo");
    // What each client holds.
    let mut held: Vec<Tokens> = (0..CLIENTS).map(|_| login(&realm)).collect();
    let mut answered = 0;
    for _ in 0..KILLS {
        let victim = login(&realm);
        let count = AtomicUsize::new(0);
        held = thread::scope(|scope| {
            let clients: Vec<_> = held
                .drain(..)
                .map(|tokens| scope.spawn(|| refresh_until_it_breaks(&realm, tokens, &count)))
                .collect();
            eventually("a load", || (count.load(Ordering::Relaxed) > 3 * CLIENTS).then_some(()));
            // SIGKILL.
            drop(node);
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        answered += count.into_inner();
        let (again, address) = site.serve();
        node = again;
        realm = Realm::new(address, "demo");
        for tokens in &mut held {
            // Known, whether or not the server had gone further than its last answer.
            assert_eq!(realm.userinfo(&tokens.access).status, 200);
            let next = refresh(&realm, &tokens.refresh).unwrap();
            // Asked again at once: the very same one, never a second branch.
            assert_eq!(refresh(&realm, &tokens.refresh).unwrap().refresh, next.refresh);
            *tokens = next;
        }
        spent(&realm, &victim);
    }
    println!("{answered} refreshes were answered between {KILLS} kills");
    for tokens in &held {
        refresh(&realm, &tokens.refresh).unwrap();
    }
    node.stop();
}

/// Tokens are signed while the COMMIT of what they stand on is under way.
#[test]
fn no_token_goes_out_whose_commit_failed() {
    let mut site = Site::new();
    let file = site.path("keyward.db");
    site.database = Some(format!("sqlite:{}", file.display()));
    site.run(&["realm", "create", "demo"]);
    site.people();
    let (node, address) = site.serve();
    let realm = Realm::new(address, "demo");
    let tokens = login(&realm);
    // A reference to nothing, which is looked at when the whole transaction ends.
    let db = Connection::open(&file).unwrap();
    db.execute_batch(
        "create table absent (id integer primary key);
         create table broken (id integer references absent (id) deferrable initially deferred);
         create trigger breaks after update of sequence on grants begin insert into broken values (1); end",
    )
    .unwrap();
    let sequence = || {
        db.query_row("select sequence from grants", [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let before = sequence();
    let refused = realm.refresh(APPLICATION.client_id, &tokens.refresh);
    assert_eq!(refused.status, 503, "{refused:?}");
    assert_eq!(refused.json()["error"], "temporarily_unavailable");
    assert!(refused.json().get("access_token").is_none());
    // Nothing was spent: else the same token would have its answer again.
    assert_eq!(sequence(), before);
    db.execute_batch("drop trigger breaks").unwrap();
    let next = refresh(&realm, &tokens.refresh).unwrap();
    assert_eq!(realm.userinfo(&next.access).status, 200);
    node.stop();
}

/// A token from before the kill that was superseded twice works no more, and takes its family with it.
fn spent(realm: &Realm, first: &Tokens) {
    let second = refresh(realm, &first.refresh).unwrap();
    let third = refresh(realm, &second.refresh).unwrap();
    assert_eq!(refresh(realm, &first.refresh).unwrap_err(), 400);
    assert_eq!(refresh(realm, &third.refresh).unwrap_err(), 400);
    assert_eq!(realm.userinfo(&third.access).status, 401);
}

fn login(realm: &Realm) -> Tokens {
    realm.password_grant(APPLICATION.client_id, "alice", PASSWORD)
}

fn refresh(realm: &Realm, token: &str) -> Result<Tokens, u16> {
    let answer = realm.refresh(APPLICATION.client_id, token);
    if answer.status == 200 {
        Ok(Tokens::of(&answer))
    } else {
        Err(answer.status)
    }
}

/// Returns what was answered last.
fn refresh_until_it_breaks(realm: &Realm, mut tokens: Tokens, count: &AtomicUsize) -> Tokens {
    let client_id = APPLICATION.client_id;
    let form = |token: &str| format!("grant_type=refresh_token&client_id={client_id}&refresh_token={token}");
    while let Some(answer) = try_post(realm.address, &realm.path("token"), &form(&tokens.refresh)) {
        tokens = Tokens::of(&answer);
        count.fetch_add(1, Ordering::Relaxed);
    }
    tokens
}
