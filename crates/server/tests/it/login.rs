//! The login page: what it says, and what people do with it.

use keyward_domain::event::What;
use keyward_domain::user::User;

use crate::support::browser::{Form, parameter};
use crate::support::person::{CALLBACK, PASSWORD, authorize, code_of, spa};
use crate::support::{Browser, Node, Response, TestServer};

const WRONG: &str = "Invalid username or password.";

async fn started() -> TestServer {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    server
}

/// A code came, and it works.
async fn assert_logged_in(server: &Node, answer: &Response) {
    assert_eq!((answer.status, answer.text()), (303, ""), "{answer:?}");
    assert!(answer.header("location").unwrap().starts_with(CALLBACK));
    assert_eq!(server.redeem("front", &code_of(answer)).await.status, 200);
}

const ALICE: [(&str, &str); 2] = [("username", "alice"), ("password", PASSWORD)];

#[tokio::test]
async fn the_page_is_what_a_person_and_their_tools_expect() {
    let server = started().await;
    let page = Browser::new(&server).get(&authorize("front", &[])).await;
    page.assert_login();
    let text = page.text();
    for part in [
        "<html lang=\"en\">",
        "to continue to Front",
        "id=\"kc-form-login\" method=\"post\"",
        "id=\"username\" name=\"username\"",
        "id=\"password\" name=\"password\" type=\"password\"",
        "id=\"kc-login\" name=\"login\" type=\"submit\"",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let action = Form::of(&page).action;
    let start = format!("{}/login-actions/authenticate?interaction=", server.issuer());
    assert!(action.starts_with(&start), "{action}");
    assert_eq!((page.input_error(), page.notice()), (None, None));
}

#[tokio::test]
async fn session_and_code_are_one_transaction() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let before = server.outage.opened();
    let answer = browser.submit(&page, &ALICE).await;
    // Once to read what the password is compared with, once to write everything.
    assert_eq!(server.outage.opened() - before, 2);
    assert_logged_in(&server, &answer).await;
    let told = |event: &What| match event {
        What::LoggedIn { .. } => Some("login"),
        What::AuthorizationCodeIssued { .. } => Some("code"),
        _ => None,
    };
    let told: Vec<&str> = server.seen.whats().iter().filter_map(told).collect();
    assert_eq!(told, ["login", "code"]);
}

#[tokio::test]
async fn a_wrong_password_is_told_and_not_repeated() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let secret = "hunter2-<secret>";
    let again = browser
        .submit(&page, &[("username", "alice"), ("password", secret)])
        .await;
    again.assert_login();
    assert_eq!(again.input_error().as_deref(), Some(WRONG));
    assert_eq!(again.username_field().as_deref(), Some("alice"));
    assert!(!again.text().contains("hunter2"));
    assert!(!again.headers.iter().any(|(name, _)| name == "set-cookie"));
    // The new page leads on.
    assert_logged_in(&server, &browser.submit(&again, &ALICE).await).await;
}

#[tokio::test]
async fn nobody_can_tell_an_unknown_user_from_a_wrong_password_or_a_lock() {
    let server = started().await;
    server.person("bobby").await;
    server
        .edit_realm(|realm| {
            realm.settings.brute_force.protected = true;
            realm.settings.brute_force.failure_factor = 2;
            realm.settings.brute_force.quick_login_check_milli_seconds = 0;
        })
        .await;
    let mut answers = Vec::new();
    for (username, password, failures) in [
        ("alice", "wrong", 0),
        ("nobod", "wrong", 0),
        ("nobod", "", 0),
        ("", "wrong", 0),
        ("bobby", PASSWORD, 2),
        ("bobby", "wrong", 2),
        ("bobby", &"x".repeat(2_000), 0),
        (&"x".repeat(1_000), "wrong", 0),
    ] {
        let mut browser = Browser::new(&server);
        let mut page = browser.get(&authorize("front", &[])).await;
        for _ in 0..failures {
            page = browser
                .submit(&page, &[("username", username), ("password", "wrong")])
                .await;
        }
        let answer = browser
            .submit(&page, &[("username", username), ("password", password)])
            .await;
        answer.assert_login();
        let typed = answer.username_field().unwrap();
        let same = answer
            .without_chance()
            .replace(&format!("value=\"{typed}\""), "value=\"\"");
        // Where the cursor stands depends on whether a name was typed.
        answers.push((same.replace(" autofocus", ""), answer.input_error()));
    }
    assert_eq!(answers[0].1.as_deref(), Some(WRONG));
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
}

