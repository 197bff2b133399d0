//! A person logs in to an application, and the application gets tokens (RFC 6749 §4.1, OIDC Core §3.1).

use serde_json::json;

use crate::support::browser::parameters;
use crate::support::jwt::claims;
use crate::support::person::{CALLBACK, authorize, code_of, spa};
use crate::support::{Browser, TestServer};

#[tokio::test]
async fn a_login_gives_a_code_and_the_code_gives_tokens() {
    let server = TestServer::start().await;
    server.create("front", spa()).await;
    let alice = server.person("alice").await;
    let mut browser = Browser::new(&server);
    let answer = browser.log_in("alice", &authorize("front", &[("nonce", "n-1")])).await;
    assert_eq!(answer.status, 303);
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?")), "{location}");
    let names: Vec<String> = parameters(location).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["state", "session_state", "iss", "code"]);
    let tokens = server.redeem("front", &code_of(&answer)).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    assert_eq!(tokens.header("cache-control"), Some("no-store"));
    let tokens = tokens.json();
    let id_token = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token["sub"], json!(alice.to_string()));
    assert_eq!(id_token["nonce"], json!("n-1"));
    assert_eq!(id_token["sid"], tokens["session_state"]);
}
