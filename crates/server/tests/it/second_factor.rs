//! The code of an authenticator app after the password (RFC 6238).

use keyward_domain::credential::{self, Otp};
use keyward_domain::id::{CredentialId, UserId};
use keyward_domain::{Clock as _, entropy};
use keyward_jose::HmacKey;
use keyward_jose::totp::{TotpAlgorithm, TotpParams};
use keyward_server::SystemEntropy;

use crate::support::person::{PASSWORD, authorize, code_of, spa};
use crate::support::{Browser, Response, SEALER, TestServer};

/// RFC 6238 appendix B, for HMAC-SHA-256.
const SECRET: &[u8; 32] = b"12345678901234567890123456789012";

const WRONG: &str = "That code did not work. Check it, or wait for the next one.";

async fn started() -> (TestServer, UserId) {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let alice = server.person("alice").await;
    add_device(&server, alice).await;
    (server, alice)
}

pub(crate) async fn add_device(server: &TestServer, user: UserId) {
    let id = CredentialId(entropy::uuid(&mut SystemEntropy));
    let binding = credential::otp_binding(server.realm.id, id);
    let otp = Otp {
        id,
        user,
        label: "phone".into(),
        params: TotpParams {
            algorithm: TotpAlgorithm::Sha256,
            ..TotpParams::default()
        },
        sealed: SEALER.seal(&binding, SECRET, [5; 12]).unwrap(),
        last_step: 0,
        created_at: server.clock.now(),
    };
    server.change(async |tx| tx.insert_otp(&otp).await.unwrap()).await;
}

/// The code that the app shows, `steps` from now (RFC 4226 §5.3).
pub(crate) fn shown(server: &TestServer, steps: i64) -> String {
    let step = server.clock.now().secs() / 30 + steps;
    let tag = HmacKey::new(SECRET).unwrap().sign(&step.to_be_bytes());
    let offset = usize::from(tag[31] & 15);
    let bytes: [u8; 4] = tag[offset..offset + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000)
}

async fn first_factor(browser: &mut Browser<'_>) -> Response {
    let page = browser.log_in("alice", &authorize("front", &[])).await;
    page.assert_page(200, "Enter your code");
    assert_eq!(
        page.cookies_set(),
        Vec::<&str>::new(),
        "no session before the last factor"
    );
    page
}

#[tokio::test]
async fn the_code_is_asked_for_after_the_password() {
    let (server, _) = started().await;
    let mut browser = Browser::new(&server);
    let page = first_factor(&mut browser).await;
    assert!(page.text().contains("id=\"otp\" name=\"otp\""));
    assert_eq!(browser.cookie("kw-session-demo"), None);
    let code = shown(&server, 0);
    // People read it in two halves.
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let answer = browser.submit(&page, &[("otp", &spaced)]).await;
    assert_eq!(server.redeem("front", &code_of(&answer)).await.status, 200);
}

#[tokio::test]
async fn a_wrong_code_is_told_and_leads_nowhere() {
    let (server, _) = started().await;
    let mut browser = Browser::new(&server);
    let mut page = first_factor(&mut browser).await;
    let right = shown(&server, 0);
    let other = shown(&server, 5);
    for wrong in [
        "",
        "0",
        "abcdef",
        &other,
        &right[..5],
        &format!("{right}0"),
        "０００００００",
    ] {
        page = browser.submit(&page, &[("otp", wrong)]).await;
        page.assert_page(200, "Enter your code");
        assert_eq!(page.input_error().as_deref(), Some(WRONG), "{wrong}");
        assert_eq!(page.cookies_set(), Vec::<&str>::new());
    }
    let answer = browser.submit(&page, &[("otp", &right)]).await;
    assert!(!code_of(&answer).is_empty());
}

#[tokio::test]
async fn the_password_cannot_be_left_out() {
    let (server, _) = started().await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("front", &[])).await;
    let code = shown(&server, 0);
    let answer = browser.submit(&page, &[("username", "alice"), ("otp", &code)]).await;
    answer.assert_login();
    let fields = [("username", "alice"), ("password", PASSWORD), ("otp", &*code)];
    browser.submit(&page, &fields).await.assert_page(200, "Enter your code");
}

