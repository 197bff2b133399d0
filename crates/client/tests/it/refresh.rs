//! A user's tokens: rotated, never lost, never sent twice at once.

use std::sync::{Arc, Mutex};

use keyward_client::{
    ClientAuthentication, RefreshError, RefreshOptions, Secret, TokenEndpoint, TokenError, TokenSet, Tokens as _,
    UserTokens,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::tokens::{oauth_error, secs};
use crate::support::{NOON, Reply, Server, TestClock, hang_up, json, transport, until};

/// An issuer that rotates: `refresh-n` is good for `access-n` once, and gives `refresh-n+1`.
async fn rotating() -> Server {
    let next = Arc::new(Mutex::new(1));
    Server::start(move |seen| {
        let next = next.clone();
        async move { rotate(&seen.body, &mut next.lock().unwrap()) }
    })
    .await
}

fn rotate(body: &str, next: &mut u32) -> Reply {
    if body != format!("grant_type=refresh_token&refresh_token=refresh-{next}&client_id=spa") {
        return oauth_error(400, "invalid_grant");
    }
    let (access, refresh) = (format!("access-{next}"), format!("refresh-{}", *next + 1));
    *next += 1;
    json(
        json!({
            "access_token": access, "token_type": "Bearer", "expires_in": 60,
            "refresh_token": refresh, "id_token": "unverified",
        })
        .to_string(),
    )
}

fn tokens(server: &Server, clock: &Arc<TestClock>, refresh_token: Option<&str>) -> (UserTokens, Stored) {
    let stored = Stored::default();
    let log = stored.clone();
    let endpoint = TokenEndpoint::at(transport(), server.url("/token"), ClientAuthentication::public("spa"));
    let set = TokenSet::kept(
        Secret::new("access-0"),
        NOON.plus(secs(60)),
        refresh_token.map(Secret::new),
        NOON,
    );
    let options = RefreshOptions {
        clock: clock.clone(),
        changed: Box::new(move |set| {
            assert!(set.id_token.is_none());
            let next = set.refresh_token.as_ref().unwrap().reveal().to_owned();
            log.lock().unwrap().push(next);
        }),
        ..RefreshOptions::default()
    };
    (UserTokens::new(endpoint, set.unwrap(), options), stored)
}

type Stored = Arc<Mutex<Vec<String>>>;

#[tokio::test]
async fn each_refresh_token_is_used_once_and_the_next_is_stored() {
    let server = rotating().await;
    let clock = TestClock::at_noon();
    let (tokens, stored) = tokens(&server, &clock, Some("refresh-1"));
    for expected in ["access-0", "access-1", "access-2"] {
        assert_eq!(tokens.token().await.unwrap().reveal(), expected);
        assert_eq!(tokens.token().await.unwrap().reveal(), expected);
        clock.advance(secs(60));
    }
    assert_eq!(*stored.lock().unwrap(), ["refresh-2", "refresh-3"]);
    assert_eq!(tokens.refresh_token().unwrap().reveal(), "refresh-3");
}

/// Two requests with one refresh token would end the session. RFC 9700 §4.14.2
#[tokio::test]
async fn a_hundred_tasks_send_one_refresh_token_once() {
    let server = rotating().await;
    let clock = TestClock::at_noon();
    let (tokens, _) = tokens(&server, &clock, Some("refresh-1"));
    let refused = tokens.token().await.unwrap();
    let mut tasks = JoinSet::new();
    for n in 0..100 {
        let (tokens, refused) = (tokens.clone(), refused.clone());
        tasks.spawn(async move {
            let token = if n % 2 == 0 {
                tokens.renew(&refused).await
            } else {
                tokens.token().await
            };
            token.unwrap().reveal().to_owned()
        });
    }
    let got = tasks.join_all().await;
    assert!(got.iter().all(|token| token == "access-1" || token == "access-0"));
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_lose_the_new_refresh_token() {
    let server = rotating().await;
    let clock = TestClock::at_noon();
    let (tokens, stored) = tokens(&server, &clock, Some("refresh-1"));
    clock.advance(secs(60));
    hang_up(tokens.token());
    until("the new refresh token is stored", || stored.lock().unwrap().len() == 1).await;
    assert_eq!(tokens.token().await.unwrap().reveal(), "access-1");
    assert_eq!(server.count("/token"), 1);
}

#[tokio::test]
async fn without_a_new_refresh_token_the_old_one_goes_on() {
    let server = Server::start(|_| async {
        json(json!({"access_token": "a", "token_type": "Bearer", "expires_in": 60}).to_string())
    })
    .await;
    let clock = TestClock::at_noon();
    let (tokens, stored) = tokens(&server, &clock, Some("refresh-1"));
    for _ in 0..2 {
        clock.advance(secs(60));
        tokens.token().await.unwrap();
    }
    assert_eq!(*stored.lock().unwrap(), ["refresh-1", "refresh-1"]);
}

#[tokio::test]
async fn a_session_that_is_over_asks_for_a_login_and_not_the_issuer() {
    let server = rotating().await;
    let clock = TestClock::at_noon();
    let (tokens, _) = tokens(&server, &clock, Some("stolen"));
    clock.advance(secs(60));
    for _ in 0..3 {
        let error = tokens.token().await.unwrap_err();
        assert!(matches!(error, RefreshError::LoginRequired), "{error}");
    }
    assert_eq!(server.count("/token"), 1);
    assert!(tokens.refresh_token().is_none());
}

#[tokio::test]
async fn without_a_refresh_token_the_access_token_lives_its_life() {
    let server = rotating().await;
    let clock = TestClock::at_noon();
    let (tokens, _) = tokens(&server, &clock, None);
    clock.advance(secs(59));
    assert_eq!(tokens.token().await.unwrap().reveal(), "access-0");
    clock.advance(secs(1));
    assert!(matches!(tokens.token().await, Err(RefreshError::LoginRequired)));
    assert_eq!(server.count("/token"), 0);
}

/// Only `invalid_grant` ends the session: an outage or a wrong client secret does not.
#[tokio::test]
async fn other_errors_keep_the_refresh_token() {
    let server = Server::start(|_| async { oauth_error(401, "invalid_client") }).await;
    let clock = TestClock::at_noon();
    let (tokens, _) = tokens(&server, &clock, Some("refresh-1"));
    clock.advance(secs(60));
    let error = tokens.token().await.unwrap_err();
    assert!(matches!(error, RefreshError::Token(TokenError::Refused(_))), "{error}");
    assert_eq!(tokens.refresh_token().unwrap().reveal(), "refresh-1");
    drop(server);
    assert!(matches!(
        tokens.token().await,
        Err(RefreshError::Token(TokenError::Endpoint(_)))
    ));
    assert!(tokens.refresh_token().is_some());
    assert!(!format!("{tokens:?}").contains("refresh-1"));
}
