//! What `keycloak-js` loads into hidden frames: the status of the session, and whether cookies reach a frame.

use keyward_jose::digest::{b64_encode, sha256};

use crate::support::browser::with_query;
use crate::support::person::spa;
use crate::support::{Request, Response, TestServer};

const IFRAME: &str = "/realms/demo/protocol/openid-connect/login-status-iframe.html";
const STEP_ONE: &str = "/realms/demo/protocol/openid-connect/3p-cookies/step1.html";
const STEP_TWO: &str = "/realms/demo/protocol/openid-connect/3p-cookies/step2.html";

fn script(page: &Response) -> &str {
    let (_, rest) = page.text().split_once("<script>").unwrap();
    rest.split_once("</script>").unwrap().0
}

#[tokio::test]
async fn the_pages_may_be_framed_and_run_their_own_script() {
    let server = TestServer::start().await;
    for (path, cache) in [(IFRAME, "no-cache"), (STEP_ONE, "no-store"), (STEP_TWO, "no-store")] {
        // As `keycloak-js` asks, and as a browser's frame does.
        let page = Request::get(&format!("{path}?version=1")).send(&server).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some(cache));
        assert_eq!(page.header("x-frame-options"), None);
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        let digest = b64_encode(&sha256(script(&page).as_bytes()));
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{digest}'; connect-src 'self'; base-uri 'none'; form-action 'none'"
        );
        assert_eq!(page.header("content-security-policy"), Some(&*policy));
        assert_eq!(page.text().matches("<script").count(), 1);
        assert_eq!(page.cookies_set(), Vec::<&str>::new());
    }
}

#[tokio::test]
async fn the_status_page_names_the_cookie_that_the_login_sets() {
    let server = TestServer::start().await;
    let page = Request::get(IFRAME).send(&server).await;
    assert!(page.text().contains("data-cookie=\"kw-state-demo\""), "{}", page.text());
    let server = TestServer::start_with(|settings| {
        settings.public_url = "https://id.example.com".into();
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let page = Request::get(IFRAME)
        .header("X-Forwarded-Proto", "https")
        .send(&server)
        .await;
    assert!(
        page.text().contains("data-cookie=\"__Host-kw-state-demo\""),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn only_an_origin_of_the_client_is_answered() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let retired = server.create("retired", spa()).await;
    server.edit(&retired, |client| client.enabled = false).await;
    let init = format!("{IFRAME}/init");
    let mine = "https://app.example.com";
    for (client_id, origin, status) in [
        ("front", mine, 204),
        ("front", server.public_url(), 204),
        ("front", "https://evil.example.com", 403),
        ("front", "https://app.example.com.evil.example", 403),
        ("front", "https://app.example.com/", 403),
        ("front", "http://app.example.com", 403),
        ("front", "HTTPS://APP.example.com", 403),
        ("front", "null", 403),
        ("front", "", 403),
        ("front", "*", 403),
        ("nobody", mine, 403),
        ("retired", mine, 403),
        ("", mine, 403),
    ] {
        let path = with_query(&init, &[("client_id", client_id), ("origin", origin)]);
        let answer = Request::get(&path).send(&server).await;
        assert_eq!((answer.status, answer.text()), (status, ""), "{client_id} {origin}");
        assert!(
            answer
                .headers
                .iter()
                .all(|(name, _)| !name.starts_with("access-control-"))
        );
    }
    assert_eq!(Request::get(&init).send(&server).await.status, 403);
}

#[tokio::test]
async fn nothing_of_a_realm_that_is_not_there() {
    let server = TestServer::start().await;
    let path = IFRAME.replace("/demo/", "/nowhere/");
    for path in [format!("{path}/init?client_id=front&origin=x"), path] {
        let answer = Request::get(&path).send(&server).await;
        // The page is the same for every realm: what it asks is refused.
        assert!(answer.status == 404 || !path.contains("/init"), "{answer:?}");
    }
}
