//! Attacks on the login, each by its name. What an attacker holds is a form, a link or a cookie of their own; what they
//! want is a victim's browser to use it.

use keyward_domain::client::{ClientSettings, ConsentPolicy};
use keyward_domain::ports::Store as _;
use keyward_domain::scope::{ClientScope, ScopeSettings};
use keyward_domain::{entropy, id::ScopeId};
use keyward_server::SystemEntropy;

use crate::support::browser::{Form, parameter, parameters, unescape};
use crate::support::http::encode;
use crate::support::person::{CALLBACK, PASSWORD, authorize, code_of, spa};
use crate::support::{AUTH, Browser, Connection, LOGOUT, Request, Response, TestServer};

const ALICE: [(&str, &str); 2] = [("username", "alice"), ("password", PASSWORD)];
const MALLORY: [(&str, &str); 2] = [("username", "mallory"), ("password", PASSWORD)];
const FORGED: &str = "We could not accept this form";
const BLOCKED: &str = "Your browser blocks cookies";
const OVER: &str = "This sign-in is over";

async fn started() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server.person("mallory").await;
    server
}

/// Nothing came of it: no code, and no session.
#[track_caller]
fn assert_nothing(answer: &Response, status: u16, heading: &str) {
    answer.assert_page(status, heading);
    assert_eq!(answer.cookies_set(), Vec::<&str>::new());
}

#[tokio::test]
async fn login_csrf() {
    let server = started().await;
    let mut attacker = Browser::new(&server);
    let page = attacker.get(&authorize("front", &[])).await;
    // The attacker's site makes the victim's browser post the attacker's name and password.
    let mut fresh = Browser::new(&server);
    assert_nothing(&fresh.submit(&page, &MALLORY).await, 400, BLOCKED);
    let mut busy = Browser::new(&server);
    busy.get(&authorize("front", &[])).await;
    assert_nothing(&busy.submit(&page, &MALLORY).await, 403, FORGED);
    let mut logged_in = Browser::new(&server);
    logged_in.log_in("alice", &authorize("front", &[])).await;
    assert_nothing(&logged_in.submit(&page, &MALLORY).await, 403, FORGED);
    // Without any form of ours there is nothing to post.
    let url = format!("{}/login-actions/authenticate", server.issuer());
    assert_nothing(&logged_in.post(&url, &MALLORY).await, 400, OVER);
    // Name and password in a request for the page log nobody in either.
    let url = format!(
        "{}&username=mallory&password={}",
        authorize("front", &[]),
        encode(PASSWORD)
    );
    fresh.get(&url).await.assert_login();
    assert_eq!(fresh.cookie("kw-session-demo"), None);
}

