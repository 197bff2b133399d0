//! Pages where something is wrong with the server or the realm, and who gets a page at all.

use crate::support::browser::Form;
use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::{Browser, Request, TestServer};

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_realm_that_is_not_there_or_switched_off_is_told_to_a_person_as_a_page() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let nowhere = authorize("front", &[]).replace("/demo/", "/nowhere/");
    let page = Request::get(&nowhere).header("Accept", HTML).send(&server).await;
    page.assert_page(404, "There is nothing here");
    assert!(!page.text().contains("nowhere"));
    let answer = Request::get(&nowhere)
        .header("Accept", "application/json")
        .send(&server)
        .await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (404, Some("application/json"))
    );
    server.edit_realm(|realm| realm.enabled = false).await;
    let page = Request::get(&authorize("front", &[]))
        .header("Accept", HTML)
        .send(&server)
        .await;
    page.assert_page(403, "demo is switched off");
}

#[tokio::test]
async fn every_error_page_speaks_the_persons_language() {
    let server = TestServer::start().await;
    for (language, content) in [
        ("de-AT,de;q=0.9", "de"),
        ("zh-CN", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
    ] {
        let request = Request::get(&authorize("nobody", &[])).header("Accept-Language", language);
        let page = request.send(&server).await;
        assert_eq!(page.status, 400);
        let found = page.header("content-language").unwrap();
        assert!(found.starts_with(content), "{language}: {found}");
        assert!(page.text().contains(&format!("<html lang=\"{found}\"")));
        // The request's number, so that a person can tell the operator which one it was.
        assert!(page.text().contains(page.header("x-request-id").unwrap()));
    }
}

#[tokio::test]
async fn while_the_store_is_away_a_login_says_so_and_goes_on_after_it() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    let mut browser = Browser::new(&server).with_header("Accept", HTML);
    let page = browser.get(&authorize("front", &[])).await;
    server.outage.begin();
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let answer = browser.submit(&page, &fields).await;
    answer.assert_page(503, "Back in a moment");
    assert_eq!(answer.cookies_set(), Vec::<&str>::new());
    // A page that asks nothing of the store is still shown.
    browser.get(&authorize("front", &[])).await.assert_login();
    server.outage.end();
    code_of(&browser.submit(&page, &fields).await);
}

#[tokio::test]
async fn a_realm_with_a_name_for_people_shows_it() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let long = "Die Stadtwerke und Verkehrsbetriebe der Landeshauptstadt & Co";
    server
        .edit_realm(|realm| realm.settings.display_name = long.into())
        .await;
    let page = Browser::new(&server).get(&authorize("front", &[])).await;
    page.assert_page(200, &format!("Sign in to {long}"));
}

#[tokio::test]
async fn the_form_of_a_page_is_usual_html() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let page = Browser::new(&server).get(&authorize("front", &[])).await;
    let text = page.text();
    assert!(text.starts_with("<!doctype html>"));
    // No handler and no style stands in an attribute: the policy would block it.
    for part in [" onclick", " onload", " onsubmit", " style=\"", "javascript:"] {
        assert!(!text.contains(part), "{part}");
    }
    // Little programs read the address with no more than `&amp;` undone.
    assert!(text.contains(&format!("action=\"{}\"", Form::of(&page).action)));
}

#[tokio::test]
async fn a_form_of_another_kind_or_size_is_refused() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let action = Form::of(&page).action.replace(server.public_url(), "");
    let cookie = format!("kw-login-demo={}", browser.cookie("kw-login-demo").unwrap());
    // A body of another type is no form, whatever stands in it: another site could send `text/plain`.
    let right = format!("username=alice&password={}", crate::support::http::encode(PASSWORD));
    for kind in ["text/plain", "application/json", "multipart/form-data"] {
        let answer = Request::post(&action)
            .header("Cookie", &cookie)
            .body(kind, &*right)
            .send(&server)
            .await;
        answer.assert_login();
        assert_eq!(
            answer.input_error().as_deref(),
            Some("Invalid username or password."),
            "{kind}"
        );
        assert_eq!(answer.cookies_set(), Vec::<&str>::new());
    }
    let twice = Request::post(&action)
        .header("Cookie", &cookie)
        .raw_form("username=alice&username=bob&password=x");
    twice.send(&server).await.assert_page(400, "This request has a mistake");
    let large = Request::post(&action)
        .header("Cookie", &cookie)
        .raw_form(vec![b'a'; 70_000]);
    let answer = large.send(&server).await;
    assert!(matches!(answer.status, 400 | 413), "{answer:?}");
}
