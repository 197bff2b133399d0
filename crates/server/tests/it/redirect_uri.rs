//! Where an answer may go (RFC 9700 §4.1.3, RFC 8252 §7.3): refused addresses are shown and never followed.

use keyward_domain::client::{ApplicationType, ClientSettings};

use crate::support::browser::parameter;
use crate::support::person::{authorize, code_of, spa};
use crate::support::{Browser, Response, TestServer};

const REFUSED: &str = "This app sent you here the wrong way";

fn with(redirect_uris: &[&str]) -> ClientSettings {
    ClientSettings {
        redirect_uris: redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
        ..spa()
    }
}

async fn ask(server: &TestServer, client_id: &str, redirect_uri: &str) -> Response {
    // An answer that would be sent at once, if it were sent.
    let changes = [("redirect_uri", redirect_uri), ("prompt", "none")];
    Browser::new(server).get(&authorize(client_id, &changes)).await
}

/// The address is taken: the answer goes there.
async fn assert_taken(server: &TestServer, client_id: &str, redirect_uri: &str) {
    let answer = ask(server, client_id, redirect_uri).await;
    let location = answer
        .header("location")
        .unwrap_or_else(|| panic!("{redirect_uri}: {answer:?}"));
    let mark = if redirect_uri.contains('?') { '&' } else { '?' };
    assert!(
        location.starts_with(&format!("{redirect_uri}{mark}error=login_required&")),
        "{location}"
    );
}

/// It is not: a page without a link to it says so.
async fn assert_not_taken(server: &TestServer, client_id: &str, redirect_uri: &str) {
    let answer = ask(server, client_id, redirect_uri).await;
    assert_eq!(answer.status, 400, "{redirect_uri}: {answer:?}");
    answer.assert_page(400, REFUSED);
    for attribute in ["href=\"http", "action=", "src=", "http-equiv=\"refresh\""] {
        assert!(!answer.text().contains(attribute), "{redirect_uri}: {}", answer.text());
    }
}

#[tokio::test]
async fn the_whole_address_is_compared_character_by_character() {
    let server = TestServer::start().await;
    server
        .create("app", with(&["https://app.example.com/cb?tenant=1"]))
        .await;
    assert_taken(&server, "app", "https://app.example.com/cb?tenant=1").await;
    for other in [
        "https://app.example.com/cb",
        "https://app.example.com/cb?tenant=2",
        "https://app.example.com/cb?tenant=1&x=1",
        "https://app.example.com/cb?tenant=1#part",
        "https://app.example.com/cb/?tenant=1",
        "https://app.example.com/cb?tenant=%31",
        "https://app.example.com/%63b?tenant=1",
        "https://app.example.com//cb?tenant=1",
        "https://app.example.com/x/../cb?tenant=1",
        "https://app.example.com:443/cb?tenant=1",
        "https://APP.example.com/cb?tenant=1",
        "HTTPS://app.example.com/cb?tenant=1",
        "http://app.example.com/cb?tenant=1",
        "https://app.example.com./cb?tenant=1",
        "https://app.example.com/CB?tenant=1",
        " https://app.example.com/cb?tenant=1",
        "https://app.example.com/cb?tenant=1 ",
        "https://app.example.com/cb?tenant=1\r\nSet-Cookie: a=b",
    ] {
        assert_not_taken(&server, "app", other).await;
    }
}

#[tokio::test]
async fn known_tricks_lead_nowhere() {
    let server = TestServer::start().await;
    server.create("app", with(&["https://good.example.com/cb"])).await;
    let wild = ClientSettings {
        legacy_wildcard: true,
        ..with(&["https://good.example.com/app/*"])
    };
    server.create("wild", wild).await;
    assert_taken(&server, "wild", "https://good.example.com/app/").await;
    assert_taken(&server, "wild", "https://good.example.com/app/deep/page").await;
    assert_taken(&server, "wild", "https://good.example.com/app").await;
    for trick in [
        "//evil.example.com",
        "///evil.example.com",
        "https:evil.example.com",
        "https://evil.example.com",
        "https://evil.example.com/https://good.example.com/app/",
        "https://good.example.com.evil.example/app/",
        "https://good.example.com@evil.example.com/app/",
        "https://good.example.com:pw@evil.example.com/app/",
        "https://evil.example.com\\@good.example.com/app/",
        "https://evil.example.com\\.good.example.com/app/",
        "https://good.example.com\\evil",
        "https://good.example.com/app/..%2f..%2fevil",
        "https://good.example.com/app/%2e%2e/evil",
        "https://good.example.com/app/../evil",
        "https://good.example.com/app/./../evil",
        "https://good.example.com/app//evil.example.com",
        "https://good.example.com/app/\\evil.example.com",
        "https://good.example.com/app/;@evil.example.com",
        "https://good.example.com/app/%0d%0aLocation:%20https://evil.example.com",
        "https://good.example.com/app/%00",
        "https://good.example.com/app/#https://evil.example.com",
        "https://good.example.com/app*",
        "https://good.example.com/ap",
        "https://good.example.com/application/",
        "https://good\u{3002}example\u{3002}com/app/",
        "https://good.example.com\u{2044}app/",
        "https://good.example.com\u{ff0f}app/",
        "https://good.example.com\u{2025}/app/",
        "https://g\u{43e}od.example.com/app/",
        "javascript:alert(1)//https://good.example.com/app/",
        "data:text/html,x",
        "file:///etc/passwd",
        "blob:https://good.example.com/app/",
        "https://[::ffff:1.2.3.4]/app/",
        "/app/",
        "app/",
        "*",
        "null",
    ] {
        assert_not_taken(&server, "app", trick).await;
        assert_not_taken(&server, "wild", trick).await;
    }
}