#[tokio::test]
async fn a_half_finished_login_cannot_be_completed_by_a_victim() {
    let server = started().await;
    let mut attacker = Browser::new(&server);
    let page = attacker.get(&authorize("front", &[("state", "the attacker's")])).await;
    // The victim follows a link to the attacker's form: it is not shown, so no password is typed into it.
    let link = Form::of(&page).action;
    let mut victim = Browser::new(&server);
    assert_nothing(&victim.get(&link).await, 400, BLOCKED);
    victim.get(&authorize("front", &[])).await;
    assert_nothing(&victim.get(&link).await, 403, FORGED);
    assert_nothing(&victim.submit(&page, &ALICE).await, 403, FORGED);
    // The attacker is not logged in by it.
    let answer = attacker.get(&authorize("front", &[("prompt", "none")])).await;
    assert_eq!(
        parameter(answer.header("location").unwrap(), "error").as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn session_fixation() {
    let server = started().await;
    // The attacker plants their own cookies, of a session and of a login, and waits for the victim to log in.
    let mut attacker = Browser::new(&server);
    attacker.log_in("mallory", &authorize("front", &[])).await;
    let mut victim = attacker.clone();
    let page = victim.get(&authorize("front", &[("prompt", "login")])).await;
    code_of(&victim.submit(&page, &ALICE).await);
    let (theirs, hers) = (attacker.cookie("kw-session-demo"), victim.cookie("kw-session-demo"));
    let id = |cookie: Option<&str>| cookie.unwrap().split_once('.').unwrap().0.to_owned();
    assert_ne!(id(theirs), id(hers), "another person has another session");
    // What the attacker knows is nobody's: the session before went with its browser's other person.
    let answer = attacker.get(&authorize("front", &[("prompt", "none")])).await;
    assert_eq!(
        parameter(answer.header("location").unwrap(), "error").as_deref(),
        Some("login_required")
    );
    // Invented cookies become nobody's session.
    let mut invented = Browser::new(&server);
    invented.set_cookie("kw-session-demo", "0190a8f0000070008000000000000000.secret");
    invented.set_cookie("kw-login-demo", &"a".repeat(43));
    let page = invented.get(&authorize("front", &[])).await;
    code_of(&invented.submit(&page, &ALICE).await);
    assert!(!invented.cookie("kw-session-demo").unwrap().ends_with(".secret"));
}

#[tokio::test]
async fn a_cookie_from_before_a_login_does_not_work_after_it() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    let mut thief = browser.clone();
    let page = browser.get(&authorize("front", &[("prompt", "login")])).await;
    code_of(&browser.submit(&page, &ALICE).await);
    let answer = thief.get(&authorize("front", &[("prompt", "none")])).await;
    assert_eq!(
        parameter(answer.header("location").unwrap(), "error").as_deref(),
        Some("login_required")
    );
    code_of(&browser.get(&authorize("front", &[("prompt", "none")])).await);
}

#[tokio::test]
async fn the_session_cookie_cannot_be_guessed_or_changed() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    browser.log_in("alice", &authorize("front", &[])).await;
    let cookie = browser.cookie("kw-session-demo").unwrap().to_owned();
    let (id, secret) = cookie.split_once('.').unwrap();
    assert!(secret.len() >= 43, "{secret}");
    let state = browser.cookie("kw-state-demo").unwrap().to_owned();
    assert!(!state.contains(secret), "what scripts may read holds no secret");
    for forged in [
        String::new(),
        id.to_owned(),
        format!("{id}."),
        format!("{id}.{}", &secret[1..]),
        format!("{id}.{secret}x"),
        format!("{id}.{}", secret.to_uppercase()),
        state,
        format!(".{secret}"),
    ] {
        let mut thief = browser.clone();
        thief.set_cookie("kw-session-demo", &forged);
        let answer = thief.get(&authorize("front", &[("prompt", "none")])).await;
        let error = parameter(answer.header("location").unwrap(), "error");
        assert_eq!(error.as_deref(), Some("login_required"), "{forged}");
    }
}

/// Parameters that some server somewhere follows.
const LURES: [&str; 22] = [
    "redirect_uri",
    "redirect_url",
    "redirect",
    "redirect_to",
    "return",
    "returnTo",
    "return_to",
    "next",
    "continue",
    "url",
    "goto",
    "target",
    "target_link_uri",
    "post_logout_redirect_uri",
    "initiate_login_uri",
    "client_uri",
    "referrer",
    "referrer_uri",
    "RelayState",
    "kc_action",
    "kc_idp_hint",
    "login_hint",
];

