//! The session of a browser: its cookies, how long it lives, and that every node knows it.

use keyward_domain::{Clock as _, ports::Store as _};
use serde_json::Value;

use crate::support::browser::parameter;
use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::{Browser, Place, Response, TestServer};

const ALICE: [(&str, &str); 2] = [("username", "alice"), ("password", PASSWORD)];

async fn started() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

fn silent() -> String {
    authorize("front", &[("prompt", "none")])
}

async fn is_logged_in(browser: &mut Browser<'_>) -> bool {
    let answer = browser.get(&silent()).await;
    assert_eq!(answer.status, 302);
    parameter(answer.header("location").unwrap(), "code").is_some()
}

/// Name, value and attributes of each cookie that is set.
fn cookies(answer: &Response) -> Vec<(String, String, String)> {
    let apart = |line: &str| {
        let (pair, attributes) = line.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned(), attributes.to_owned())
    };
    answer.cookies_set().into_iter().map(apart).collect()
}

#[tokio::test]
async fn on_this_machine_cookies_are_plain_and_lax() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let login = cookies(&page);
    assert_eq!(login.len(), 1);
    assert_eq!(
        (&*login[0].0, &*login[0].2),
        ("kw-login-demo", "Path=/; HttpOnly; SameSite=Lax")
    );
    let answer = browser.submit(&page, &ALICE).await;
    let session = cookies(&answer);
    let names: Vec<(&str, &str)> = session
        .iter()
        .map(|(name, _, attributes)| (&**name, &**attributes))
        .collect();
    let expected = [
        ("kw-session-demo", "Path=/; HttpOnly; SameSite=Lax"),
        ("kw-state-demo", "Path=/; SameSite=Lax"),
    ];
    assert_eq!(names, expected);
    // What scripts may read is what the application is told: the id of the session.
    let told = parameter(answer.header("location").unwrap(), "session_state");
    assert_eq!(told.as_deref(), Some(&*session[1].1));
    // An answer of single sign-on sets none.
    assert_eq!(browser.get(&silent()).await.cookies_set(), Vec::<&str>::new());
}

