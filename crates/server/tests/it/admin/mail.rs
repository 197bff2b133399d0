//! Mails with links, through a real SMTP server.

use serde_json::{Value, json};

use self::smtp::Smtp;
use super::support::{Admin, Reply};
use crate::support::{Browser, Response};

mod at_login;
mod links;
mod smtp;
mod test_connection;

const ACTIONS: &str = "PUT /admin/realms/{realm}/users/{user}/execute-actions-email";
const VERIFY: &str = "PUT /admin/realms/{realm}/users/{user}/send-verify-email";

/// A realm with a mail server, and a person in it.
struct Mailed {
    admin: Admin,
    smtp: Smtp,
    realm: String,
    user: String,
}

impl Mailed {
    async fn start() -> Self {
        let admin = Admin::start().await;
        let smtp = Smtp::start().await;
        let realm = admin.realm().await;
        let settings = json!({
            "displayName": "The Shop",
            "smtpServer": {
                "host": "127.0.0.1", "port": smtp.port().to_string(), "from": "shop@example.com",
                "fromDisplayName": "Shop", "auth": "true", "user": "mailer", "password": smtp::PASSWORD,
            },
        });
        admin
            .send("PUT /admin/realms/{realm}", &[("realm", &realm)], Some(settings))
            .await
            .assert_done();
        let person = json!({
            "username": "alice", "email": "alice@example.com", "enabled": true,
            "credentials": [{"type": "password", "value": "first password"}],
        });
        let user = admin
            .send("POST /admin/realms/{realm}/users", &[("realm", &realm)], Some(person))
            .await
            .created();
        Self {
            admin,
            smtp,
            realm,
            user,
        }
    }

    async fn send(&self, route: &str, query: &[(&str, &str)], body: Option<Value>) -> Reply {
        let own = [("realm", self.realm.as_str()), ("user", self.user.as_str())];
        let parameters: Vec<(&str, &str)> = own.into_iter().chain(query.iter().copied()).collect();
        self.admin.send(route, &parameters, body).await
    }

    async fn person(&self) -> Value {
        self.send("GET /admin/realms/{realm}/users/{user}", &[], None)
            .await
            .body
    }

    /// The link of the last mail.
    fn link(&self) -> String {
        let mail = self.smtp.last();
        let start = mail.text.find("http").unwrap_or_else(|| panic!("no link: {mail:?}"));
        mail.text[start..].split_whitespace().next().unwrap().to_owned()
    }

    /// Opens the link of the last mail and presses its button.
    async fn follow(&self, browser: &mut Browser<'_>) -> Response {
        let page = browser.get(&self.link()).await;
        page.assert_page(200, "One thing before you go on");
        browser.submit(&page, &[]).await
    }

    async fn password_works(&self, password: &str) -> bool {
        super::users::log_in(&self.admin, &self.realm, "alice", password)
            .await
            .0
            == 200
    }
}

#[tokio::test]
async fn an_administrator_asks_for_a_password_and_an_address() {
    let mailed = Mailed::start().await;
    let route = "PUT /admin/realms/{realm}/users/{user}/execute-actions-email";
    mailed
        .send(route, &[], Some(json!(["UPDATE_PASSWORD", "VERIFY_EMAIL"])))
        .await
        .assert_done();
    let mail = mailed.smtp.last();
    assert_eq!(
        (mail.from.as_str(), mail.to.as_str()),
        ("shop@example.com", "alice@example.com")
    );
    assert_eq!(mail.header("From").as_deref(), Some("Shop <shop@example.com>"));
    assert_eq!(
        mail.header("Subject").as_deref(),
        Some("The Shop: your account needs something from you")
    );
    assert!(mail.text.contains("for 720 minutes"), "{mail:?}");
    let link = mailed.link();
    let start = format!(
        "{}/realms/{}/login-actions/action-token?key=",
        mailed.admin.server().public_url(),
        mailed.realm
    );
    assert!(link.starts_with(&start), "{link}");
    let events = mailed.admin.server().seen.whats();
    assert!(
        format!("{:?}", events.last().unwrap()).starts_with("MailSent"),
        "{events:?}"
    );
}