#[tokio::test]
async fn open_redirect_by_every_parameter() {
    let server = started().await;
    let evil = "https://evil.example.com/";
    let nowhere = |answer: &Response| {
        for part in [
            "href=\"https://evil",
            "action=\"https://evil",
            "src=\"https://evil",
            "url=https://evil",
        ] {
            assert!(!answer.text().contains(part), "{part}");
        }
    };
    for lure in LURES
        .into_iter()
        .chain(["state", "nonce", "ui_locales", "acr_values", "display", "iss"])
    {
        let mut browser = Browser::new(&server);
        let page = browser.get(&authorize("front", &[(lure, evil)])).await;
        nowhere(&page);
        if lure == "redirect_uri" {
            page.assert_page(400, "This app sent you here the wrong way");
            continue;
        }
        page.assert_login();
        // In the form's address and in the form.
        let form = Form::of(&page);
        let own = format!("{}/login-actions/authenticate?interaction=", server.issuer());
        assert!(form.action.starts_with(&own), "{}", form.action);
        let action = format!("{}&{lure}={}", form.action, encode(evil));
        let fields = [ALICE.as_slice(), &[(lure, evil)]].concat();
        let answer = browser.post(&action, &fields).await;
        let location = answer
            .header("location")
            .unwrap_or_else(|| panic!("{lure}: {answer:?}"));
        assert!(location.starts_with(&format!("{CALLBACK}?")), "{lure}: {location}");
    }
    // By headers.
    for (name, value) in [
        ("X-Forwarded-Host", "evil.example.com"),
        ("X-Forwarded-Proto", "javascript"),
        ("X-Original-URL", evil),
        ("X-Rewrite-URL", evil),
        ("Forwarded", "host=evil.example.com"),
        ("Referer", evil),
        ("Origin", evil),
    ] {
        let mut browser = Browser::new(&server).with_header(name, value);
        let page = browser.get(&authorize("front", &[])).await;
        nowhere(&page);
        assert!(!page.text().contains("evil.example.com"), "{name}");
        let location = browser
            .submit(&page, &ALICE)
            .await
            .header("location")
            .unwrap()
            .to_owned();
        assert!(location.starts_with(CALLBACK), "{name}: {location}");
        assert_eq!(parameter(&location, "iss"), Some(server.issuer()), "{name}");
    }
}

#[tokio::test]
async fn host_header_injection() {
    let server = started().await;
    let mut connection = Connection::open(server.address).await;
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: evil.example.com\r\n\r\n",
        authorize("front", &[])
    );
    connection.write(request.as_bytes()).await;
    let page = connection.read().await.unwrap();
    page.assert_login();
    assert!(!page.text().contains("evil.example.com"));
    assert!(Form::of(&page).action.starts_with(&server.issuer()));
}

/// What would run, or break out, if it were not text.
const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{% include 'x' %}&lt;";

/// The markup is there as text, and nothing of it is markup.
#[track_caller]
fn assert_harmless(page: &Response, what: &str) {
    let text = page.text();
    assert!(!text.contains("<script>alert"), "{what}");
    assert!(!text.contains("<img"), "{what}");
    assert!(!text.contains("\"'>"), "{what}");
    assert!(!text.contains("49{%") && !text.contains("49&lt;"), "{what}");
    // Only our own scripts and styles, which the policy names by digest.
    assert!(text.matches("<script").count() <= 1, "{what}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
        "{what}"
    );
}

#[tokio::test]
async fn xss_in_everything_that_is_shown() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let shown = |page: &Response| unescape(page.text()).contains("<script>alert(1)</script>");
    let settings = ClientSettings {
        name: MARKUP.into(),
        home_url: Some("javascript:alert(1)".into()),
        consent: ConsentPolicy::Always,
        optional_scopes: vec!["evil".into(), "email".into()],
        ..spa()
    };
    server.create("front", settings).await;
    let scope = ClientScope {
        id: ScopeId(entropy::uuid(&mut SystemEntropy)),
        realm: server.realm.id,
        name: "evil".into(),
        settings: ScopeSettings {
            description: MARKUP.into(),
            ..ScopeSettings::default()
        },
    };
    server.change(async |tx| tx.insert_scope(&scope).await.unwrap()).await;
    server
        .edit_realm(|realm| realm.settings.display_name = MARKUP.into())
        .await;
    let ask = |changes: &[(&str, &str)]| authorize("front", &[&[("scope", "openid evil")], changes].concat());

    // Client name, realm name, hint, user name.
    let mut browser = Browser::new(&server);
    let page = browser
        .get(&ask(&[
            ("login_hint", MARKUP),
            ("state", MARKUP),
            ("ui_locales", MARKUP),
        ]))
        .await;
    assert_harmless(&page, "login");
    assert!(shown(&page));
    assert_eq!(page.username_field().as_deref(), Some(MARKUP));
    let wrong = browser
        .submit(&page, &[("username", MARKUP), ("password", MARKUP)])
        .await;
    assert_harmless(&wrong, "typed name");
    assert_eq!(wrong.username_field().as_deref(), Some(MARKUP));
    // Scope description, home page.
    let consent = browser.submit(&wrong, &ALICE).await;
    assert_harmless(&consent, "consent");
    assert!(shown(&consent));
    assert!(!consent.text().contains("javascript:"));
    // Error pages: client, redirect URI, whatever else.
    for changes in [("client_id", MARKUP), ("redirect_uri", MARKUP)] {
        let page = browser.get(&ask(&[changes])).await;
        assert_eq!(page.status, 400);
        assert_harmless(&page, changes.0);
        assert!(shown(&page), "{}", changes.0);
    }
    let path = format!("/realms/{}/protocol/openid-connect/auth", encode(MARKUP));
    let page = Request::get(&path).header("Accept", "text/html").send(&server).await;
    assert_eq!(page.status, 404);
    assert_harmless(&page, "realm");
    // The answer as a form: state.
    let page = browser
        .get(&ask(&[
            ("response_mode", "form_post"),
            ("state", MARKUP),
            ("prompt", "none"),
        ]))
        .await;
    assert_harmless(&page, "form_post");
    let state = Form::of(&page).hidden.into_iter().find(|(name, _)| name == "state");
    assert_eq!(state.unwrap().1, MARKUP);
    // And as a redirect: everything is encoded.
    let answer = browser.get(&ask(&[("state", MARKUP), ("prompt", "none")])).await;
    assert!(!answer.header("location").unwrap().contains(['<', '>', '"', '\'']));
}

