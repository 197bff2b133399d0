use keyward_domain::Timestamp;
use keyward_domain::event::What;
use keyward_domain::id::{EventId, SessionId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{StoredEvent, TABLE, names, view};
use crate::admin::events::types;

fn shown(what: &What) -> Value {
    let mut record = serde_json::to_value(what).unwrap();
    record["address"] = json!("127.0.0.1");
    let stored = StoredEvent {
        id: EventId(Uuid::nil()),
        at: Timestamp::from_millis(5),
        name: what.name().into(),
        record: record.to_string(),
    };
    serde_json::to_value(view(&stored, "r")).unwrap()
}

#[test]
fn every_type_of_the_table_is_one_of_keycloaks() {
    for line in &TABLE {
        assert!(!line.types.is_empty());
        assert!(line.types.iter().all(|name| types::is_known(name)), "{}", line.name);
    }
}

#[test]
fn a_failed_login_is_a_login_error() {
    let user_id = UserId(Uuid::from_u128(1));
    let failed = |reason| What::LoginFailed {
        user_id: Some(user_id),
        client: Some("shop-web".into()),
        reason,
    };
    assert_eq!(
        shown(&failed("locked")),
        json!({
            "id": "00000000-0000-0000-0000-000000000000", "time": 5, "type": "LOGIN_ERROR", "realmId": "r",
            "clientId": "shop-web", "userId": user_id, "ipAddress": "127.0.0.1",
            "error": "user_temporarily_disabled", "details": {"reason": "locked"},
        })
    );
    assert_eq!(shown(&failed("wrong_password"))["error"], "invalid_user_credentials");
    assert_eq!(shown(&failed("unknown_user"))["error"], "user_not_found");
}

#[test]
fn a_token_is_told_by_its_grant() {
    let issued = |grant_type| What::AccessTokenIssued {
        client: "c".into(),
        grant_type,
        jti: "j".into(),
        scope: "email".into(),
    };
    let code = shown(&issued("authorization_code"));
    assert_eq!(code["type"], "CODE_TO_TOKEN");
    assert_eq!(
        code["details"],
        json!({"grant_type": "authorization_code", "token_id": "j", "scope": "email"})
    );
    assert_eq!(shown(&issued("client_credentials"))["type"], "CLIENT_LOGIN");
    assert_eq!(shown(&issued("password")), Value::Null);
}

#[test]
fn refusals_have_the_type_of_their_grant() {
    for (reason, kind, error) in [
        ("Code not valid", "CODE_TO_TOKEN_ERROR", "invalid_code"),
        (
            "PKCE verification failed: Code mismatch",
            "CODE_TO_TOKEN_ERROR",
            "invalid_code_verifier",
        ),
        ("Invalid refresh token", "REFRESH_TOKEN_ERROR", "invalid_token"),
        ("Stale token", "REFRESH_TOKEN_ERROR", "invalid_token"),
        ("Account is not fully set up", "LOGIN_ERROR", "resolve_required_actions"),
        ("no service account", "CLIENT_LOGIN_ERROR", "invalid_client"),
    ] {
        let told = shown(&What::TokenRequestRefused {
            client: "c".into(),
            reason: reason.into(),
        });
        assert_eq!(
            (&told["type"], &told["error"]),
            (&json!(kind), &json!(error)),
            "{reason}"
        );
    }
}

#[test]
fn types_are_looked_up_by_names_of_ours() {
    assert_eq!(names(&["LOGOUT"]), ["logged_out"]);
    assert_eq!(names(&["LOGIN_ERROR"]).len(), 4);
    assert_eq!(names(&[]).len(), TABLE.len());
    assert!(names(&["REGISTER"]).is_empty());
    let logged_out = What::LoggedOut {
        user_id: UserId(Uuid::nil()),
        session: SessionId(Uuid::nil()),
    };
    assert_eq!(shown(&logged_out)["sessionId"], json!(Uuid::nil()));
}