#[tokio::test]
async fn under_https_no_other_host_can_set_them_and_frames_have_them() {
    let server = TestServer::start_with(|settings| {
        settings.public_url = "https://id.example.com".into();
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    server.create("front", spa()).await;
    server.person("alice").await;
    let mut browser = Browser::new(&server)
        .with_header("X-Forwarded-Proto", "https")
        .with_header("X-Forwarded-For", "203.0.113.9");
    let page = browser.get(&authorize("front", &[])).await;
    let answer = browser.submit(&page, &ALICE).await;
    let all: Vec<(String, String)> = [cookies(&page), cookies(&answer)]
        .concat()
        .into_iter()
        .map(|(name, _, attributes)| (name, attributes))
        .collect();
    let expected = [
        ("__Host-kw-login-demo", "Path=/; HttpOnly; Secure; SameSite=None"),
        ("__Host-kw-session-demo", "Path=/; HttpOnly; Secure; SameSite=None"),
        ("__Host-kw-state-demo", "Path=/; Secure; SameSite=None"),
    ];
    assert_eq!(all, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(is_logged_in(&mut browser).await);
    // One without the prefix is not ours: a neighbour's page over http could have set it.
    let value = browser.cookie("__Host-kw-session-demo").unwrap().to_owned();
    browser.forget_cookies();
    browser.set_cookie("kw-session-demo", &value);
    assert!(!is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    // Used again and again it lives.
    for _ in 0..4 {
        server.wait(1_799).await;
        assert!(is_logged_in(&mut browser).await);
    }
    server.wait(1_800).await;
    assert!(!is_logged_in(&mut browser).await);
    browser.get(&authorize("front", &[])).await.assert_login();
}

#[tokio::test]
async fn a_session_ends_after_ten_hours_whatever_happens() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let begun = server.clock.now();
    browser.log_in("alice", &authorize("front", &[])).await;
    while server.clock.now().plus_secs(1_500) < begun.plus_secs(36_000) {
        server.wait(1_500).await;
        assert!(is_logged_in(&mut browser).await);
    }
    // A new login in it does not make it longer.
    let page = browser.get(&authorize("front", &[("prompt", "login")])).await;
    code_of(&browser.submit(&page, &ALICE).await);
    server.clock.set(begun.plus_secs(35_999));
    server.follow().await;
    assert!(is_logged_in(&mut browser).await);
    server.wait(1).await;
    assert!(!is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn the_realm_says_how_long() {
    let server = started().await;
    server
        .edit_realm(|realm| {
            realm.settings.sessions.sso_session_idle_timeout = 100;
            realm.settings.sessions.sso_session_max_lifespan = 250;
        })
        .await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    for _ in 0..2 {
        server.wait(99).await;
        assert!(is_logged_in(&mut browser).await);
    }
    server.wait(52).await;
    assert!(!is_logged_in(&mut browser).await);
    let page = browser.get(&authorize("front", &[])).await;
    browser.submit(&page, &ALICE).await;
    server.wait(100).await;
    assert!(!is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn refreshing_tokens_keeps_the_session_of_the_browser() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let code = browser.code("alice", "front", &[]).await;
    let mut tokens: Value = server.redeem("front", &code).await.json();
    for _ in 0..3 {
        server.wait(1_700).await;
        let answer = server.refresh("front", tokens["refresh_token"].as_str().unwrap()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        tokens = answer.json();
    }
    server.wait(1_700).await;
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn the_session_of_a_person_switched_off_is_none() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    let set = async |enabled: bool| {
        server
            .change(async |tx| {
                let mut user = tx.user_by_username(server.realm.id, "alice").await.unwrap().unwrap();
                user.enabled = enabled;
                tx.update_user(&user).await.unwrap();
                let change = keyward_domain::ports::changes::Change::UserChanged { user: user.id };
                let until = server.clock.now().plus_secs(100);
                tx.append_change(server.realm.id, &change, until).await.unwrap();
            })
            .await;
    };
    set(false).await;
    assert!(!is_logged_in(&mut browser).await);
    set(true).await;
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn a_realm_s_not_before_ends_every_session() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    server.wait(10).await;
    let now = server.clock.now();
    server.edit_realm(|realm| realm.not_before = now).await;
    assert!(!is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn what_a_store_sees_of_a_session_is_a_hash() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let answer = browser.with_agent_log_in().await;
    let id = parameter(answer.header("location").unwrap(), "session_state").unwrap();
    let mut tx = server.outage.read().await.unwrap();
    let id = keyward_domain::id::SessionId(id.parse().unwrap());
    let session = tx.session(id).await.unwrap().unwrap();
    let (_, secret) = browser.cookie("kw-session-demo").unwrap().split_once('.').unwrap();
    let hash = keyward_domain::grant::TokenHash::of(secret.as_bytes());
    assert_eq!(session.cookie.unwrap().0, hash.0);
    assert_eq!((&*session.address, &*session.user_agent), ("127.0.0.1", "Test/1"));
}

impl Browser<'_> {
    /// Logs Alice in with a name for the browser.
    async fn with_agent_log_in(&mut self) -> Response {
        *self = self.clone().with_header("User-Agent", "Test/1");
        self.log_in("alice", &authorize("front", &[])).await
    }
}

#[tokio::test]
async fn a_login_begun_at_one_node_ends_at_the_other() {
    for place in Place::both().await {
        let server = TestServer::start_at(place, |_| {}).await;
        server.create("front", spa()).await;
        server.person("alice").await;
        let other = server.second_node().await;
        let mut here = Browser::new(&server);
        let page = here.get(&authorize("front", &[])).await;
        let mut there = here.at(&other);
        let wrong = there.submit(&page, &[("username", "alice"), ("password", "no")]).await;
        wrong.assert_login();
        let mut here = there.at(&server);
        let again = here.get(&crate::support::browser::Form::of(&wrong).action).await;
        let mut there = here.at(&other);
        let answer = there.submit(&again, &ALICE).await;
        let code = code_of(&answer);
        // The code and the session are known at the first.
        assert_eq!(server.redeem("front", &code).await.status, 200);
        let mut here = there.at(&server);
        assert!(is_logged_in(&mut here).await);
        assert!(is_logged_in(&mut there).await);
        drop((here, there));
        drop(other);
        server.finish().await;
    }
}
