//! What a mailed link does, and what it does not.

use serde_json::json;

use super::{ACTIONS, Mailed, VERIFY};
use crate::support::{Browser, Request};

const DEAD: &str = "This link does not work any more";

#[tokio::test]
async fn a_link_sets_a_password_and_confirms_an_address() {
    let mailed = Mailed::start().await;
    mailed
        .send(ACTIONS, &[], Some(json!(["VERIFY_EMAIL", "UPDATE_PASSWORD"])))
        .await
        .assert_done();
    let (_, tokens) = super::super::users::log_in(&mailed.admin, &mailed.realm, "alice", "first password").await;
    assert!(tokens["refresh_token"].is_string());
    let mut browser = Browser::new(mailed.admin.server());
    let form = mailed.follow(&mut browser).await;
    form.assert_page(200, "Choose a new password");
    assert_eq!(mailed.person().await["emailVerified"], json!(true));
    let unlike = browser
        .submit(&form, &[("password-new", "second password"), ("password-confirm", "x")])
        .await;
    unlike.assert_page(200, "Choose a new password");
    let chosen = [
        ("password-new", "second password"),
        ("password-confirm", "second password"),
    ];
    let done = browser.submit(&unlike, &chosen).await;
    done.assert_page(200, "Done");
    assert!(mailed.password_works("second password").await && !mailed.password_works("first password").await);
    // Whoever knew the password before is logged out.
    let list = mailed
        .send("GET /admin/realms/{realm}/users/{user}/sessions", &[], None)
        .await;
    assert_eq!(
        list.body.as_array().unwrap().len(),
        1,
        "only the login of this test: {list:?}"
    );
    // The form has done its work.
    browser.submit(&unlike, &chosen).await.assert_page(400, DEAD);
}

#[tokio::test]
async fn opening_a_link_does_nothing() {
    let mailed = Mailed::start().await;
    mailed.send(VERIFY, &[], None).await.assert_done();
    let link = mailed.link();
    for _ in 0..3 {
        let mut scanner = Browser::new(mailed.admin.server());
        scanner.get(&link).await.assert_page(200, "One thing before you go on");
    }
    assert_eq!(
        mailed.person().await["emailVerified"],
        json!(false),
        "a look confirmed the address"
    );
    let mut browser = Browser::new(mailed.admin.server());
    mailed.follow(&mut browser).await.assert_page(200, "Done");
    assert_eq!(mailed.person().await["emailVerified"], json!(true));
}

#[tokio::test]
async fn a_link_works_once() {
    let mailed = Mailed::start().await;
    mailed
        .send(ACTIONS, &[], Some(json!(["UPDATE_PASSWORD"])))
        .await
        .assert_done();
    let mut browser = Browser::new(mailed.admin.server());
    let page = browser.get(&mailed.link()).await;
    browser
        .submit(&page, &[])
        .await
        .assert_page(200, "Choose a new password");
    browser.submit(&page, &[]).await.assert_page(400, DEAD);
    let second = mailed.admin.server().second_node().await;
    let mut elsewhere = Browser::new(&second);
    elsewhere.submit(&page, &[]).await.assert_page(400, DEAD);
}

#[tokio::test]
async fn a_link_ends() {
    let mailed = Mailed::start().await;
    mailed.send(VERIFY, &[("lifespan", "120")], None).await.assert_done();
    assert!(mailed.smtp.last().text.contains("for 2 minutes"));
    let mut browser = Browser::new(mailed.admin.server());
    let page = browser.get(&mailed.link()).await;
    mailed.admin.server().wait(121).await;
    browser.get(&mailed.link()).await.assert_page(400, DEAD);
    browser.submit(&page, &[]).await.assert_page(400, DEAD);
}