#[tokio::test]
async fn an_account_that_is_switched_off_is_told_to_its_owner_only() {
    let server = started().await;
    server.person_with("carol", |user| user.enabled = false).await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let stranger = browser
        .submit(&page, &[("username", "carol"), ("password", "guess")])
        .await;
    assert_eq!(stranger.input_error().as_deref(), Some(WRONG));
    let owner = browser
        .submit(&page, &[("username", "carol"), ("password", PASSWORD)])
        .await;
    owner.assert_login();
    let text = "This account is switched off. Ask the people who run demo to switch it on again.";
    assert_eq!(owner.input_error().as_deref(), Some(text));
    assert_eq!(owner.cookies_set(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_mail_address_is_a_name_too_where_the_realm_allows_it() {
    let server = started().await;
    let by_mail = [("username", " ALICE@example.com "), ("password", PASSWORD)];
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    assert_logged_in(&server, &browser.submit(&page, &by_mail).await).await;
    // An address that two people have is nobody's.
    let shared = |user: &mut User| user.profile.email = Some("alice@example.com".into());
    server.person_with("alice2", shared).await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    assert_eq!(
        browser.submit(&page, &by_mail).await.input_error().as_deref(),
        Some(WRONG)
    );
    server.edit_realm(|realm| realm.settings.login_with_email = false).await;
    server
        .person_with("dora", |user| user.profile.email = Some("d@example.com".into()))
        .await;
    let by_mail = [("username", "d@example.com"), ("password", PASSWORD)];
    assert_eq!(
        browser.submit(&page, &by_mail).await.input_error().as_deref(),
        Some(WRONG)
    );
}

#[tokio::test]
async fn service_accounts_do_not_log_in() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let name = "service-account-backend-service";
    let answer = browser
        .submit(&page, &[("username", name), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.input_error().as_deref(), Some(WRONG));
}

#[tokio::test]
async fn two_tabs_do_not_disturb_each_other() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let first = browser.get(&authorize("front", &[("state", "one")])).await;
    let second = browser.get(&authorize("front", &[("state", "two")])).await;
    assert_eq!((first.cookies_set().len(), second.cookies_set().len()), (1, 0));
    for (page, state) in [(&second, "two"), (&first, "one")] {
        let answer = browser.submit(page, &ALICE).await;
        let location = answer.header("location").unwrap();
        assert_eq!(parameter(location, "state").as_deref(), Some(state));
        assert_logged_in(&server, &answer).await;
    }
}

#[tokio::test]
async fn the_back_button_and_the_same_form_again_log_in_again() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let first = browser.submit(&page, &ALICE).await;
    let before = browser.cookie("kw-session-demo").unwrap().to_owned();
    let second = browser.submit(&page, &ALICE).await;
    assert_ne!(code_of(&first), code_of(&second));
    assert_logged_in(&server, &second).await;
    // It is the same session under a new cookie.
    let after = browser.cookie("kw-session-demo").unwrap();
    assert_ne!(before, after);
    assert_eq!(before.split_once('.').unwrap().0, after.split_once('.').unwrap().0);
}

#[tokio::test]
async fn the_address_of_the_form_shows_the_page_again() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let again = browser.get(&Form::of(&page).action).await;
    again.assert_login();
    assert_eq!(again.without_chance(), page.without_chance());
    assert_logged_in(&server, &browser.submit(&again, &ALICE).await).await;
    for bare in ["", "?interaction=", "?interaction=x"] {
        let url = format!("{}/login-actions/authenticate{bare}", server.issuer());
        browser.get(&url).await.assert_page(400, "This sign-in is over");
        browser
            .post(&url, &ALICE)
            .await
            .assert_page(400, "This sign-in is over");
    }
}

#[tokio::test]
async fn a_form_left_open_for_an_hour_begins_anew() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[("state", "kept")])).await;
    server.wait(1_800).await;
    // On time, to the second.
    let mut other = browser.clone();
    assert_logged_in(&server, &other.submit(&page, &ALICE).await).await;
    server.wait(1_800).await;
    let fresh = browser.submit(&page, &ALICE).await;
    fresh.assert_login();
    assert_eq!(
        fresh.notice().as_deref(),
        Some("This page was open for too long. Please sign in again.")
    );
    assert_eq!(fresh.cookies_set(), Vec::<&str>::new());
    let answer = browser.submit(&fresh, &ALICE).await;
    assert_eq!(
        parameter(answer.header("location").unwrap(), "state").as_deref(),
        Some("kept")
    );
    assert_logged_in(&server, &answer).await;
}

