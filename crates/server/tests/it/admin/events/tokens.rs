//! Events of the endpoints that clients call, as Keycloak 26.7 has them.

use serde_json::{Value, json};

use super::outcome::Recorded;
use crate::support::person::{CALLBACK, VERIFIER, authorize, code_of};
use crate::support::tokens::text;
use crate::support::{Browser, Credentials, INTROSPECT, REVOKE, Request, TOKEN, jwt};

const BY_SECRET: &str = "client-secret";

fn id_of(tokens: &Value, name: &str) -> Value {
    jwt::claims(text(tokens, name))["jti"].clone()
}

/// A login whose own events nobody looks at.
async fn logged_in(recorded: &Recorded) -> (Value, Value) {
    let tokens = recorded.server().tokens("alice", "front", &[]).await;
    recorded.told().await;
    let sid = jwt::claims(text(&tokens, "access_token"))["sid"].clone();
    (tokens, sid)
}

#[tokio::test]
async fn a_client_gets_a_token_for_itself() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let answer = server.token(&server.service, &[("scope", "email")]).await.json();
    let claims = jwt::claims(text(&answer, "access_token"));
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "CLIENT_LOGIN", "clientId": "backend-service", "userId": claims["sub"],
            "details": {
                "token_id": claims["jti"], "grant_type": "client_credentials", "scope": answer["scope"],
                "client_auth_method": BY_SECRET, "username": "service-account-backend-service",
            },
        })
    );
}

#[tokio::test]
async fn a_client_that_cannot_prove_itself_is_told_of_by_the_grant_it_asked_for() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    for (client, grant, kind, error) in [
        (
            "backend-service",
            "client_credentials",
            "CLIENT_LOGIN_ERROR",
            "invalid_client_credentials",
        ),
        ("nobody", "client_credentials", "CLIENT_LOGIN_ERROR", "client_not_found"),
        (
            "backend-service",
            "authorization_code",
            "CODE_TO_TOKEN_ERROR",
            "invalid_client_credentials",
        ),
        (
            "backend-service",
            "refresh_token",
            "REFRESH_TOKEN_ERROR",
            "invalid_client_credentials",
        ),
        (
            "backend-service",
            "password",
            "LOGIN_ERROR",
            "invalid_client_credentials",
        ),
    ] {
        let form = [
            ("grant_type", grant),
            ("client_id", client),
            ("client_secret", "a-wrong-secret"),
        ];
        assert_eq!(Request::post(TOKEN).form(&form).send(server).await.status, 401);
        let told = recorded.told_one().await;
        assert_eq!(
            told,
            json!({"type": kind, "clientId": client, "error": error, "details": {"grant_type": grant}})
        );
    }
    Request::post(TOKEN)
        .form(&[("grant_type", "client_credentials")])
        .send(server)
        .await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "CLIENT_LOGIN_ERROR", "error": "client_not_found", "details": {"grant_type": "client_credentials"},
        })
    );
    server.token(&server.service, &[("scope", "nope")]).await;
    let told = recorded.told_one().await;
    assert_eq!(
        (&told["error"], &told["details"]["reason"]),
        (&json!("invalid_request"), &json!("Invalid scopes: nope"))
    );
}

#[tokio::test]
async fn a_code_gives_tokens_and_a_refresh_token_others() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let code = Browser::new(server).code("alice", "front", &[]).await;
    recorded.told().await;
    let tokens = server.redeem("front", &code).await.json();
    let sid = jwt::claims(text(&tokens, "access_token"))["sid"].clone();
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "CODE_TO_TOKEN", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {
                "token_id": id_of(&tokens, "access_token"), "grant_type": "authorization_code",
                "refresh_token_type": "Refresh", "scope": tokens["scope"],
                "refresh_token_id": id_of(&tokens, "refresh_token"), "code_id": sid,
                "client_auth_method": BY_SECRET,
            },
        })
    );
    server.wait(7).await;
    let next = server.refresh("front", text(&tokens, "refresh_token")).await.json();
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "REFRESH_TOKEN", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {
                "token_id": id_of(&next, "access_token"), "grant_type": "refresh_token",
                "refresh_token_type": "Refresh",
                "access_token_expiration_time": next["expires_in"].to_string(),
                "updated_refresh_token_id": id_of(&next, "refresh_token"), "scope": next["scope"],
                "age_of_refresh_token": "7", "refresh_token_id": id_of(&tokens, "refresh_token"),
                "refresh_token_sub": recorded.alice, "client_auth_method": BY_SECRET,
            },
        })
    );
}

