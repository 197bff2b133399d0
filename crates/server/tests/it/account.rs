//! The own account: the profile for applications, and the page for people.

use keyward_domain::Clock as _;
use keyward_domain::client::{ClientSettings, ConsentPolicy};
use keyward_domain::event::What;
use keyward_domain::id::UserId;
use keyward_domain::ports::Store as _;
use keyward_domain::session::Session;
use keyward_testkit::builders;
use serde_json::{Value, json};

use crate::support::browser::Form;
use crate::support::client::audience;
use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::tokens::text;
use crate::support::{ACCOUNT, Browser, Request, Response, TestServer};

const PASSWORD_PAGE: &str = "/realms/demo/account/password";
const NEW: &str = "another long pass phrase";

const OVERVIEW: &str = "Your account";
const CHANGE: &str = "Change your password";
const FORGED: &str = "We could not accept this form";

async fn front() -> (TestServer, UserId) {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let alice = server.person("alice").await;
    (server, alice)
}

async fn logged_in(server: &TestServer, browser: &mut Browser<'_>) -> Value {
    let code = browser.code("alice", "front", &[]).await;
    server.redeem("front", &code).await.json()
}

async fn is_logged_in(browser: &mut Browser<'_>) -> bool {
    let answer = browser.get(&authorize("front", &[("prompt", "none")])).await;
    answer.header("location").unwrap().contains("code=")
}

fn profile(access_token: &str) -> Request {
    Request::get(ACCOUNT)
        .header("Accept", "application/json")
        .header("Authorization", &format!("Bearer {access_token}"))
}

