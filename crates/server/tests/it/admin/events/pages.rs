//! Events of what people do with their sessions and passwords, as Keycloak 26.7 has them.

use keyward_domain::user::User;
use serde_json::json;

use super::outcome::Recorded;
use crate::support::browser::with_query;
use crate::support::person::{CALLBACK, PASSWORD, authorize};
use crate::support::tokens::text;
use crate::support::{ACCOUNT, Browser, LOGOUT};

const BYE: &str = "https://app.example.com/bye";

#[tokio::test]
async fn a_person_logs_out() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let mut browser = Browser::new(server);
    let code = browser.code("alice", "front", &[]).await;
    let tokens = server.redeem("front", &code).await.json();
    let told = recorded.told().await;
    let sid = told[0]["sessionId"].clone();
    browser.get(&with_query(LOGOUT, &[("id_token_hint", "forged")])).await;
    assert_eq!(
        recorded.told_one().await,
        json!({"type": "LOGOUT_ERROR", "error": "invalid_token", "details": {"reason": "Invalid IDToken"}})
    );
    let hint = ("id_token_hint", text(&tokens, "id_token"));
    let elsewhere = ("post_logout_redirect_uri", "https://evil.example/");
    browser.get(&with_query(LOGOUT, &[hint, elsewhere])).await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "LOGOUT_ERROR", "clientId": "front", "error": "invalid_redirect_uri",
            "details": {"redirect_uri": "https://evil.example/"},
        })
    );
    browser
        .get(&with_query(LOGOUT, &[hint, ("post_logout_redirect_uri", BYE)]))
        .await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "LOGOUT", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {"redirect_uri": BYE},
        })
    );
    // Asked by nobody: the page asks, and then the person has said so.
    browser.code("alice", "front", &[]).await;
    let sid = recorded.told_one().await["sessionId"].clone();
    let page = browser.get(LOGOUT).await;
    assert_eq!(recorded.told().await, [json!(null); 0]);
    browser.submit(&page, &[]).await;
    assert_eq!(
        recorded.told_one().await,
        json!({"type": "LOGOUT", "clientId": "account", "userId": recorded.alice, "sessionId": sid})
    );
}

#[tokio::test]
async fn a_person_sets_the_password_that_a_login_asks_for() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let asked = |user: &mut User| user.required_actions.push("UPDATE_PASSWORD".into());
    let bob = server.person_with("bob", asked).await.to_string();
    let mut browser = Browser::new(server);
    let page = browser.log_in("bob", &authorize("front", &[])).await;
    assert_eq!(recorded.told().await, [json!(null); 0]);
    let expected = |kind: &str, error: Option<&str>| {
        let mut event = json!({
            "type": kind, "clientId": "front", "userId": bob,
            "details": {
                "credential_type": "password", "auth_method": "openid-connect",
                "custom_required_action": "UPDATE_PASSWORD", "response_type": "code", "redirect_uri": CALLBACK,
                "response_mode": "query", "username": "bob",
            },
        });
        if let Some(error) = error {
            event["error"] = json!(error);
        }
        event
    };
    let new = ("password-new", "another correct horse");
    let page = browser
        .submit(&page, &[new, ("password-confirm", "something else")])
        .await;
    let error = Some("password_confirm_error");
    assert_eq!(
        recorded.told().await,
        [
            expected("UPDATE_CREDENTIAL_ERROR", error),
            expected("UPDATE_PASSWORD_ERROR", error)
        ]
    );
    let page = browser
        .submit(&page, &[("password-new", PASSWORD), ("password-confirm", PASSWORD)])
        .await;
    let error = Some("password_rejected");
    assert_eq!(
        recorded.told().await,
        [
            expected("UPDATE_CREDENTIAL_ERROR", error),
            expected("UPDATE_PASSWORD_ERROR", error)
        ]
    );
    browser.submit(&page, &[new, ("password-confirm", new.1)]).await;
    let told = recorded.told().await;
    assert_eq!(told[0]["type"], "LOGIN");
    assert_eq!(
        told[1..],
        [expected("UPDATE_CREDENTIAL", None), expected("UPDATE_PASSWORD", None)]
    );
}

#[tokio::test]
async fn a_person_looks_after_their_account() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let mut browser = Browser::new(server);
    browser.log_in("alice", ACCOUNT).await;
    let told = recorded.told_one().await;
    let sid = told["sessionId"].clone();
    let address = format!("{}/account", server.issuer());
    assert_eq!(
        told,
        json!({
            "type": "LOGIN", "clientId": "account", "userId": recorded.alice, "sessionId": sid,
            "details": {
                "auth_method": "openid-connect", "redirect_uri": address, "code_id": sid, "username": "alice",
            },
        })
    );
    Browser::new(server).code("alice", "front", &[]).await;
    let other = recorded.told_one().await["sessionId"].clone();
    let page = browser.get(ACCOUNT).await;
    browser.submit(&page, &[("end-session", other.as_str().unwrap())]).await;
    assert_eq!(
        recorded.told_one().await,
        json!({"type": "LOGOUT", "clientId": "account", "userId": recorded.alice, "sessionId": other})
    );
    let path = format!("{ACCOUNT}/password");
    let page = browser.get(&path).await;
    let hidden = crate::support::browser::Form::of(&page).hidden;
    let mut form: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (&**name, &**value)).collect();
    let new = "another correct horse";
    form.extend([("password", "wrong"), ("password-new", new), ("password-confirm", new)]);
    browser.post(&path, &form).await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "LOGIN_ERROR", "clientId": "account", "userId": recorded.alice,
            "error": "invalid_user_credentials",
            "details": {"auth_method": "openid-connect", "redirect_uri": address, "username": "alice"},
        })
    );
    form.retain(|(name, _)| *name != "password");
    form.push(("password", PASSWORD));
    browser.post(&path, &form).await;
    let told = recorded.told().await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        told[1],
        json!({
            "type": "UPDATE_PASSWORD", "clientId": "account", "userId": recorded.alice,
            "details": {
                "credential_type": "password", "auth_method": "openid-connect",
                "custom_required_action": "UPDATE_PASSWORD", "redirect_uri": address, "username": "alice",
            },
        })
    );
}

#[tokio::test]
async fn an_administrator_becomes_somebody() {
    let recorded = Recorded::start().await;
    let route = "POST /admin/realms/{realm}/users/{user}/impersonation";
    let path = [("realm", "demo"), ("user", recorded.alice.as_str())];
    assert_eq!(recorded.admin.send(route, &path, None).await.status, 200);
    let told = recorded.told_one().await;
    assert_eq!(
        told,
        json!({
            "type": "IMPERSONATE", "userId": recorded.alice, "sessionId": told["sessionId"],
            "details": {"impersonator_realm": "master", "impersonator": "admin"},
        })
    );
}