#[tokio::test]
async fn a_code_works_once() {
    let (server, _) = started().await;
    let mut first = Browser::new(&server);
    let mut second = Browser::new(&server);
    let (page, other) = (first_factor(&mut first).await, first_factor(&mut second).await);
    let code = shown(&server, 0);
    code_of(&first.submit(&page, &[("otp", &code)]).await);
    for (browser, page) in [(&mut first, &page), (&mut second, &other)] {
        let answer = browser.submit(page, &[("otp", &code)]).await;
        assert_eq!(answer.input_error().as_deref(), Some(WRONG));
    }
    // Nor does one that was shown before it.
    let answer = second.submit(&other, &[("otp", &shown(&server, -1))]).await;
    assert_eq!(answer.input_error().as_deref(), Some(WRONG));
    server.wait(30).await;
    code_of(&second.submit(&other, &[("otp", &shown(&server, 0))]).await);
}

#[tokio::test]
async fn of_two_logins_with_one_code_at_once_one_succeeds() {
    let (server, _) = started().await;
    let mut first = Browser::new(&server);
    let mut second = Browser::new(&server);
    let (page, other) = (first_factor(&mut first).await, first_factor(&mut second).await);
    let code = shown(&server, 0);
    let fields = [("otp", &*code)];
    let (one, two) = tokio::join!(first.submit(&page, &fields), second.submit(&other, &fields));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 303]);
}

#[tokio::test]
async fn a_clock_may_be_one_step_off() {
    let (server, _) = started().await;
    for (steps, fine) in [(-2, false), (2, false), (-1, true), (1, true)] {
        let mut browser = Browser::new(&server);
        let page = first_factor(&mut browser).await;
        let answer = browser.submit(&page, &[("otp", &shown(&server, steps))]).await;
        assert_eq!(answer.status == 303, fine, "{steps}");
        server.wait(300).await;
    }
}

#[tokio::test]
async fn a_page_left_open_begins_with_the_password_again() {
    let (server, _) = started().await;
    let mut browser = Browser::new(&server);
    let page = first_factor(&mut browser).await;
    server.wait(1_801).await;
    let answer = browser.submit(&page, &[("otp", &shown(&server, 0))]).await;
    answer.assert_login();
    assert!(answer.notice().is_some());
}

#[tokio::test]
async fn an_account_switched_off_meanwhile_is_as_a_wrong_password() {
    let (server, alice) = started().await;
    let mut browser = Browser::new(&server);
    let page = first_factor(&mut browser).await;
    server
        .change(async |tx| {
            let mut user = tx.user(server.realm.id, alice).await.unwrap().unwrap();
            user.enabled = false;
            tx.update_user(&user).await.unwrap();
        })
        .await;
    let answer = browser.submit(&page, &[("otp", &shown(&server, 0))]).await;
    answer.assert_login();
    assert_eq!(answer.input_error().as_deref(), Some("Invalid username or password."));
}

#[tokio::test]
async fn a_password_set_meanwhile_ends_the_login() {
    let (server, alice) = started().await;
    let mut browser = Browser::new(&server);
    let page = first_factor(&mut browser).await;
    server.set_password(alice, "another password").await;
    let answer = browser.submit(&page, &[("otp", &shown(&server, 0))]).await;
    answer.assert_login();
    assert_eq!(answer.input_error().as_deref(), Some("Invalid username or password."));
}

#[tokio::test]
async fn guessing_codes_locks_the_account() {
    let (server, _) = started().await;
    server
        .edit_realm(|realm| {
            realm.settings.brute_force.protected = true;
            realm.settings.brute_force.failure_factor = 3;
            realm.settings.brute_force.quick_login_check_milli_seconds = 0;
        })
        .await;
    let mut browser = Browser::new(&server);
    let mut page = first_factor(&mut browser).await;
    let other = shown(&server, 5);
    for _ in 0..3 {
        page = browser.submit(&page, &[("otp", &other)]).await;
    }
    let answer = browser.submit(&page, &[("otp", &shown(&server, 0))]).await;
    assert_eq!(answer.input_error().as_deref(), Some(WRONG));
    server.wait(61).await;
    code_of(&browser.submit(&page, &[("otp", &shown(&server, 0))]).await);
}

#[tokio::test]
async fn guessing_codes_is_slow_where_nothing_else_locks() {
    let (server, _) = started().await;
    assert!(!server.realm.settings.brute_force.protected);
    let mut browser = Browser::new(&server);
    let mut page = first_factor(&mut browser).await;
    let right = shown(&server, 0);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..10 {
        page = browser.submit(&page, &[("otp", wrong)]).await;
        page.assert_page(200, "Enter your code");
    }
    let answer = browser.submit(&page, &[("otp", &right)]).await;
    answer.assert_page(200, "Enter your code");
    server.wait(60).await;
    code_of(&browser.submit(&answer, &[("otp", &shown(&server, 0))]).await);
}
