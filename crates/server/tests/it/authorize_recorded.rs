//! What Keycloak's authorization endpoint answered to mistakes, asked again here. Where the answer differs, the table
//! says so and why.

use keyward_domain::client::ClientSettings;

use crate::support::browser::parameters;
use crate::support::person::spa;
use crate::support::{Request, Response, TestServer, service};

/// A recorded exchange: what was asked, the status, and where the browser was sent.
struct Exchange {
    path: String,
    status: u16,
    location: Option<String>,
}

impl Exchange {
    fn read(name: &str) -> Self {
        let path = format!("{}/tests/fixtures/keycloak/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let (request, answer) = text.split_once("\nHTTP/1.1 ").unwrap();
        let path = request.split(' ').nth(1).unwrap();
        Self {
            path: path.replace("/realms/shop/", "/realms/demo/"),
            status: answer[..3].parse().unwrap(),
            location: answer
                .lines()
                .find_map(|line| line.strip_prefix("Location: "))
                .map(str::to_owned),
        }
    }

    async fn replay(&self, server: &TestServer) -> Response {
        let request = Request::get(&self.path).header("Accept", "text/html,application/xhtml+xml");
        request.send(server).await
    }
}

async fn shop() -> TestServer {
    let server = TestServer::start().await;
    let settings = || ClientSettings {
        redirect_uris: vec!["http://localhost:3000/cb".into()],
        ..spa()
    };
    server.create("shop-spa", settings()).await;
    let retired = server.create("shop-retired", settings()).await;
    server.edit(&retired, |client| client.enabled = false).await;
    server.create("shop-batch", service()).await;
    server.create("legacy-api", ClientSettings::default()).await;
    server
}

/// The address before its parameters, how they are separated, and the parameters in no order, ours as the issuer.
fn taken_apart(location: &str, issuer: &str) -> (String, Vec<(String, String)>) {
    let end = location.find(['?', '#']).unwrap() + 1;
    let mut found = parameters(location);
    for (name, value) in &mut found {
        if name == "iss" && value == "http://127.0.0.1:8280/realms/shop" {
            issuer.clone_into(value);
        }
    }
    found.sort();
    (location[..end].to_owned(), found)
}

#[tokio::test]
async fn redirects_say_what_keycloaks_say() {
    let server = shop().await;
    for name in [
        "auth-fragment-error",
        "error-auth-bad-response-mode",
        "error-auth-bad-response-type",
        "error-auth-implicit-off",
        "error-auth-no-pkce",
        "error-auth-no-response-type",
        "error-auth-pkce-plain",
        "error-auth-pkce-short",
        "error-auth-prompt-none-login-required",
    ] {
        let recorded = Exchange::read(name);
        let answer = recorded.replay(&server).await;
        assert_eq!(answer.status, recorded.status, "{name}");
        let ours = taken_apart(answer.header("location").unwrap(), &server.issuer());
        let theirs = taken_apart(&recorded.location.unwrap(), &server.issuer());
        assert_eq!(ours, theirs, "{name}");
    }
}

#[tokio::test]
async fn error_pages_have_keycloaks_status() {
    let server = shop().await;
    for (name, heading) in [
        ("error-auth-bearer-only-page", "This app has no sign-in"),
        ("error-auth-disabled-client-page", "This app is switched off"),
        ("error-auth-no-client-page", "This request has a mistake"),
        (
            "error-auth-redirect-uri-mismatch-page",
            "This app sent you here the wrong way",
        ),
        (
            "error-auth-service-account-client",
            "This app sent you here the wrong way",
        ),
        ("error-auth-unknown-client-page", "We don’t know this app"),
    ] {
        let recorded = Exchange::read(name);
        let answer = recorded.replay(&server).await;
        answer.assert_page(recorded.status, heading);
        assert_eq!(recorded.location, None, "{name}");
    }
}

#[tokio::test]
async fn where_openid_connect_says_otherwise_it_wins() {
    let server = shop().await;
    // OIDC Core §3.1.2.1: scopes that are not understood should be ignored.
    let recorded = Exchange::read("error-auth-bad-scope");
    assert!(recorded.location.as_deref().unwrap().contains("error=invalid_scope"));
    recorded.replay(&server).await.assert_login();
    // OIDC Core §3.1.2.6: the client is told that request objects are not supported.
    let recorded = Exchange::read("error-auth-request-object-garbage");
    assert_eq!((recorded.status, &recorded.location), (400, &None));
    let answer = recorded.replay(&server).await;
    assert_eq!(answer.status, 302);
    let (to, found) = taken_apart(answer.header("location").unwrap(), &server.issuer());
    assert_eq!(to, "http://localhost:3000/cb?");
    assert_eq!(found[0], ("error".into(), "request_not_supported".into()));
}
