//! What a person lets an application have (OIDC Core §3.1.2.4).

use keyward_domain::Clock as _;
use keyward_domain::client::{ApplicationType, ClientSettings, ConsentPolicy};
use keyward_domain::event::What;
use keyward_domain::ports::Store as _;
use keyward_domain::ports::changes::Change;

use crate::support::browser::{Form, parameter, parameters};
use crate::support::person::{CALLBACK, PASSWORD, authorize, code_of, spa};
use crate::support::{ACCOUNT, Browser, Response, TestServer, jwt};

const ASKED: &str = "Allow Front access?";
const ACCEPT: [(&str, &str); 1] = [("accept", "accept")];
const CANCEL: [(&str, &str); 1] = [("cancel", "cancel")];

async fn started(consent: ConsentPolicy) -> TestServer {
    let server = TestServer::start().await;
    server.create("front", ClientSettings { consent, ..spa() }).await;
    server.person("alice").await;
    server
}

#[track_caller]
fn error_of(answer: &Response) -> Option<String> {
    parameter(answer.header("location").unwrap(), "error")
}

#[tokio::test]
async fn nobody_is_asked_for_an_application_of_the_operator() {
    let server = started(ConsentPolicy::None).await;
    let mut browser = Browser::new(&server);
    code_of(&browser.log_in("alice", &authorize("front", &[])).await);
    // Unless the application itself wants it.
    let page = browser.get(&authorize("front", &[("prompt", "consent")])).await;
    page.assert_page(200, ASKED);
    code_of(&browser.submit(&page, &ACCEPT).await);
    code_of(&browser.get(&authorize("front", &[])).await);
}

#[tokio::test]
async fn the_page_names_application_and_scopes() {
    let server = started(ConsentPolicy::Always).await;
    let page = Browser::new(&server)
        .log_in("alice", &authorize("front", &[("scope", "openid email orders:read")]))
        .await;
    page.assert_page(200, ASKED);
    let text = page.text();
    for part in [
        "Front wants to use your account at demo.",
        "See your email address <code>email</code>",
        "Recognise you when you sign in <code>openid</code>",
        "<code>orders:read</code>",
        "id=\"kc-login\" name=\"accept\"",
        "id=\"kc-cancel\" name=\"cancel\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for silent in ["basic", "acr", "web-origins", "profile"] {
        assert!(!text.contains(&format!("<code>{silent}</code>")), "{silent}");
    }
    assert!(!text.contains("Allow it only if you have just started it"));
}

#[tokio::test]
async fn an_application_on_the_device_is_warned_about() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let settings = ClientSettings {
        consent: ConsentPolicy::Always,
        application_type: ApplicationType::Native,
        redirect_uris: vec!["http://localhost:3000/cb".into()],
        ..spa()
    };
    server.create("cli", settings).await;
    let url = authorize("cli", &[("redirect_uri", "http://localhost:4000/cb")]);
    let page = Browser::new(&server).log_in("alice", &url).await;
    assert!(page.text().contains("Allow it only if you have just started it"));
}

#[tokio::test]
async fn always_means_each_time() {
    let server = started(ConsentPolicy::Always).await;
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    code_of(&browser.submit(&page, &ACCEPT).await);
    let page = browser.get(&authorize("front", &[])).await;
    page.assert_page(200, ASKED);
    let answer = browser.get(&authorize("front", &[("prompt", "none")])).await;
    assert_eq!(error_of(&answer).as_deref(), Some("consent_required"));
}

#[tokio::test]
async fn what_was_given_is_remembered_and_more_is_asked_for() {
    let server = started(ConsentPolicy::Remember).await;
    let mut browser = Browser::new(&server);
    let scope = |text| authorize("front", &[("scope", text)]);
    let silent = |text| authorize("front", &[("scope", text), ("prompt", "none")]);
    let page = browser.log_in("alice", &scope("openid email")).await;
    page.assert_page(200, ASKED);
    assert_eq!(
        error_of(&browser.get(&silent("openid email")).await).as_deref(),
        Some("consent_required")
    );
    code_of(&browser.submit(&page, &ACCEPT).await);
    for known in ["openid email", "openid", "email"] {
        code_of(&browser.get(&silent(known)).await);
    }
    assert_eq!(
        error_of(&browser.get(&silent("openid profile")).await).as_deref(),
        Some("consent_required")
    );
    let page = browser.get(&scope("openid profile")).await;
    page.assert_page(200, ASKED);
    code_of(&browser.submit(&page, &ACCEPT).await);
    code_of(&browser.get(&silent("openid profile email")).await);
    // In another browser too.
    let mut other = Browser::new(&server);
    code_of(&other.log_in("alice", &scope("openid profile email")).await);
    // For this person only.
    server.person("bob").await;
    let page = Browser::new(&server).log_in("bob", &scope("openid")).await;
    page.assert_page(200, ASKED);
    let given = |what: &What| matches!(what, What::ConsentGiven { .. });
    assert_eq!(server.seen.whats().iter().filter(|what| given(what)).count(), 2);
}

