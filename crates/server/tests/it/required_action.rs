//! What a person has to do before a login is complete.

use keyward_domain::id::UserId;

use crate::support::browser::Form;
use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::{Browser, Response, TestServer};

const NEW: &str = "a much better pass phrase";

async fn started(actions: &[&str]) -> (TestServer, UserId) {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let actions = actions.iter().map(|action| (*action).to_owned()).collect();
    let alice = server
        .person_with("alice", |user| user.required_actions = actions)
        .await;
    (server, alice)
}

async fn asked(browser: &mut Browser<'_>) -> Response {
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    page.assert_page(200, "Choose a new password");
    assert_eq!(page.cookies_set(), Vec::<&str>::new(), "no session before it is done");
    page
}

fn twice(password: &str) -> [(&'static str, &str); 2] {
    [("password-new", password), ("password-confirm", password)]
}

#[tokio::test]
async fn a_temporary_password_is_replaced_at_the_first_login() {
    let (server, _) = started(&["UPDATE_PASSWORD"]).await;
    let mut browser = Browser::new(&server);
    let page = asked(&mut browser).await;
    for part in [
        "id=\"password-new\" name=\"password-new\"",
        "id=\"password-confirm\" name=\"password-confirm\"",
    ] {
        assert!(page.text().contains(part), "{part}");
    }
    // So that a password manager saves it under the right name.
    assert!(page.text().contains("name=\"username\" type=\"text\" value=\"alice\""));
    let answer = browser.submit(&page, &twice(NEW)).await;
    assert_eq!(answer.status, 303);
    assert_eq!(server.redeem("front", &code_of(&answer)).await.status, 200);
    // Logged in, for the next application too; and at the next login nothing is asked.
    code_of(&browser.get(&authorize("front", &[("prompt", "none")])).await);
    let mut other = Browser::new(&server);
    let page = other.get(&authorize("front", &[])).await;
    let old = other
        .submit(&page, &[("username", "alice"), ("password", PASSWORD)])
        .await;
    assert_eq!(old.input_error().as_deref(), Some("Invalid username or password."));
    code_of(&other.submit(&page, &[("username", "alice"), ("password", NEW)]).await);
}

#[tokio::test]
async fn a_password_that_will_not_do_is_told_why() {
    let (server, _) = started(&["UPDATE_PASSWORD"]).await;
    let policy = "length(10) and digits(1) and notUsername(undefined)";
    server
        .edit_realm(|realm| realm.settings.password_policy = policy.parse().unwrap())
        .await;
    let mut browser = Browser::new(&server);
    let mut page = asked(&mut browser).await;
    let mismatch = [("password-new", "long enough 1"), ("password-confirm", "long enough 2")];
    let rules = "This password does not meet the rules yet.";
    let long = format!("1{}", "x".repeat(2_000));
    for (fields, error) in [
        (mismatch, "The two passwords are not the same."),
        (twice(""), rules),
        (twice("short 1"), rules),
        (twice("without any digit"), rules),
        (twice(&long), rules),
    ] {
        page = browser.submit(&page, &fields).await;
        page.assert_page(200, "Choose a new password");
        assert_eq!(page.input_error().as_deref(), Some(error), "{fields:?}");
        assert_eq!(page.cookies_set(), Vec::<&str>::new());
        assert!(
            fields[0].1.is_empty() || !page.text().contains(fields[0].1),
            "the password is repeated"
        );
    }
    server
        .edit_realm(|realm| realm.settings.password_policy = "length(8)".parse().unwrap())
        .await;
    page = browser.submit(&page, &twice(PASSWORD)).await;
    let unchanged = "This is your old password. Please choose a new one.";
    assert_eq!(page.input_error().as_deref(), Some(unchanged));
    code_of(&browser.submit(&page, &twice(NEW)).await);
}

#[tokio::test]
async fn the_form_works_once() {
    let (server, _) = started(&["UPDATE_PASSWORD"]).await;
    let mut browser = Browser::new(&server);
    let page = asked(&mut browser).await;
    code_of(&browser.submit(&page, &twice(NEW)).await);
    let again = browser.submit(&page, &twice("and now another one")).await;
    again.assert_login();
    assert_eq!(again.input_error().as_deref(), Some("Invalid username or password."));
    let mut other = Browser::new(&server);
    let page = other.get(&authorize("front", &[])).await;
    code_of(&other.submit(&page, &[("username", "alice"), ("password", NEW)]).await);
}

#[tokio::test]
async fn of_two_forms_at_once_one_sets_the_password() {
    let (server, _) = started(&["UPDATE_PASSWORD"]).await;
    let mut first = Browser::new(&server);
    let page = asked(&mut first).await;
    let mut second = first.clone();
    let (one, two) = (twice("the first new password"), twice("the second new password"));
    let (one, two) = tokio::join!(first.submit(&page, &one), second.submit(&page, &two));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 303]);
}