#[tokio::test]
async fn every_kind_of_mail_is_sent() {
    let mailed = Mailed::start().await;
    let route = "PUT /admin/realms/{realm}/users/{user}/send-verify-email";
    mailed.send(route, &[], None).await.assert_done();
    assert_eq!(
        mailed.smtp.last().header("Subject").as_deref(),
        Some("The Shop: confirm your email address")
    );
    let route = "PUT /admin/realms/{realm}/users/{user}/reset-password-email";
    mailed.send(route, &[], None).await.assert_done();
    assert_eq!(
        mailed.smtp.last().header("Subject").as_deref(),
        Some("The Shop: set a new password")
    );
}

#[tokio::test]
async fn what_cannot_be_mailed_is_told_in_keycloaks_words() {
    let mailed = Mailed::start().await;
    let password = || Some(json!(["UPDATE_PASSWORD"]));
    let told = |text: &str| json!({ "errorMessage": text });
    for (query, body, status, expected) in [
        (
            &[][..],
            Some(json!(["NOPE"])),
            400,
            told("Provided invalid required actions"),
        ),
        (&[], Some(json!([])), 400, told("Provided invalid required actions")),
        (
            &[("redirect_uri", "http://x")],
            password(),
            400,
            told("Client id missing"),
        ),
        (&[("client_id", "nope")], password(), 400, told("Client doesn't exist")),
        (
            &[("client_id", "account"), ("redirect_uri", "http://x")],
            password(),
            400,
            told("Invalid redirect uri."),
        ),
        (
            &[("lifespan", "abc")],
            password(),
            404,
            json!({"error": "HTTP 404 Not Found"}),
        ),
        (
            &[],
            Some(json!(["CONFIGURE_TOTP"])),
            501,
            json!({
                "error": "not_implemented",
                "error_description": "Keyward does not offer required actions by mail other than UPDATE_PASSWORD and \
                                      VERIFY_EMAIL",
            }),
        ),
    ] {
        let reply = mailed.send(ACTIONS, query, body.clone()).await;
        assert_eq!((reply.status, &reply.body), (status, &expected), "{query:?} {body:?}");
    }
    let off = json!({"enabled": false});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(off))
        .await
        .assert_done();
    mailed
        .send(ACTIONS, &[], password())
        .await
        .assert(400, &told("User is disabled"));
    let none = json!({"enabled": true, "email": ""});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(none))
        .await
        .assert_done();
    mailed
        .send(VERIFY, &[], None)
        .await
        .assert(400, &told("User email missing"));
    assert!(mailed.smtp.mails().is_empty(), "something was sent");
}

/// A name beside an address with a line break in it: a header more, were it written.
#[tokio::test]
async fn a_sender_s_name_with_a_line_break_sends_nothing() {
    let mailed = Mailed::start().await;
    let server = json!({
        "host": "127.0.0.1", "port": mailed.smtp.port().to_string(), "from": "shop@example.com",
        "fromDisplayName": "Shop\r\nBcc: thief@example.com",
    });
    let place = [("realm", mailed.realm.as_str())];
    let set = mailed.admin.send(
        "PUT /admin/realms/{realm}",
        &place,
        Some(json!({ "smtpServer": server })),
    );
    set.await.assert_done();
    let reply = mailed.send(ACTIONS, &[], Some(json!(["UPDATE_PASSWORD"]))).await;
    let told = "Failed to send execute actions email: The mail server's fromDisplayName is not usable.";
    reply.assert(500, &json!({ "errorMessage": told }));
    assert!(mailed.smtp.mails().is_empty(), "something was sent");
}