#[tokio::test]
async fn an_application_reads_the_profile() {
    let (server, alice) = front().await;
    let tokens = server.tokens("alice", "front", &[]).await;
    let answer = profile(text(&tokens, "access_token"))
        .header("Origin", "https://app.example.com")
        .send(&server)
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.com")
    );
    let expected = json!({
        "id": alice.to_string(),
        "username": "alice",
        "firstName": "Alice",
        "lastName": "Anders",
        "email": "alice@example.com",
        "emailVerified": true,
        "attributes": {},
    });
    assert_eq!(answer.json(), expected);
    let foreign = profile(text(&tokens, "access_token")).header("Origin", "https://evil.example.org");
    assert_eq!(foreign.send(&server).await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_token_shows_no_more_of_it_than_it_is_for() {
    let (server, _) = front().await;
    server
        .edit_person("alice", |user| {
            user.profile.attributes = [("locale".to_owned(), vec!["de".to_owned()])].into();
        })
        .await;
    let tokens = server.tokens("alice", "front", &[("scope", "openid profile")]).await;
    let shown = profile(text(&tokens, "access_token")).send(&server).await.json();
    assert_eq!((shown.get("email"), &shown["emailVerified"]), (None, &json!(false)));
    assert_eq!(shown["attributes"], json!({}));
    for scope in ["openid", "openid email", "orders:read"] {
        let tokens = server.tokens("alice", "front", &[("scope", scope)]).await;
        let answer = profile(text(&tokens, "access_token")).send(&server).await;
        assert_eq!(
            (answer.status, answer.text()),
            (403, r#"{"error":"HTTP 403 Forbidden"}"#),
            "{scope}"
        );
    }
}

#[tokio::test]
async fn a_token_for_the_account_of_a_person_with_the_role_shows_it_whole() {
    let (server, alice) = front().await;
    let settings = ClientSettings {
        mappers: vec![audience("account")],
        ..spa()
    };
    server.create("console", settings).await;
    server
        .edit_person("alice", |user| {
            user.profile.attributes = [("locale".to_owned(), vec!["de".to_owned()])].into();
        })
        .await;
    let narrow = [("scope", "openid")];
    let tokens = server.tokens("alice", "console", &narrow).await;
    assert_eq!(profile(text(&tokens, "access_token")).send(&server).await.status, 403);
    server
        .change(async |tx| {
            let roles = tx.roles(server.realm.id).await.unwrap();
            let role = roles.iter().find(|role| role.name == "view-profile").unwrap();
            tx.assign_role(alice, role.id).await.unwrap();
        })
        .await;
    server.edit_person("alice", |_| {}).await;
    let answer = profile(text(&tokens, "access_token")).send(&server).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["attributes"], json!({ "locale": ["de"] }));
}

#[tokio::test]
async fn without_a_good_token_there_is_no_profile() {
    let (server, _) = front().await;
    let tokens = server.tokens("alice", "front", &[]).await;
    let service = server.access_token(&server.service).await;
    let mut browser = Browser::new(&server).with_header("Accept", "application/json");
    browser.set_cookie("kw-session-demo", "x");
    let mut refused = vec![browser.get(ACCOUNT).await];
    for token in [
        "garbage",
        text(&tokens, "id_token"),
        text(&tokens, "refresh_token"),
        &service,
    ] {
        refused.push(profile(token).send(&server).await);
    }
    refused.push(
        Request::get(ACCOUNT)
            .header("Authorization", "Basic eDp5")
            .send(&server)
            .await,
    );
    server.log_out(text(&tokens, "refresh_token")).await;
    refused.push(profile(text(&tokens, "access_token")).send(&server).await);
    for answer in refused {
        assert_eq!(
            (answer.status, answer.text()),
            (401, r#"{"error":"HTTP 401 Unauthorized"}"#)
        );
        assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer realm="demo""#));
    }
}

#[tokio::test]
async fn a_session_is_no_token_for_the_profile() {
    // A script of another origin could make the browser send its cookies.
    let (server, _) = front().await;
    let mut browser = Browser::new(&server);
    logged_in(&server, &mut browser).await;
    let mut browser = browser.with_header("Accept", "application/json");
    assert_eq!(browser.get(ACCOUNT).await.status, 401);
}

#[tokio::test]
async fn the_page_is_for_whoever_logs_in() {
    let (server, _) = front().await;
    for path in [ACCOUNT, PASSWORD_PAGE] {
        Browser::new(&server).get(path).await.assert_login();
    }
    let mut browser = Browser::new(&server);
    let page = browser.get(ACCOUNT).await;
    let answer = browser
        .submit(&page, &[("username", "alice"), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, 303);
    let there = answer.header("location").unwrap().to_owned();
    assert_eq!(there, format!("{}/account", server.issuer()));
    let page = browser.get(&there).await;
    page.assert_page(200, OVERVIEW);
    for shown in [
        "alice",
        "Alice Anders",
        "alice@example.com",
        "This session",
        "127.0.0.1",
    ] {
        assert!(page.text().contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn what_people_are_called_is_text() {
    let (server, _) = front().await;
    let script = "<script>alert(1)</script>";
    server
        .edit_person("alice", |user| {
            user.profile.first_name = Some(script.into());
            user.profile.email = Some(format!("{script}@x"));
        })
        .await;
    let mut browser = Browser::new(&server).with_header("User-Agent", script);
    logged_in(&server, &mut browser).await;
    let page = browser.get(ACCOUNT).await;
    page.assert_page(200, OVERVIEW);
    assert!(!page.text().contains("<script>alert"));
}

async fn change(browser: &mut Browser<'_>, current: &str, new: &str, again: &str) -> Response {
    let page = browser.get(PASSWORD_PAGE).await;
    page.assert_page(200, CHANGE);
    let fields = [
        ("password", current),
        ("password-new", new),
        ("password-confirm", again),
    ];
    browser.submit(&page, &fields).await
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let (server, alice) = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let mut other = Browser::new(&server);
    let others = logged_in(&server, &mut other).await;
    let offline = server
        .tokens("alice", "front", &[("scope", "openid offline_access")])
        .await;
    let page = change(&mut browser, PASSWORD, NEW, NEW).await;
    page.assert_page(200, OVERVIEW);
    assert_eq!(page.notice().as_deref(), Some("Your password is changed."));
    assert!(server.is_good(&tokens).await);
    assert!(is_logged_in(&mut browser).await);
    assert!(!server.is_good(&others).await);
    server
        .refresh_refused("front", text(&others, "refresh_token"), "Session not active")
        .await;
    assert!(!is_logged_in(&mut other).await);
    assert!(server.is_good(&offline).await);
    let changed = |what: &What| matches!(what, What::PasswordChanged { user_id } if *user_id == alice);
    assert_eq!(server.seen.whats().iter().filter(|what| changed(what)).count(), 1);
    let mut fresh = Browser::new(&server);
    let page = fresh.get(&authorize("front", &[])).await;
    let old = fresh
        .submit(&page, &[("username", "alice"), ("password", PASSWORD)])
        .await;
    old.assert_login();
    let new = fresh.submit(&old, &[("username", "alice"), ("password", NEW)]).await;
    assert_eq!(server.redeem("front", &code_of(&new)).await.status, 200);
}

#[tokio::test]
async fn a_password_is_not_changed_without_the_one_before() {
    let (server, _) = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let elsewhere = server.tokens("alice", "front", &[]).await;
    for (current, new, again, why) in [
        ("wrong", NEW, NEW, "Your current password was not right."),
        ("", NEW, NEW, "Your current password was not right."),
        (PASSWORD, NEW, "something else", "The two passwords are not the same."),
        (PASSWORD, "short", "short", "This password does not meet the rules yet."),
        (PASSWORD, "", "", "This password does not meet the rules yet."),
        (
            PASSWORD,
            PASSWORD,
            PASSWORD,
            "This is your old password. Please choose a new one.",
        ),
    ] {
        let page = change(&mut browser, current, new, again).await;
        page.assert_page(200, CHANGE);
        assert_eq!(page.input_error().as_deref(), Some(why));
        for secret in [NEW, PASSWORD] {
            assert!(!page.text().contains(secret));
        }
    }
    for tokens in [&tokens, &elsewhere] {
        assert!(server.is_good(tokens).await);
    }
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed() {
    let (server, _) = front().await;
    let mut browser = Browser::new(&server);
    logged_in(&server, &mut browser).await;
    server
        .edit_realm(|realm| {
            realm.settings.brute_force.protected = true;
            realm.settings.brute_force.failure_factor = 2;
        })
        .await;
    for _ in 0..2 {
        server.wait(2).await;
        change(&mut browser, "wrong", NEW, NEW).await;
    }
    server.wait(2).await;
    let page = change(&mut browser, PASSWORD, NEW, NEW).await;
    assert_eq!(
        page.input_error().as_deref(),
        Some("Your current password was not right.")
    );
}

#[tokio::test]
async fn a_forged_form_does_nothing() {
    let (server, _) = front().await;
    server.person("mallory").await;
    let mut attacker = Browser::new(&server);
    attacker.code("mallory", "front", &[]).await;
    let own = Form::of(&attacker.get(ACCOUNT).await);
    let field = own.hidden[0].1.clone();
    let mut victim = Browser::new(&server);
    let tokens = logged_in(&server, &mut victim).await;
    let elsewhere = server.tokens("alice", "front", &[]).await;
    let sid = text(&elsewhere, "session_state");
    let acts = [
        ("end-other-sessions", "true"),
        ("end-session", sid),
        ("revoke-consent", "front"),
    ];
    for form in [None, Some(""), Some("x"), Some(field.as_str())] {
        let form: Vec<(&str, &str)> = form.map(|form| ("form", form)).into_iter().collect();
        for act in acts {
            let answer = victim.post(ACCOUNT, &[&form[..], &[act]].concat()).await;
            assert_eq!(answer.heading(), FORGED);
            assert!((400..500).contains(&answer.status));
        }
        let fields = [("password", PASSWORD), ("password-new", NEW), ("password-confirm", NEW)];
        let answer = victim.post(PASSWORD_PAGE, &[&form[..], &fields].concat()).await;
        assert_eq!(answer.heading(), FORGED);
    }
    for tokens in [&tokens, &elsewhere] {
        assert!(server.is_good(tokens).await);
    }
    // One's own does not work for ever, though the session lives.
    let page = victim.get(ACCOUNT).await;
    for _ in 0..3 {
        server.wait(1201).await;
        assert!(is_logged_in(&mut victim).await);
    }
    let answer = victim.submit(&page, &[("end-other-sessions", "true")]).await;
    assert_eq!(answer.heading(), FORGED);
}

#[tokio::test]
async fn one_session_is_ended_from_another() {
    let (server, _) = front().await;
    let mut browser = Browser::new(&server);
    let tokens = logged_in(&server, &mut browser).await;
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
    let mut other = Browser::new(&server).with_header("User-Agent", phone);
    let others = logged_in(&server, &mut other).await;
    let third = server.tokens("alice", "front", &[]).await;
    let page = browser.get(ACCOUNT).await;
    assert!(page.text().contains("iPhone"));
    let answer = browser
        .submit(&page, &[("end-session", text(&others, "session_state"))])
        .await;
    answer.assert_page(200, OVERVIEW);
    assert_eq!(answer.notice().as_deref(), Some("That session has ended."));
    assert!(!answer.text().contains("iPhone"));
    assert!(!server.is_good(&others).await);
    assert!(!is_logged_in(&mut other).await);
    for tokens in [&tokens, &third] {
        assert!(server.is_good(tokens).await);
    }
    let answer = browser.submit(&answer, &[("end-other-sessions", "true")]).await;
    assert_eq!(answer.notice().as_deref(), Some("All your other sessions have ended."));
    assert!(!server.is_good(&third).await);
    assert!(server.is_good(&tokens).await);
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn a_login_without_a_browser_is_seen_and_ended() {
    let (server, _) = front().await;
    let form = [
        ("grant_type", "password"),
        ("client_id", "admin-cli"),
        ("username", "alice"),
        ("password", PASSWORD),
        ("scope", "openid"),
    ];
    let tokens = server.ask(None, &form).await.json();
    let mut browser = Browser::new(&server);
    logged_in(&server, &mut browser).await;
    let page = browser.get(ACCOUNT).await;
    for shown in [text(&tokens, "session_state"), "Admin CLI"] {
        assert!(page.text().contains(shown), "{shown}");
    }
    browser
        .submit(&page, &[("end-session", text(&tokens, "session_state"))])
        .await;
    server.userinfo_refused(text(&tokens, "access_token")).await;
    server
        .refresh_refused("admin-cli", text(&tokens, "refresh_token"), "Session not active")
        .await;
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let (server, _) = front().await;
    server.person("mallory").await;
    let tokens = server.tokens("alice", "front", &[]).await;
    let mut browser = Browser::new(&server);
    browser.code("mallory", "front", &[]).await;
    for id in [
        text(&tokens, "session_state"),
        "x",
        "00000000-0000-4000-8000-000000000000",
    ] {
        let page = browser.get(ACCOUNT).await;
        assert!(!page.text().contains(text(&tokens, "session_state")));
        browser.submit(&page, &[("end-session", id)]).await;
    }
    assert!(server.is_good(&tokens).await);
}

#[tokio::test]
async fn an_application_whose_access_is_removed_has_nothing_left() {
    let (server, alice) = front().await;
    let asking = ClientSettings {
        name: "Asking".into(),
        consent: ConsentPolicy::Remember,
        ..spa()
    };
    server.create("asking", asking).await;
    let mut browser = Browser::new(&server);
    let page = browser
        .log_in("alice", &authorize("asking", &[("scope", "openid offline_access")]))
        .await;
    let page = match page.header("location") {
        Some(there) => browser.get(there).await,
        None => page,
    };
    let answer = browser.submit(&page, &[("accept", "Yes")]).await;
    let offline = server.redeem("asking", &code_of(&answer)).await.json();
    let silent = browser.get(&authorize("front", &[("prompt", "none")])).await;
    let front = server.redeem("front", &code_of(&silent)).await.json();
    let page = browser.get(ACCOUNT).await;
    assert!(page.text().contains("Asking"));
    let own = Form::of(&page);
    let form = [
        (own.hidden[0].0.as_str(), own.hidden[0].1.as_str()),
        ("revoke-consent", "asking"),
    ];
    let answer = browser.post(ACCOUNT, &form).await;
    answer.assert_page(200, OVERVIEW);
    assert_eq!(answer.notice().as_deref(), Some("The app no longer has access."));
    assert!(
        answer
            .text()
            .contains("You have not given any app access to your account.")
    );
    assert!(!server.is_good(&offline).await);
    server
        .refresh_refused("asking", text(&offline, "refresh_token"), "Session not active")
        .await;
    assert!(server.is_good(&front).await);
    let mut tx = server.outage.read().await.unwrap();
    assert!(tx.consents(alice).await.unwrap().is_empty());
    drop(tx);
    // It has to ask again.
    let answer = browser.get(&authorize("asking", &[("prompt", "none")])).await;
    assert!(answer.header("location").unwrap().contains("error=consent_required"));
}

#[tokio::test]
async fn a_person_disabled_meanwhile_sees_nothing() {
    let (server, _) = front().await;
    let mut browser = Browser::new(&server);
    logged_in(&server, &mut browser).await;
    let page = browser.get(PASSWORD_PAGE).await;
    server.disable("alice").await;
    for answer in [
        browser.get(ACCOUNT).await,
        browser.get(PASSWORD_PAGE).await,
        browser
            .submit(
                &page,
                &[("password", PASSWORD), ("password-new", NEW), ("password-confirm", NEW)],
            )
            .await,
    ] {
        answer.assert_login();
    }
}

#[tokio::test]
async fn however_many_sessions_there_are_all_others_end() {
    let (server, alice) = front().await;
    let mut browser = Browser::new(&server);
    logged_in(&server, &mut browser).await;
    // More than the page shows, and than are read at once.
    let sessions: Vec<_> = (0..1_100)
        .map(|n| builders::session(&builders::user(&server.realm, "alice"), &format!("session {n}")))
        .map(|session| Session { user: alice, ..session })
        .collect();
    server
        .change(async |tx| {
            for session in &sessions {
                tx.insert_session(session).await.unwrap();
            }
        })
        .await;
    let page = browser.get(ACCOUNT).await;
    browser
        .submit(&page, &[("end-other-sessions", "true")])
        .await
        .assert_page(200, OVERVIEW);
    let mut tx = server.outage.read().await.unwrap();
    let left = tx.sessions_of_user(alice, server.clock.now(), 2_000).await.unwrap();
    assert_eq!(left.len(), 1);
    assert!(is_logged_in(&mut browser).await);
}

#[tokio::test]
async fn of_two_changes_of_the_password_at_once_one_succeeds() {
    let (server, _) = front().await;
    let (mut mine, mut theirs) = (Browser::new(&server), Browser::new(&server));
    logged_in(&server, &mut mine).await;
    logged_in(&server, &mut theirs).await;
    let (my_page, their_page) = (mine.get(PASSWORD_PAGE).await, theirs.get(PASSWORD_PAGE).await);
    let fields = |new: &'static str| [("password", PASSWORD), ("password-new", new), ("password-confirm", new)];
    let (mine_new, theirs_new) = (fields(NEW), fields("the pass phrase of a thief"));
    let (first, second) = tokio::join!(
        mine.submit(&my_page, &mine_new),
        theirs.submit(&their_page, &theirs_new)
    );
    let changed = [first, second].iter().filter(|page| page.heading() == OVERVIEW).count();
    assert_eq!(changed, 1);
}

#[tokio::test]
async fn a_login_with_the_old_password_does_not_slip_through_its_change() {
    let (server, _) = front().await;
    for round in 0..4 {
        let before = if round % 2 == 0 { PASSWORD } else { NEW };
        let after = if round % 2 == 0 { NEW } else { PASSWORD };
        let (mut owner, mut thief) = (Browser::new(&server), Browser::new(&server));
        let page = owner.get(&authorize("front", &[])).await;
        code_of(
            &owner
                .submit(&page, &[("username", "alice"), ("password", before)])
                .await,
        );
        let change = owner.get(PASSWORD_PAGE).await;
        let login = thief.get(&authorize("front", &[])).await;
        let fields = [
            ("password", before),
            ("password-new", after),
            ("password-confirm", after),
        ];
        let old = [("username", "alice"), ("password", before)];
        let (changed, _) = tokio::join!(owner.submit(&change, &fields), thief.submit(&login, &old));
        changed.assert_page(200, OVERVIEW);
        assert!(!is_logged_in(&mut thief).await, "round {round}");
    }
}
