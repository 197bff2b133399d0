//! Events of logins, as Keycloak 26.7 has them.

use keyward_domain::client::{ClientSettings, ConsentPolicy};
use keyward_domain::user::User;
use serde_json::{Value, json};

use super::outcome::Recorded;
use crate::support::person::{CALLBACK, PASSWORD, authorize, spa};
use crate::support::{Browser, Request, TOKEN};

async fn with_password(recorded: &Recorded, username: &str, password: &str) -> Value {
    let form = [
        ("grant_type", "password"),
        ("client_id", "direct"),
        ("username", username),
        ("password", password),
    ];
    Request::post(TOKEN).form(&form).send(recorded.server()).await.json()
}

async fn direct() -> Recorded {
    let recorded = Recorded::start().await;
    let settings = ClientSettings {
        direct_access_grants: true,
        ..spa()
    };
    recorded.server().create("direct", settings).await;
    recorded
}

/// The event of a password that an application showed and that was refused.
fn refused(user: Option<&str>, username: &str, error: &str) -> Value {
    let mut event = json!({
        "type": "LOGIN_ERROR", "clientId": "direct", "error": error,
        "details": {
            "auth_method": "openid-connect", "grant_type": "password", "client_auth_method": "client-secret",
            "username": username,
        },
    });
    if let Some(user) = user {
        event["userId"] = json!(user);
    }
    event
}

#[tokio::test]
async fn a_person_logs_in_at_the_form() {
    let recorded = Recorded::start().await;
    let mut browser = Browser::new(recorded.server());
    browser.code("alice", "front", &[]).await;
    let told = recorded.told_one().await;
    let sid = told["sessionId"].clone();
    let expected = |mode: &str| {
        json!({
            "type": "LOGIN", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {
                "auth_method": "openid-connect", "auth_type": "code", "response_type": "code",
                "redirect_uri": CALLBACK, "consent": "no_consent_required", "code_id": sid, "username": "alice",
                "response_mode": mode,
            },
        })
    };
    assert!(sid.is_string());
    assert_eq!(told, expected("query"));
    // To Keycloak a client's turn in a session that is there is a login, too.
    browser.get(&authorize("front", &[("response_mode", "fragment")])).await;
    assert_eq!(recorded.told_one().await, expected("fragment"));
    browser.get(&authorize("front", &[("prompt", "none")])).await;
    assert_eq!(recorded.told().await.len(), 1);
    Browser::new(recorded.server())
        .get(&authorize("front", &[("prompt", "none")]))
        .await;
    assert_eq!(recorded.told().await, [json!(null); 0]);
}

#[tokio::test]
async fn a_form_that_is_wrong() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let dora = server
        .person_with("dora", |user: &mut User| user.enabled = false)
        .await
        .to_string();
    let mut browser = Browser::new(server);
    let page = browser.get(&authorize("front", &[])).await;
    let long = "x".repeat(4_000);
    for (username, password, user, error, kept) in [
        (
            "alice",
            "wrong",
            Some(&recorded.alice),
            "invalid_user_credentials",
            "alice",
        ),
        ("nobody", "wrong", None, "user_not_found", "nobody"),
        ("dora", PASSWORD, Some(&dora), "user_disabled", "dora"),
        ("dora", "wrong", Some(&dora), "user_disabled", "dora"),
        // Whatever is typed, an event stays small.
        (long.as_str(), "wrong", None, "user_not_found", &long[..1000]),
    ] {
        browser
            .submit(&page, &[("username", username), ("password", password)])
            .await;
        let mut expected = json!({
            "type": "LOGIN_ERROR", "clientId": "front", "error": error,
            "details": {
                "auth_method": "openid-connect", "auth_type": "code", "redirect_uri": CALLBACK, "username": kept,
            },
        });
        if let Some(user) = user {
            expected["userId"] = json!(user);
        }
        assert_eq!(recorded.told_one().await, expected);
    }
    browser.forget_cookies();
    browser
        .submit(&page, &[("username", "alice"), ("password", PASSWORD)])
        .await;
    assert_eq!(
        recorded.told_one().await,
        json!({"type": "LOGIN_ERROR", "error": "cookie_not_found"})
    );
}

#[tokio::test]
async fn a_client_shows_a_password() {
    let recorded = direct().await;
    let tokens = with_password(&recorded, "alice", PASSWORD).await;
    let claims = |name: &str| crate::support::jwt::claims(tokens[name].as_str().unwrap());
    let sid = &claims("access_token")["sid"];
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "LOGIN", "clientId": "direct", "userId": recorded.alice, "sessionId": sid,
            "details": {
                "auth_method": "openid-connect", "token_id": claims("access_token")["jti"],
                "grant_type": "password", "refresh_token_type": "Refresh", "scope": tokens["scope"],
                "refresh_token_id": claims("refresh_token")["jti"], "client_auth_method": "client-secret",
                "username": "alice",
            },
        })
    );
    with_password(&recorded, "alice", "wrong").await;
    assert_eq!(
        recorded.told_one().await,
        refused(Some(&recorded.alice), "alice", "invalid_user_credentials")
    );
    with_password(&recorded, "nobody", "wrong").await;
    assert_eq!(recorded.told_one().await, refused(None, "nobody", "user_not_found"));
    recorded.server().disable("alice").await;
    with_password(&recorded, "alice", PASSWORD).await;
    assert_eq!(
        recorded.told_one().await,
        refused(Some(&recorded.alice), "alice", "user_disabled")
    );
}