#[tokio::test]
async fn the_form_of_one_browser_does_nothing_in_another() {
    let (server, _) = started(&["UPDATE_PASSWORD"]).await;
    let mut browser = Browser::new(&server);
    let page = asked(&mut browser).await;
    let mut victim = Browser::new(&server);
    victim
        .submit(&page, &twice(NEW))
        .await
        .assert_page(400, "Your browser blocks cookies");
    victim.get(&authorize("front", &[])).await;
    victim
        .submit(&page, &twice(NEW))
        .await
        .assert_page(403, "We could not accept this form");
    // Nor is it the form of another step.
    let action = Form::of(&page).action.replace("required-action", "authenticate");
    browser
        .post(&action, &twice(NEW))
        .await
        .assert_page(400, "This request has a mistake");
    let login = browser.get(&authorize("front", &[])).await;
    let action = Form::of(&login).action.replace("authenticate", "required-action");
    browser
        .post(&action, &twice(NEW))
        .await
        .assert_page(400, "This request has a mistake");
}

#[tokio::test]
async fn a_form_left_open_is_over() {
    let (server, _) = started(&["UPDATE_PASSWORD"]).await;
    let mut browser = Browser::new(&server);
    let page = asked(&mut browser).await;
    server.wait(1_801).await;
    browser
        .submit(&page, &twice(NEW))
        .await
        .assert_page(400, "This sign-in is over");
}

#[tokio::test]
async fn a_password_that_an_operator_set_meanwhile_ends_the_form() {
    let (server, alice) = started(&["UPDATE_PASSWORD"]).await;
    let mut browser = Browser::new(&server);
    let page = asked(&mut browser).await;
    // The temporary password leaked; the operator gives another one, which is temporary too.
    server.set_password(alice, "another temporary one").await;
    let answer = browser.submit(&page, &twice(NEW)).await;
    answer.assert_login();
    assert_eq!(answer.input_error().as_deref(), Some("Invalid username or password."));
    let page = browser
        .submit(&answer, &[("username", "alice"), ("password", "another temporary one")])
        .await;
    page.assert_page(200, "Choose a new password");
}

#[tokio::test]
async fn what_cannot_be_asked_for_here_stops_the_login() {
    for actions in [&["CONFIGURE_TOTP"][..], &["UPDATE_PASSWORD", "VERIFY_EMAIL"][..]] {
        let (server, _) = started(actions).await;
        let mut browser = Browser::new(&server);
        let page = browser.get(&authorize("front", &[])).await;
        let wrong = browser
            .submit(&page, &[("username", "alice"), ("password", "guess")])
            .await;
        assert_eq!(wrong.input_error().as_deref(), Some("Invalid username or password."));
        let answer = browser
            .submit(&page, &[("username", "alice"), ("password", PASSWORD)])
            .await;
        answer.assert_login();
        let text = "This account is not fully set up yet. Ask the people who run demo for help.";
        assert_eq!(answer.input_error().as_deref(), Some(text));
        assert_eq!(answer.cookies_set(), Vec::<&str>::new());
    }
}
