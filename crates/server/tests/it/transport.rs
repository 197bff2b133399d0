//! What arrived over TLS, and what did not: behind a proxy that is named by its address.

use keyward_server::Settings;

use crate::support::{DISCOVERY, Request, TOKEN, TestServer};

/// The proxy is the test itself.
fn behind_a_proxy(settings: &mut Settings) {
    settings.public_url = "https://id.example.com".into();
    settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
}

#[tokio::test]
async fn a_request_that_crossed_a_network_in_clear_is_refused() {
    let server = TestServer::start_with(behind_a_proxy).await;
    let form = [("grant_type", "client_credentials")];
    for proto in [None, Some("http"), Some(""), Some("https, http")] {
        let request = Request::post(TOKEN).basic(&server.service).form(&form);
        let request = match proto {
            None => request,
            Some(proto) => request.header("X-Forwarded-Proto", proto),
        };
        let answer = request.header("X-Forwarded-For", "203.0.113.9").send(&server).await;
        answer.assert_error(403, "invalid_request", "HTTPS required");
        assert_eq!(answer.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn what_came_over_tls_is_answered_and_stays_on_tls() {
    let server = TestServer::start_with(behind_a_proxy).await;
    let request = Request::get(DISCOVERY)
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-For", "203.0.113.9");
    let answer = request.send(&server).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.member("issuer"), "https://id.example.com/realms/demo");
    let hsts = answer.header("strict-transport-security");
    assert_eq!(hsts, Some("max-age=31536000; includeSubDomains"));
}

#[tokio::test]
async fn events_name_the_caller_and_not_the_proxy() {
    let server = TestServer::start_with(behind_a_proxy).await;
    let request = Request::post(TOKEN)
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-For", "6.6.6.6, 203.0.113.9")
        .basic(&server.service);
    let answer = request
        .form(&[("grant_type", "client_credentials")])
        .send(&server)
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(server.seen.last().address, Some("203.0.113.9".parse().unwrap()));
}