#[tokio::test]
async fn a_client_that_may_not_show_passwords() {
    let recorded = Recorded::start().await;
    let form = [
        ("grant_type", "password"),
        ("client_id", "front"),
        ("username", "alice"),
        ("password", PASSWORD),
    ];
    Request::post(TOKEN).form(&form).send(recorded.server()).await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "LOGIN_ERROR", "clientId": "front", "error": "not_allowed",
            "details": {
                "reason": "Client not allowed for direct access grants", "auth_method": "oauth_credentials",
                "grant_type": "password", "client_auth_method": "client-secret",
            },
        })
    );
}

#[tokio::test]
async fn who_is_locked_out_stays_listed() {
    let recorded = direct().await;
    let protected = json!({"bruteForceProtected": true});
    recorded
        .admin
        .send("PUT /admin/realms/{realm}", &[("realm", "demo")], Some(protected))
        .await
        .assert_done();
    with_password(&recorded, "alice", "wrong").await;
    recorded.told().await;
    // The quick ones that follow lock alice out.
    with_password(&recorded, "alice", "wrong").await;
    let told = recorded.told().await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        told[0],
        refused(Some(&recorded.alice), "alice", "invalid_user_credentials")
    );
    let locked = &told[1];
    assert_eq!(
        (&locked["type"], &locked["userId"], locked.get("clientId")),
        (
            &json!("USER_DISABLED_BY_TEMPORARY_LOCKOUT"),
            &json!(recorded.alice),
            None
        )
    );
    assert_eq!(locked["details"]["reason"], "brute_force_attack detected");
    assert_eq!(locked["details"]["num_failures"], "2");
    assert_eq!(locked["details"]["not_before"].as_str().map(str::len), Some(19));
    for password in [PASSWORD, "wrong"] {
        with_password(&recorded, "alice", password).await;
        assert_eq!(
            recorded.told_one().await,
            refused(Some(&recorded.alice), "alice", "user_temporarily_disabled")
        );
    }
}

#[tokio::test]
async fn a_person_is_asked_for_consent() {
    let recorded = Recorded::start().await;
    let settings = ClientSettings {
        consent: ConsentPolicy::Remember,
        ..spa()
    };
    recorded.server().create("asking", settings).await;
    let mut browser = Browser::new(recorded.server());
    let page = browser.log_in("alice", &authorize("asking", &[])).await;
    // Nothing went out yet.
    assert_eq!(recorded.told().await, [json!(null); 0]);
    browser.submit(&page, &[("cancel", "cancel")]).await;
    let told = recorded.told_one().await;
    assert_eq!(
        told,
        json!({
            "type": "LOGIN_ERROR", "clientId": "asking", "userId": recorded.alice, "error": "rejected_by_user",
            "details": {
                "auth_method": "openid-connect", "response_type": "code", "redirect_uri": CALLBACK,
                "remember_me": "false", "code_id": told["details"]["code_id"], "response_mode": "query",
                "username": "alice",
            },
        })
    );
    let page = browser.get(&authorize("asking", &[])).await;
    browser.submit(&page, &[("accept", "accept")]).await;
    let told = recorded.told_one().await;
    assert_eq!(
        (&told["type"], &told["details"]["consent"], &told["details"]["username"]),
        (&json!("LOGIN"), &json!("consent_granted"), &json!("alice"))
    );
    browser.get(&authorize("asking", &[])).await;
    assert_eq!(recorded.told_one().await["details"]["consent"], "persistent_consent");
}

#[tokio::test]
async fn a_request_that_is_refused_before_anybody_logs_in() {
    let recorded = Recorded::start().await;
    let get = async |url: &str| {
        Browser::new(recorded.server()).get(url).await;
        recorded.told_one().await
    };
    assert_eq!(
        get(&authorize("nobody", &[])).await,
        json!({"type": "LOGIN_ERROR", "clientId": "nobody", "error": "client_not_found"})
    );
    assert_eq!(
        get(&authorize("front", &[("redirect_uri", "https://evil.example/")])).await,
        json!({
            "type": "LOGIN_ERROR", "clientId": "front", "error": "invalid_redirect_uri",
            "details": {"redirect_uri": "https://evil.example/"},
        })
    );
    assert_eq!(
        get(&authorize("front", &[("code_challenge_method", "nope")])).await,
        json!({
            "type": "LOGIN_ERROR", "clientId": "front", "error": "invalid_request",
            "details": {
                "reason": "Invalid parameter: code challenge method is not matching the configured one",
                "response_type": "code", "redirect_uri": CALLBACK, "response_mode": "query",
            },
        })
    );
    let told = get(&authorize("front", &[("client_id", "")])).await;
    assert_eq!(
        (&told["error"], told.get("clientId")),
        (&json!("invalid_request"), None)
    );
}