#[tokio::test]
async fn a_consent_taken_back_is_asked_for_again() {
    let server = started(ConsentPolicy::Remember).await;
    let alice = {
        let mut tx = server.outage.read().await.unwrap();
        tx.user_by_username(server.realm.id, "alice").await.unwrap().unwrap().id
    };
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    code_of(&browser.submit(&page, &ACCEPT).await);
    server
        .change(async |tx| {
            let given = tx.consents(alice).await.unwrap();
            assert_eq!(given.len(), 1);
            assert!(tx.delete_consent(alice, given[0].client).await.unwrap());
        })
        .await;
    browser.get(&authorize("front", &[])).await.assert_page(200, ASKED);
}

#[tokio::test]
async fn a_refusal_is_told_to_the_application() {
    let server = started(ConsentPolicy::Remember).await;
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    // Neither button is a refusal too; both are one as well.
    for fields in [&CANCEL[..], &[], &[CANCEL[0], ACCEPT[0]], &[("accept", "")]] {
        let answer = browser.submit(&page, fields).await;
        assert_eq!(answer.status, 303, "{fields:?}");
        let location = answer.header("location").unwrap();
        assert!(location.starts_with(&format!("{CALLBACK}?")));
        let expected = [
            ("error", "access_denied"),
            ("state", "st 1&=\u{fc}"),
            ("iss", &server.issuer()),
        ];
        assert_eq!(
            parameters(location),
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
    // Nothing is remembered of it, and the person is still logged in.
    browser.get(&authorize("front", &[])).await.assert_page(200, ASKED);
    assert!(
        server
            .seen
            .whats()
            .iter()
            .any(|what| matches!(what, What::ConsentDenied { .. }))
    );
}

#[tokio::test]
async fn the_form_of_one_browser_does_nothing_in_another() {
    let server = started(ConsentPolicy::Remember).await;
    server.person("mallory").await;
    let mut attacker = Browser::new(&server);
    let page = attacker.log_in("mallory", &authorize("front", &[])).await;
    page.assert_page(200, ASKED);
    let mut victim = Browser::new(&server);
    victim
        .submit(&page, &ACCEPT)
        .await
        .assert_page(400, "Your browser blocks cookies");
    let own = victim.log_in("alice", &authorize("front", &[])).await;
    own.assert_page(200, ASKED);
    victim
        .submit(&page, &ACCEPT)
        .await
        .assert_page(403, "We could not accept this form");
    attacker
        .submit(&own, &ACCEPT)
        .await
        .assert_page(403, "We could not accept this form");
}

#[tokio::test]
async fn who_agrees_must_be_who_was_asked() {
    let server = started(ConsentPolicy::Always).await;
    server.person("bob").await;
    let mut browser = Browser::new(&server);
    let alices = browser.log_in("alice", &authorize("front", &[])).await;
    alices.assert_page(200, ASKED);
    // Bob logs in in the same browser; Alice's page is still open in another tab.
    let page = browser.get(&authorize("front", &[("prompt", "login")])).await;
    let bobs = browser
        .submit(&page, &[("username", "bob"), ("password", PASSWORD)])
        .await;
    bobs.assert_page(200, ASKED);
    let answer = browser.submit(&alices, &ACCEPT).await;
    answer.assert_login();
    // Without a session nobody agrees either.
    let mut alone = browser.clone();
    alone.set_cookie("kw-session-demo", "x");
    alone.submit(&bobs, &ACCEPT).await.assert_login();
    code_of(&browser.submit(&bobs, &ACCEPT).await);
}

#[tokio::test]
async fn a_form_used_again_gives_nothing_but_a_new_code_to_the_same_application() {
    let server = started(ConsentPolicy::Always).await;
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    let first = code_of(&browser.submit(&page, &ACCEPT).await);
    let second = code_of(&browser.submit(&page, &ACCEPT).await);
    assert_ne!(first, second);
    // Not once the time for it is over, though the session goes on: the person logs in anew.
    server.wait(1_790).await;
    let other = browser.get(&authorize("front", &[])).await;
    code_of(&browser.submit(&other, &ACCEPT).await);
    server.wait(20).await;
    browser.submit(&page, &ACCEPT).await.assert_login();
}

#[tokio::test]
async fn the_steps_cannot_be_exchanged() {
    let server = started(ConsentPolicy::Always).await;
    let mut browser = Browser::new(&server);
    let login = browser.get(&authorize("front", &[])).await;
    // The login's form at the consent's address does not skip the login.
    let action = Form::of(&login).action.replace("/authenticate", "/consent");
    browser
        .post(&action, &ACCEPT)
        .await
        .assert_page(400, "This request has a mistake");
    let consent = browser
        .submit(&login, &[("username", "alice"), ("password", PASSWORD)])
        .await;
    let action = Form::of(&consent).action.replace("/consent", "/authenticate");
    let fields = [("username", "alice"), ("password", PASSWORD)];
    browser
        .post(&action, &fields)
        .await
        .assert_page(400, "This request has a mistake");
    // A GET of the address only shows it.
    browser.get(&Form::of(&consent).action).await.assert_page(200, ASKED);
    let accepted = format!("{}&accept=accept", Form::of(&consent).action);
    browser.get(&accepted).await.assert_page(200, ASKED);
}

#[tokio::test]
async fn a_person_switched_off_meanwhile_agrees_to_nothing() {
    let server = started(ConsentPolicy::Remember).await;
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    page.assert_page(200, ASKED);
    server
        .change(async |tx| {
            let mut user = tx.user_by_username(server.realm.id, "alice").await.unwrap().unwrap();
            user.enabled = false;
            tx.update_user(&user).await.unwrap();
            let change = Change::UserChanged { user: user.id };
            let until = server.clock.now().plus_secs(100);
            tx.append_change(server.realm.id, &change, until).await.unwrap();
        })
        .await;
    browser.submit(&page, &ACCEPT).await.assert_login();
    let mut tx = server.outage.read().await.unwrap();
    let alice = tx.user_by_username(server.realm.id, "alice").await.unwrap().unwrap();
    assert_eq!(tx.consents(alice.id).await.unwrap(), Vec::new());
}

#[tokio::test]
async fn a_client_changed_meanwhile_gets_nothing() {
    let server = TestServer::start().await;
    let settings = ClientSettings {
        consent: ConsentPolicy::Remember,
        ..spa()
    };
    let front = server.create("front", settings).await;
    server.person("alice").await;
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    server
        .edit(&front, |client| client.settings.standard_flow = false)
        .await;
    let answer = browser.submit(&page, &ACCEPT).await;
    answer.assert_page(400, "We don’t know this app");
}

#[tokio::test]
async fn claims_do_not_reach_around_what_was_agreed() {
    let server = started(ConsentPolicy::Remember).await;
    let claims = r#"{"userinfo":{"email":null,"family_name":null},"id_token":{"email":null,"family_name":null}}"#;
    let sneaky = [("scope", "openid"), ("claims", claims)];
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &sneaky)).await;
    let code = code_of(&browser.submit(&page, &ACCEPT).await);
    let tokens = server.redeem("front", &code).await.json();
    let id_token = jwt::claims(tokens["id_token"].as_str().unwrap());
    let userinfo = server.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
    for claim in ["email", "family_name"] {
        assert_eq!((id_token.get(claim), userinfo.get(claim)), (None, None), "{claim}");
    }
    // What was agreed to may be asked for one by one.
    let agreed = [("scope", "openid email"), ("claims", claims)];
    let page = browser.get(&authorize("front", &agreed)).await;
    let code = code_of(&browser.submit(&page, &ACCEPT).await);
    let tokens = server.redeem("front", &code).await.json();
    let id_token = jwt::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token["email"], "alice@example.com");
    assert_eq!(id_token.get("family_name"), None);
}

#[tokio::test]
async fn a_code_does_not_outlive_its_consent() {
    let server = started(ConsentPolicy::Remember).await;
    let mut browser = Browser::new(&server);
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    let code = code_of(&browser.submit(&page, &ACCEPT).await);
    let account = browser.get(ACCOUNT).await;
    browser
        .submit(&account, &[("revoke-consent", "front")])
        .await
        .assert_page(200, "Your account");
    server.redeem("front", &code).await.assert_error(
        400,
        "invalid_grant",
        "Client no longer has requested consent from user",
    );
}
