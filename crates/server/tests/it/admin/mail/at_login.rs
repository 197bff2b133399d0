//! A login that waits until the person has proved their address.

use serde_json::json;

use super::Mailed;
use crate::support::{Browser, Response};

const WAITING: &str = "Confirm your email address";

impl Mailed {
    /// Opens the account, types the password, and gives the page that follows.
    async fn log_in(&self, browser: &mut Browser<'_>) -> Response {
        let first = browser.get(&format!("/realms/{}/account", self.realm)).await;
        let page = if first.status == 200 {
            first
        } else {
            let location = first.header("location").unwrap().to_owned();
            browser.get(&location).await
        };
        browser
            .submit(&page, &[("username", "alice"), ("password", "first password")])
            .await
    }
}

#[tokio::test]
async fn an_address_is_proved_before_the_login_goes_on() {
    let mailed = Mailed::start().await;
    let asked = json!({"requiredActions": ["VERIFY_EMAIL"]});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(asked))
        .await
        .assert_done();
    assert!(
        !mailed.password_works("first password").await,
        "the password grant passed over the required action"
    );
    let mut browser = Browser::new(mailed.admin.server());
    let page = mailed.log_in(&mut browser).await;
    page.assert_page(200, WAITING);
    assert_eq!(
        page.notice().as_deref(),
        Some("A mail is on its way. It can take a minute.")
    );
    assert!(mailed.smtp.last().text.contains("for 5 minutes"));
    let too_soon = browser.submit(&page, &[("verified", "true")]).await;
    too_soon.assert_page(200, WAITING);
    assert_eq!(
        too_soon.notice().as_deref(),
        Some("Your address is not confirmed yet. Open the link in the mail first.")
    );
    // On the phone.
    let mut phone = Browser::new(mailed.admin.server());
    mailed.follow(&mut phone).await.assert_page(200, "Done");
    let on = browser.submit(&page, &[("verified", "true")]).await;
    assert_eq!(on.status, 303, "{on:?}");
    assert_eq!(mailed.person().await["requiredActions"], json!([]));
    assert!(mailed.password_works("first password").await);
    // Opening the link is no login.
    let account = phone.get(&format!("/realms/{}/account", mailed.realm)).await;
    assert!(!account.text().contains("alice"), "who opened the link is logged in");
}

#[tokio::test]
async fn a_realm_can_ask_it_of_everybody() {
    let mailed = Mailed::start().await;
    let everybody = json!({"verifyEmail": true});
    mailed
        .send("PUT /admin/realms/{realm}", &[("user", "")], Some(everybody))
        .await
        .assert_done();
    assert!(!mailed.password_works("first password").await);
    let mut browser = Browser::new(mailed.admin.server());
    mailed.log_in(&mut browser).await.assert_page(200, WAITING);
    let proved = json!({"emailVerified": true});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(proved))
        .await
        .assert_done();
    assert!(mailed.password_works("first password").await);
}

#[tokio::test]
async fn a_login_cannot_fill_a_mailbox() {
    let mailed = Mailed::start().await;
    let asked = json!({"requiredActions": ["VERIFY_EMAIL"]});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(asked))
        .await
        .assert_done();
    let mut browser = Browser::new(mailed.admin.server());
    let page = mailed.log_in(&mut browser).await;
    for _ in 0..3 {
        browser
            .submit(&page, &[("again", "true")])
            .await
            .assert_page(200, WAITING);
    }
    assert_eq!(mailed.smtp.mails().len(), 1, "each click sent a mail");
    mailed.admin.server().wait(61).await;
    browser
        .submit(&page, &[("again", "true")])
        .await
        .assert_page(200, WAITING);
    assert_eq!(mailed.smtp.mails().len(), 2);
}

#[tokio::test]
async fn a_new_password_comes_after_the_address() {
    let mailed = Mailed::start().await;
    let asked = json!({"requiredActions": ["UPDATE_PASSWORD", "VERIFY_EMAIL"]});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(asked))
        .await
        .assert_done();
    let mut browser = Browser::new(mailed.admin.server());
    let page = mailed.log_in(&mut browser).await;
    page.assert_page(200, WAITING);
    let mut phone = Browser::new(mailed.admin.server());
    mailed.follow(&mut phone).await.assert_page(200, "Done");
    let form = browser.submit(&page, &[("verified", "true")]).await;
    form.assert_page(200, "Choose a new password");
    let chosen = [
        ("password-new", "second password"),
        ("password-confirm", "second password"),
    ];
    assert_eq!(browser.submit(&form, &chosen).await.status, 303);
    assert!(mailed.password_works("second password").await);
}

/// Where no mail can be sent the login stays blocked.
#[tokio::test]
async fn without_a_mail_server_nobody_passes() {
    let mailed = Mailed::start().await;
    let none = json!({"smtpServer": {}});
    mailed
        .send("PUT /admin/realms/{realm}", &[("user", "")], Some(none))
        .await
        .assert_done();
    let asked = json!({"requiredActions": ["VERIFY_EMAIL"]});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(asked))
        .await
        .assert_done();
    let mut browser = Browser::new(mailed.admin.server());
    let page = mailed.log_in(&mut browser).await;
    let told = page.input_error().unwrap_or_default();
    assert!(told.starts_with("This account is not fully set up yet."), "{page:?}");
}

/// The password that was right is another one by now: the login that waits is over.
#[tokio::test]
async fn a_password_set_meanwhile_ends_a_login_that_waits() {
    let mailed = Mailed::start().await;
    let asked = json!({"requiredActions": ["VERIFY_EMAIL"]});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(asked))
        .await
        .assert_done();
    let mut browser = Browser::new(mailed.admin.server());
    let page = mailed.log_in(&mut browser).await;
    page.assert_page(200, WAITING);
    let mut phone = Browser::new(mailed.admin.server());
    mailed.follow(&mut phone).await.assert_page(200, "Done");
    let reset = json!({"value": "second password"});
    mailed
        .send(
            "PUT /admin/realms/{realm}/users/{user}/reset-password",
            &[],
            Some(reset),
        )
        .await
        .assert_done();
    let over = browser.submit(&page, &[("verified", "true")]).await;
    assert_eq!(over.status, 200, "{over:?}");
    assert!(
        over.input_error().is_some(),
        "a login went on with a password that is none any more"
    );
}