#[tokio::test]
async fn a_mail_server_that_does_not_take_it_is_told_without_its_secrets() {
    let mailed = Mailed::start().await;
    let failed = json!({
        "errorMessage": "Failed to send execute actions email: Error when attempting to send the email to the server. \
                         More information is available in the server log.",
    });
    mailed.smtp.refuse();
    mailed
        .send(ACTIONS, &[], Some(json!(["UPDATE_PASSWORD"])))
        .await
        .assert(500, &failed);
    mailed
        .send(VERIFY, &[], None)
        .await
        .assert(500, &json!({"errorMessage": "Failed to send verify email"}));
    let events = mailed.admin.server().seen.whats();
    assert!(
        format!("{:?}", events.last().unwrap()).starts_with("MailFailed"),
        "{events:?}"
    );
    // Nobody there, and no server at all.
    let nobody = json!({"smtpServer": {"host": "127.0.0.1", "port": "1", "from": "shop@example.com"}});
    mailed
        .send("PUT /admin/realms/{realm}", &[("user", "")], Some(nobody))
        .await
        .assert_done();
    mailed
        .send(ACTIONS, &[], Some(json!(["UPDATE_PASSWORD"])))
        .await
        .assert(500, &failed);
    let none = json!({"smtpServer": {}});
    mailed
        .send("PUT /admin/realms/{realm}", &[("user", "")], Some(none))
        .await
        .assert_done();
    let reply = mailed.send(ACTIONS, &[], Some(json!(["UPDATE_PASSWORD"]))).await;
    assert_eq!(reply.status, 500);
    let text = reply.body["errorMessage"].as_str().unwrap();
    assert!(
        text.starts_with(
            "Failed to send execute actions email: Invalid sender address 'null'. smtpServer.from is missing: "
        ),
        "{text}"
    );
}

/// The password of the mail server goes over a connection that somebody vouches for, or not at all.
#[tokio::test]
async fn a_mail_server_that_nobody_vouches_for_gets_no_password() {
    let mailed = Mailed::start().await;
    let tls = json!({"smtpServer": {
        "host": "localhost", "port": mailed.smtp.port().to_string(), "from": "shop@example.com", "starttls": "true",
        "auth": "true", "user": "mailer", "password": smtp::PASSWORD,
    }});
    mailed
        .send("PUT /admin/realms/{realm}", &[("user", "")], Some(tls))
        .await
        .assert_done();
    assert_eq!(mailed.send(VERIFY, &[], None).await.status, 500);
    assert!(
        !mailed.smtp.seen().contains("AUTH"),
        "the password went out: {}",
        mailed.smtp.seen()
    );
}

#[tokio::test]
async fn mails_are_written_in_the_persons_language() {
    let mailed = Mailed::start().await;
    let languages = json!({"internationalizationEnabled": true, "supportedLocales": ["de", "en"]});
    mailed
        .send("PUT /admin/realms/{realm}", &[("user", "")], Some(languages))
        .await
        .assert_done();
    let german = json!({"email": "alice@example.com", "attributes": {"locale": ["de"]}});
    mailed
        .send("PUT /admin/realms/{realm}/users/{user}", &[], Some(german))
        .await
        .assert_done();
    mailed.send(VERIFY, &[], None).await.assert_done();
    let mail = mailed.smtp.last();
    assert_eq!(
        mail.header("Subject").as_deref(),
        Some("The Shop: E-Mail-Adresse bestätigen")
    );
    assert!(mail.text.contains("öffnen Sie diesen Link"), "{mail:?}");
}

#[tokio::test]
async fn mails_ask_who_calls() {
    let mailed = Mailed::start().await;
    let path = [("realm", mailed.realm.as_str()), ("user", mailed.user.as_str())];
    let viewer = mailed.admin.as_user(&mailed.realm, &["view-users"]).await;
    let other = mailed.admin.realm().await;
    for (route, body) in [
        (
            "PUT /admin/realms/{realm}/users/{user}/execute-actions-email",
            Some(json!(["UPDATE_PASSWORD"])),
        ),
        ("PUT /admin/realms/{realm}/users/{user}/send-verify-email", None),
        ("PUT /admin/realms/{realm}/users/{user}/reset-password-email", None),
    ] {
        mailed
            .admin
            .assert_guarded(&mailed.realm, route, &path, body.clone())
            .await;
        assert_eq!(viewer.send(route, &path, body.clone()).await.status, 403, "{route}");
        let foreign = mailed.admin.send(route, &[("realm", &other), path[1]], body).await;
        foreign.assert(404, &json!({"error": "User not found"}));
    }
    assert!(mailed.smtp.mails().is_empty(), "something was sent");
}