#[tokio::test]
async fn a_code_that_gives_nothing() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let code = Browser::new(server).code("alice", "front", &[]).await;
    recorded.told().await;
    let ask = async |changes: &[(&str, &str)]| {
        let form = crate::support::tokens::redemption("front", &code, changes);
        assert_eq!(server.ask(None, &form).await.status, 400);
        recorded.told_one().await
    };
    let told = ask(&[("code_verifier", "")]).await;
    let sid = told["sessionId"].clone();
    assert_eq!(
        told,
        json!({
            "type": "CODE_TO_TOKEN_ERROR", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "error": "code_verifier_missing",
            "details": {
                "reason": "PKCE code verifier not specified", "grant_type": "authorization_code", "code_id": sid,
                "client_auth_method": BY_SECRET,
            },
        })
    );
    let other = "x".repeat(50);
    for (changes, error, reason) in [
        (
            ("code_verifier", other.as_str()),
            "pkce_verification_failed",
            json!("Code mismatch"),
        ),
        (
            ("redirect_uri", "https://app.example.com/other"),
            "invalid_redirect_uri",
            json!("Incorrect redirect_uri"),
        ),
    ] {
        let told = ask(&[changes]).await;
        assert_eq!((&told["error"], &told["details"]["reason"]), (&json!(error), &reason));
        assert_eq!(told["userId"], json!(recorded.alice));
    }
    let told = ask(&[("code", "unknown")]).await;
    assert_eq!(
        told,
        json!({
            "type": "CODE_TO_TOKEN_ERROR", "clientId": "front", "error": "invalid_code",
            "details": {"grant_type": "authorization_code", "client_auth_method": BY_SECRET},
        })
    );
    assert_eq!(
        ask(&[("code", "")]).await["details"]["reason"],
        "Missing parameter: code"
    );
    assert_eq!(server.redeem("front", &code).await.status, 200);
    recorded.told().await;
    // A second time: nobody knows who came.
    let told = ask(&[]).await;
    assert_eq!(
        (&told["error"], &told["sessionId"], told.get("userId")),
        (&json!("invalid_code"), &sid, None)
    );
}

#[tokio::test]
async fn a_refresh_token_that_gives_nothing() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let (tokens, sid) = logged_in(&recorded).await;
    server.refresh("front", "forged").await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "REFRESH_TOKEN_ERROR", "clientId": "front", "error": "invalid_token",
            "details": {
                "reason": "Invalid refresh token", "grant_type": "refresh_token", "client_auth_method": BY_SECRET,
            },
        })
    );
    let refresh_token = text(&tokens, "refresh_token");
    server.log_out(refresh_token).await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "LOGOUT", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {"client_auth_method": BY_SECRET},
        })
    );
    server.refresh("front", refresh_token).await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "REFRESH_TOKEN_ERROR", "clientId": "front", "sessionId": sid, "error": "invalid_token",
            "details": {
                "reason": "Session not active", "grant_type": "refresh_token", "refresh_token_type": "Refresh",
                "refresh_token_id": id_of(&tokens, "refresh_token"), "refresh_token_sub": recorded.alice,
                "client_auth_method": BY_SECRET,
            },
        })
    );
    // Nothing ends by it any more.
    server.log_out(refresh_token).await;
    assert_eq!(recorded.told().await, [json!(null); 0]);
    server.log_out("forged").await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "LOGOUT_ERROR", "clientId": "front", "error": "invalid_token",
            "details": {"reason": "Invalid refresh token", "client_auth_method": BY_SECRET},
        })
    );
}

#[tokio::test]
async fn a_client_asks_about_a_token() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let (tokens, sid) = logged_in(&recorded).await;
    let access_token = text(&tokens, "access_token");
    assert!(server.is_active(&server.api, access_token).await);
    let about = json!({
        "token_issued_for": "front", "token_id": id_of(&tokens, "access_token"), "token_type": "Bearer",
        "client_auth_method": BY_SECRET,
    });
    let active = json!({
        "type": "INTROSPECT_TOKEN", "clientId": "backend-api", "userId": recorded.alice, "sessionId": sid,
        "details": about,
    });
    assert_eq!(recorded.told_one().await, active);
    let refused = async |caller: &Credentials, token: &str| {
        assert!(!server.is_active(caller, token).await);
        let told = recorded.told_one().await;
        assert_eq!(
            (&told["type"], &told["error"]),
            (&json!("INTROSPECT_TOKEN_ERROR"), &json!("invalid_token"))
        );
        told["details"]["reason"].clone()
    };
    assert_eq!(
        refused(&server.service, access_token).await,
        "Client 'backend-service' is not in the token audience"
    );
    assert_eq!(refused(&server.api, "x").await, "Access token JWT check failed");
    server.disable("alice").await;
    assert_eq!(
        refused(&server.api, access_token).await,
        "Introspection access token for front client: JWT check failed"
    );
    for (form, status, detail) in [
        (
            &[("client_id", "front"), ("token", "x")][..],
            403,
            "Client not allowed.",
        ),
        (
            &[
                ("client_id", "backend-api"),
                ("client_secret", server.api.secret.as_str()),
            ],
            400,
            "Token not provided.",
        ),
    ] {
        assert_eq!(Request::post(INTROSPECT).form(form).send(server).await.status, status);
        let told = recorded.told_one().await;
        assert_eq!(
            (&told["error"], &told["details"]["detail"]),
            (&json!("invalid_request"), &json!(detail))
        );
    }
}