#[tokio::test]
async fn clickjacking() {
    let server = TestServer::start().await;
    server.person("alice").await;
    server
        .create(
            "front",
            ClientSettings {
                consent: ConsentPolicy::Always,
                ..spa()
            },
        )
        .await;
    let mut browser = Browser::new(&server);
    let login = browser.get(&authorize("front", &[])).await;
    let consent = browser.submit(&login, &ALICE).await;
    let error = browser.get(&authorize("nobody", &[])).await;
    let logout = browser.get(LOGOUT).await;
    for page in [&login, &consent, &error, &logout] {
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert!(
            page.header("content-security-policy")
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn header_injection() {
    let server = started().await;
    let lines = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>";
    let mut browser = Browser::new(&server);
    let answer = browser
        .get(&authorize("front", &[("state", lines), ("prompt", "none")]))
        .await;
    let location = answer.header("location").unwrap();
    assert_eq!(parameter(location, "state").as_deref(), Some(lines));
    assert!(!location.contains(['\r', '\n']));
    assert_eq!(answer.cookies_set(), Vec::<&str>::new());
    for name in [
        "redirect_uri",
        "client_id",
        "login_hint",
        "ui_locales",
        "nonce",
        "scope",
    ] {
        let answer = browser.get(&authorize("front", &[(name, lines)])).await;
        assert!(
            answer
                .cookies_set()
                .iter()
                .all(|line| line.starts_with("kw-login-demo=")),
            "{name}"
        );
        assert!(
            !answer.headers.iter().any(|(_, value)| value.contains("evil=1")),
            "{name}"
        );
    }
    let answer = Request::get(AUTH)
        .header("Cookie", "kw-login-demo=\u{7f}x")
        .send(&server)
        .await;
    assert_eq!(answer.status, 400);
}

/// The text that a form carries.
fn sealed(page: &Response) -> String {
    parameter(&Form::of(page).action, "interaction").unwrap()
}

#[tokio::test]
async fn a_sealed_login_that_was_changed_or_is_for_something_else() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let text = sealed(&page);
    let url = |text: &str| {
        format!(
            "{}/login-actions/authenticate?interaction={}",
            server.issuer(),
            encode(text)
        )
    };
    // Each part of it: key id, nonce, content, tag.
    let mut changed = Vec::new();
    for at in [0, 1, 5, 12, 20, text.len() / 2, text.len() - 3] {
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        changed.push(format!("{}{other}{}", &text[..at], &text[at + 1..]));
    }
    changed.extend([
        text[..text.len() - 1].to_owned(),
        format!("{text}A"),
        format!("{text}="),
        format!("{text}{text}"),
        text.to_uppercase(),
        "AAAA".repeat(50),
        "A".repeat(30_000),
    ]);
    for changed in &changed {
        let answer = browser.post(&url(changed), &ALICE).await;
        assert_eq!(answer.status, 400, "{changed}");
        assert_eq!((answer.cookies_set(), answer.header("location")), (Vec::new(), None));
    }
    // What another page of ours sealed, for the same browser and realm.
    code_of(&browser.submit(&page, &ALICE).await);
    let logout = browser.get(LOGOUT).await;
    let form = Form::of(&logout);
    let (_, other) = form.hidden.iter().find(|(name, _)| name == "logout").unwrap();
    assert_nothing(&browser.post(&url(other), &ALICE).await, 400, OVER);
    let answer = browser.post(&form.action, &[("logout", &text)]).await;
    assert_ne!(answer.status, 200, "{answer:?}");
    code_of(&browser.get(&authorize("front", &[("prompt", "none")])).await);
}

#[tokio::test]
async fn a_sealed_login_of_another_realm() {
    let server = started().await;
    let other = server.add_realm().await;
    server.create_in(&other, "front", spa()).await;
    let theirs = authorize("front", &[]).replace("/realms/demo/", "/realms/other/");
    let mut browser = Browser::new(&server);
    let page = browser.get(&theirs).await;
    browser.get(&authorize("front", &[])).await;
    // Even where both realms' cookies are the same.
    let cookie = browser.cookie("kw-login-other").unwrap().to_owned();
    browser.set_cookie("kw-login-demo", &cookie);
    let action = Form::of(&page).action.replace("/realms/other/", "/realms/demo/");
    assert_nothing(&browser.post(&action, &ALICE).await, 400, OVER);
    // A person of one realm is nobody in the other, and a session of one is none in the other.
    let answer = browser.submit(&page, &ALICE).await;
    assert_eq!(answer.input_error().as_deref(), Some("Invalid username or password."));
    browser.log_in("alice", &authorize("front", &[])).await;
    let cookie = browser.cookie("kw-session-demo").unwrap().to_owned();
    browser.set_cookie("kw-session-other", &cookie);
    let answer = browser.get(&format!("{theirs}&prompt=none")).await;
    assert_eq!(
        parameter(answer.header("location").unwrap(), "error").as_deref(),
        Some("login_required")
    );
}

#[tokio::test]
async fn ten_thousand_half_finished_logins_of_one_address() {
    let count = 10_000;
    let server = started().await;
    let before = server.outage.opened();
    let path = authorize("front", &[]);
    let request = Request::get(&path).bytes();
    let flood = async |count: usize| {
        let mut connection = Connection::open(server.address).await;
        for _ in 0..count {
            connection.write(&request).await;
            let page = connection.read().await.unwrap();
            assert_eq!(page.status, 200);
        }
    };
    tokio::join!(flood(count / 4), flood(count / 4), flood(count / 4), flood(count / 4));
    // Nothing was read or written for them: what is known of a login is with its browser.
    assert_eq!(server.outage.opened(), before);
    // And whoever wants to log in does.
    let code = Browser::new(&server).code("alice", "front", &[]).await;
    assert_eq!(server.redeem("front", &code).await.status, 200);
    let mut tx = server.outage.read().await.unwrap();
    let alice = tx.user_by_username(server.realm.id, "alice").await.unwrap().unwrap().id;
    let sessions = tx
        .sessions_of_user(alice, server.realm.not_before.plus_secs(0), 100)
        .await
        .unwrap();
    assert_eq!(sessions.len(), 1);
}

#[tokio::test]
async fn the_code_goes_to_no_page_of_ours_and_the_password_into_no_address() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let answer = browser.submit(&page, &ALICE).await;
    assert_eq!((answer.status, answer.text()), (303, ""));
    let location = answer.header("location").unwrap();
    assert!(
        parameters(location)
            .iter()
            .all(|(_, value)| value != PASSWORD && value != "alice")
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
}