#[tokio::test]
async fn a_form_older_than_a_day_is_over() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    server.wait(24 * 60 * 60 + 1).await;
    let answer = browser.submit(&page, &ALICE).await;
    answer.assert_page(400, "This sign-in is over");
    assert_eq!(answer.cookies_set(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_browser_that_blocks_cookies_is_told_so() {
    let server = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    browser.forget_cookies();
    let answer = browser.submit(&page, &ALICE).await;
    answer.assert_page(400, "Your browser blocks cookies");
    assert_eq!(answer.cookies_set(), Vec::<&str>::new());
}

#[tokio::test]
async fn the_language_is_asked_for_chosen_and_kept() {
    let server = started().await;
    let headings = [
        ("en", "Sign in to demo", WRONG),
        ("de", "Bei demo anmelden", ""),
        ("zh", "", ""),
    ];
    for (locale, heading, _) in headings {
        for mut browser in [
            Browser::new(&server).with_header("Accept-Language", &format!("{locale}, en;q=0.5")),
            Browser::new(&server).with_header("Accept-Language", "fr"),
        ] {
            let asked = browser
                .clone()
                .get(&authorize("front", &[("ui_locales", locale)]))
                .await;
            assert!(asked.header("content-language").unwrap().starts_with(locale));
            let page = browser.get(&authorize("front", &[])).await;
            let text = unescaped(&page);
            // The page links to itself in each language.
            let link = text
                .split("href=\"")
                .find(|part| part.contains(&format!("ui_locales={locale}")));
            let shown = if page.header("content-language").unwrap().starts_with(locale) {
                page.clone()
            } else {
                browser.get(link.unwrap().split('"').next().unwrap()).await
            };
            assert!(shown.header("content-language").unwrap().starts_with(locale));
            assert!(heading.is_empty() || shown.heading() == heading, "{}", shown.heading());
            // The next page keeps the language, and the login goes on.
            let wrong = browser
                .submit(&shown, &[("username", "alice"), ("password", "no")])
                .await;
            assert_eq!(wrong.header("content-language"), shown.header("content-language"));
            assert_logged_in(&server, &browser.submit(&wrong, &ALICE).await).await;
        }
    }
}

fn unescaped(page: &Response) -> String {
    crate::support::browser::unescape(page.text())
}

#[tokio::test]
async fn what_stands_in_the_hint_is_in_the_field() {
    let server = started().await;
    let page = Browser::new(&server)
        .get(&authorize("front", &[("login_hint", "alice")]))
        .await;
    assert_eq!(page.username_field().as_deref(), Some("alice"));
    let long = "x".repeat(256);
    let page = Browser::new(&server)
        .get(&authorize("front", &[("login_hint", &long)]))
        .await;
    assert_eq!(page.username_field().as_deref(), Some(""));
}

#[tokio::test]
async fn a_client_switched_off_meanwhile_gets_no_code() {
    let server = TestServer::start().await;
    let front = server.create("front", spa()).await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    server.edit(&front, |client| client.enabled = false).await;
    let answer = browser.submit(&page, &ALICE).await;
    answer.assert_page(400, "We don’t know this app");
}

#[tokio::test]
async fn a_large_request_waits_in_the_form_and_still_works() {
    let server = started().await;
    let (state, nonce) = ("s".repeat(4_000), "n".repeat(4_000));
    let url = authorize("front", &[("state", &state), ("nonce", &nonce)]);
    let mut browser = Browser::new(&server);
    let page = browser.get(&url).await;
    page.assert_login();
    let form = Form::of(&page);
    assert_eq!((form.action.contains('?'), form.hidden.len()), (false, 1));
    let wrong = browser
        .submit(&page, &[("username", "alice"), ("password", "no")])
        .await;
    assert_eq!(wrong.input_error().as_deref(), Some(WRONG));
    let answer = browser.submit(&wrong, &ALICE).await;
    assert_eq!(parameter(answer.header("location").unwrap(), "state"), Some(state));
    assert_logged_in(&server, &answer).await;
}