#[tokio::test]
async fn a_client_asks_who_the_person_is() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let (tokens, sid) = logged_in(&recorded).await;
    server.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "USER_INFO_REQUEST", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {
                "auth_method": "validate_access_token", "signature_required": "false", "username": "alice",
            },
        })
    );
    server.userinfo("x").await;
    assert_eq!(
        recorded.told_one().await,
        json!({
            "type": "USER_INFO_REQUEST_ERROR", "error": "invalid_token",
            "details": {"reason": "Token verification failed", "auth_method": "validate_access_token"},
        })
    );
    let machine = server.access_token(&server.service).await;
    recorded.told().await;
    server.userinfo(&machine).await;
    let told = recorded.told_one().await;
    assert_eq!(
        (&told["error"], &told["details"]["reason"]),
        (&json!("access_denied"), &json!("Missing openid scope"))
    );
}

#[tokio::test]
async fn a_client_gives_a_token_back() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let (tokens, sid) = logged_in(&recorded).await;
    let revoke = async |form: &[(&str, &str)]| {
        Request::post(REVOKE).form(form).send(server).await;
        recorded.told_one().await
    };
    let access_token = ("token", text(&tokens, "access_token"));
    let front = ("client_id", "front");
    let told = revoke(&[front, access_token]).await;
    assert_eq!(
        told,
        json!({
            "type": "REVOKE_GRANT", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {"token_id": id_of(&tokens, "access_token"), "client_auth_method": BY_SECRET},
        })
    );
    assert_eq!(
        revoke(&[front, ("token", text(&tokens, "refresh_token"))]).await,
        json!({
            "type": "REVOKE_GRANT", "clientId": "front", "userId": recorded.alice, "sessionId": sid,
            "details": {
                "refresh_token_type": "Refresh", "revoked_client": "front",
                "refresh_token_id": id_of(&tokens, "refresh_token"), "client_auth_method": BY_SECRET,
            },
        })
    );
    assert_eq!(revoke(&[front, ("token", "x")]).await["error"], "invalid_token");
    let told = revoke(&[front]).await;
    assert_eq!(told["error"], "invalid_request");
    let machine = server.access_token(&server.service).await;
    recorded.told().await;
    assert_eq!(
        revoke(&[front, ("token", &machine)]).await,
        json!({
            "type": "REVOKE_GRANT_ERROR", "clientId": "front", "error": "invalid_request",
            "details": {"reason": "Unmatching clients", "client_auth_method": BY_SECRET},
        })
    );
}

/// Whatever is sent, wherever it is sent: what could be used stands in no event.
#[tokio::test]
async fn no_secret_stands_in_an_event() {
    let recorded = Recorded::start().await;
    let server = recorded.server();
    let mut browser = Browser::new(server);
    let page = browser.get(&authorize("front", &[])).await;
    let typed = "a-mistyped-password";
    browser
        .submit(&page, &[("username", "alice"), ("password", typed)])
        .await;
    let answer = browser.log_in("alice", &authorize("front", &[])).await;
    let code = code_of(&answer);
    let tokens = server.redeem("front", &code).await.json();
    server.redeem("front", &code).await;
    let fresh = server.tokens("alice", "front", &[]).await;
    let (access, refresh) = (text(&fresh, "access_token"), text(&fresh, "refresh_token"));
    server.userinfo(access).await;
    server.introspect(&server.api, access).await;
    server.introspect(&server.api, refresh).await;
    server.introspect(&server.service, refresh).await;
    server.refresh("front", refresh).await;
    Request::post(REVOKE)
        .form(&[("client_id", "front"), ("token", access)])
        .send(server)
        .await;
    Request::post(REVOKE)
        .form(&[("client_id", "front"), ("token", refresh)])
        .send(server)
        .await;
    server.log_out(refresh).await;
    server.token(&server.service, &[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "backend-service"),
        ("client_secret", "a-wrong-secret"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", CALLBACK),
    ];
    Request::post(TOKEN).form(&form).send(server).await;
    let told = json!(recorded.told().await).to_string();
    let secrets = [
        typed,
        &code,
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
        text(&tokens, "id_token"),
        access,
        refresh,
        "a-wrong-secret",
        VERIFIER,
        &server.service.secret,
        &server.api.secret,
    ];
    for secret in secrets {
        assert!(!told.contains(secret), "{secret} is in {told}");
    }
}