#[tokio::test]
async fn a_loopback_address_may_have_any_port_and_nothing_else() {
    let server = TestServer::start().await;
    server
        .create(
            "cli",
            with(&["http://127.0.0.1:8000/cb", "http://[::1]/cb", "https://127.0.0.1/tls"]),
        )
        .await;
    for fine in [
        "http://127.0.0.1:8000/cb",
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1:65535/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:49152/cb",
        "https://127.0.0.1/tls",
    ] {
        assert_taken(&server, "cli", fine).await;
    }
    for other in [
        "https://127.0.0.1:8000/cb",
        "https://127.0.0.1:8443/tls",
        "http://localhost:8000/cb",
        "http://127.0.0.2:8000/cb",
        "http://127.1:8000/cb",
        "http://2130706433:8000/cb",
        "http://0x7f.0.0.1:8000/cb",
        "http://[::1]:8000/other",
        "http://[0:0:0:0:0:0:0:1]:8000/cb",
        "http://127.0.0.1:8000/cb?x=1",
        "http://127.0.0.1:8000/cb/",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:08000/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:80@evil.example.com/cb",
        "http://x@127.0.0.1:8000/cb",
        "http://127.0.0.1.evil.example.com:8000/cb",
    ] {
        assert_not_taken(&server, "cli", other).await;
    }
}

#[tokio::test]
async fn localhost_may_have_any_port_for_native_applications_only() {
    let server = TestServer::start().await;
    let registered = ["http://localhost:3000/cb"];
    server.create("web", with(&registered)).await;
    let native = ClientSettings {
        application_type: ApplicationType::Native,
        ..with(&registered)
    };
    server.create("native", native).await;
    assert_taken(&server, "web", "http://localhost:3000/cb").await;
    assert_not_taken(&server, "web", "http://localhost:3001/cb").await;
    assert_taken(&server, "native", "http://localhost:3001/cb").await;
    assert_not_taken(&server, "native", "http://127.0.0.1:3001/cb").await;
    assert_not_taken(&server, "native", "http://localhost.evil.example.com:3001/cb").await;
}

#[tokio::test]
async fn a_scheme_of_an_application_is_kept() {
    let server = TestServer::start().await;
    server.create("phone", with(&["com.example.app:/oauth/cb"])).await;
    assert_taken(&server, "phone", "com.example.app:/oauth/cb").await;
    for other in [
        "com.example.app://oauth/cb",
        "com.example.other:/oauth/cb",
        "COM.example.app:/oauth/cb",
    ] {
        assert_not_taken(&server, "phone", other).await;
    }
}

#[tokio::test]
async fn only_a_client_with_one_address_may_leave_it_out() {
    let server = TestServer::start().await;
    server.person("alice").await;
    server.create("one", with(&["https://app.example.com/callback"])).await;
    server
        .create("two", with(&["https://app.example.com/a", "https://app.example.com/b"]))
        .await;
    server.create("none", with(&[])).await;
    let wild = ClientSettings {
        legacy_wildcard: true,
        ..with(&["https://app.example.com/*"])
    };
    server.create("wild", wild).await;
    let left_out = [("redirect_uri", "")];
    for client_id in ["two", "none", "wild"] {
        let answer = Browser::new(&server).get(&authorize(client_id, &left_out)).await;
        answer.assert_page(400, REFUSED);
    }
    let answer = Browser::new(&server)
        .log_in("alice", &authorize("one", &left_out))
        .await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with("https://app.example.com/callback?"), "{location}");
    assert!(!code_of(&answer).is_empty());
}

#[tokio::test]
async fn the_query_of_an_address_is_kept() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let registered = "https://app.example.com/cb?tenant=a%20b&state=theirs";
    server.create("app", with(&[registered])).await;
    let url = authorize("app", &[("redirect_uri", registered)]);
    let answer = Browser::new(&server).log_in("alice", &url).await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{registered}&state=st+1")), "{location}");
    assert_eq!(parameter(location, "tenant").as_deref(), Some("a b"));
}

#[tokio::test]
async fn an_address_that_was_taken_off_the_list_meanwhile_gets_nothing() {
    let server = TestServer::start().await;
    server.person("alice").await;
    let app = server.create("app", with(&["https://app.example.com/callback"])).await;
    let mut browser = Browser::new(&server);
    let page = browser.get(&authorize("app", &[])).await;
    server
        .edit(&app, |client| {
            client.settings.redirect_uris = vec!["https://new.example.com/".into()];
        })
        .await;
    let answer = browser
        .submit(
            &page,
            &[("username", "alice"), ("password", crate::support::person::PASSWORD)],
        )
        .await;
    assert_eq!((answer.status, answer.header("location")), (400, None));
}