#[tokio::test]
async fn a_link_is_dead_once_its_person_is_another() {
    for change in [json!({"email": "new@example.com"}), json!({"enabled": false})] {
        let mailed = Mailed::start().await;
        mailed
            .send(ACTIONS, &[], Some(json!(["UPDATE_PASSWORD"])))
            .await
            .assert_done();
        let update = "PUT /admin/realms/{realm}/users/{user}";
        mailed.send(update, &[], Some(change.clone())).await.assert_done();
        let mut browser = Browser::new(mailed.admin.server());
        let dead = browser.get(&mailed.link()).await;
        assert_eq!((dead.status, dead.heading().as_str()), (400, DEAD), "{change}");
    }
    let mailed = Mailed::start().await;
    mailed
        .send(ACTIONS, &[], Some(json!(["UPDATE_PASSWORD"])))
        .await
        .assert_done();
    mailed.admin.server().wait(1).await;
    mailed
        .send("POST /admin/realms/{realm}/users/{user}/logout", &[], None)
        .await
        .assert_done();
    let mut browser = Browser::new(mailed.admin.server());
    browser.get(&mailed.link()).await.assert_page(400, DEAD);
}

#[tokio::test]
async fn what_this_realm_did_not_make_for_this_is_no_link() {
    let mailed = Mailed::start().await;
    let (_, tokens) = super::super::users::log_in(&mailed.admin, &mailed.realm, "alice", "first password").await;
    mailed.send(VERIFY, &[], None).await.assert_done();
    let link = mailed.link();
    let key = link.split_once("key=").unwrap().1;
    let other = mailed.admin.realm().await;
    let mut forged = key.to_owned();
    forged.replace_range(forged.len() - 5.., "AAAAA");
    let path = format!("/realms/{}/login-actions/action-token", mailed.realm);
    let mut browser = Browser::new(mailed.admin.server());
    for url in [
        path.clone(),
        format!("{path}?key="),
        format!("{path}?key={forged}"),
        // Signed with the same key, for something else.
        format!("{path}?key={}", tokens["refresh_token"].as_str().unwrap()),
        format!("/realms/{other}/login-actions/action-token?key={key}"),
    ] {
        browser.get(&url).await.assert_page(400, DEAD);
    }
    // And the other way round.
    let form = [
        ("client_id", "admin-cli"),
        ("grant_type", "refresh_token"),
        ("refresh_token", key),
    ];
    let token = format!("/realms/{}/protocol/openid-connect/token", mailed.realm);
    let answer = Request::post(&token).form(&form).send(mailed.admin.server()).await;
    assert_eq!(answer.status, 400, "a mailed link is a refresh token: {answer:?}");
    let state = [
        ("action", "forged"),
        ("password-new", "a new password"),
        ("password-confirm", "a new password"),
    ];
    browser.post(&path, &state).await.assert_page(400, DEAD);
    assert!(mailed.password_works("first password").await);
}

#[tokio::test]
async fn a_link_leads_back_to_the_application() {
    let mailed = Mailed::start().await;
    let client = json!({
        "clientId": "shop", "name": "The shop's app", "publicClient": true,
        "redirectUris": ["https://app.example.com/callback"],
    });
    let made = mailed
        .send("POST /admin/realms/{realm}/clients", &[("user", "")], Some(client))
        .await;
    made.created();
    let query = [
        ("client_id", "shop"),
        ("redirect_uri", "https://app.example.com/callback"),
    ];
    mailed.send(VERIFY, &query, None).await.assert_done();
    let mut browser = Browser::new(mailed.admin.server());
    let done = mailed.follow(&mut browser).await;
    done.assert_page(200, "Done");
    assert!(
        done.text().contains("href=\"https://app.example.com/callback\""),
        "{done:?}"
    );
}

#[tokio::test]
async fn the_pages_speak_three_languages() {
    let mailed = Mailed::start().await;
    mailed.send(VERIFY, &[], None).await.assert_done();
    for (locale, heading) in [
        ("en", "One thing before you go on"),
        ("de", "Noch ein Schritt"),
        ("zh", "还差一步"),
    ] {
        let mut browser = Browser::new(mailed.admin.server()).with_header("Accept-Language", locale);
        browser.get(&mailed.link()).await.assert_page(200, heading);
        let mut browser = Browser::new(mailed.admin.server());
        let url = format!("{}&ui_locales={locale}", mailed.link());
        browser.get(&url).await.assert_page(200, heading);
    }
}
