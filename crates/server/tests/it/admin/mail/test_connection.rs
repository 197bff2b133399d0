//! `testSMTPConnection`.

use serde_json::json;

use super::Mailed;
use super::smtp::{self, Smtp};

const TEST: &str = "POST /admin/realms/{realm}/testSMTPConnection";

#[tokio::test]
async fn settings_are_tried_before_they_are_saved() {
    let mailed = Mailed::start().await;
    let path = [("realm", mailed.realm.as_str())];
    let failed = json!({"errorMessage": "Failed to send email"});
    let settings = |port: u16, password: &str| {
        json!({
            "host": "127.0.0.1", "port": port.to_string(), "from": "shop@example.com", "auth": "true", "user": "mailer",
            "password": password,
        })
    };
    let port = mailed.smtp.port();
    // Who asks has no address to send to.
    let good = settings(port, smtp::PASSWORD);
    mailed
        .admin
        .send(TEST, &path, Some(good.clone()))
        .await
        .assert(500, &failed);
    let me = mailed.admin.user.unwrap().to_string();
    let address = json!({"email": "admin@example.com"});
    let update = "PUT /admin/realms/{realm}/users/{user}";
    mailed
        .admin
        .send(update, &[("realm", "master"), ("user", &me)], Some(address))
        .await
        .assert_done();
    let route = "POST /admin/realms/{realm}/testSMTPConnection";
    mailed.admin.send(route, &path, Some(good)).await.assert_done();
    let mail = mailed.smtp.last();
    assert_eq!(mail.to, "admin@example.com");
    assert_eq!(
        mail.header("Subject").as_deref(),
        Some("The Shop: test of the mail settings")
    );
    for bad in [
        settings(port, "wrong"),
        settings(1, smtp::PASSWORD),
        json!({}),
        json!({"host": "", "from": "a@b.c"}),
    ] {
        let reply = mailed.admin.send(TEST, &path, Some(bad.clone())).await;
        assert_eq!((reply.status, &reply.body), (500, &failed), "{bad}");
    }
    // The stored password stands behind the mask.
    mailed
        .admin
        .send(TEST, &path, Some(settings(port, "**********")))
        .await
        .assert_done();
}

/// Else whoever may change settings could have the stored password sent to a server of their own.
#[tokio::test]
async fn the_stored_password_goes_to_no_other_server() {
    let mailed = Mailed::start().await;
    let me = mailed.admin.user.unwrap().to_string();
    let address = json!({"email": "admin@example.com"});
    let update = "PUT /admin/realms/{realm}/users/{user}";
    mailed
        .admin
        .send(update, &[("realm", "master"), ("user", &me)], Some(address))
        .await
        .assert_done();
    let thief = Smtp::start().await;
    let settings = json!({
        "host": "127.0.0.1", "port": thief.port().to_string(), "from": "shop@example.com", "auth": "true",
        "user": "mailer", "password": "**********",
    });
    let path = [("realm", mailed.realm.as_str())];
    assert_eq!(mailed.admin.send(TEST, &path, Some(settings)).await.status, 500);
    assert!(thief.mails().is_empty(), "the password was taken: {}", thief.seen());
}

#[tokio::test]
async fn a_test_asks_who_calls() {
    let mailed = Mailed::start().await;
    let path = [("realm", mailed.realm.as_str())];
    mailed
        .admin
        .assert_guarded(&mailed.realm, TEST, &path, Some(json!({})))
        .await;
    let viewer = mailed
        .admin
        .as_user(&mailed.realm, &["view-realm", "manage-users"])
        .await;
    assert_eq!(viewer.send(TEST, &path, Some(json!({}))).await.status, 403);
}
