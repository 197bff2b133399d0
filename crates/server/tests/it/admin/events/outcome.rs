//! What a test looks at: the events of the realm `demo`, which records every type.

use serde_json::{Value, json};

use super::{CLEAR, EVENTS, on};
use crate::admin::support::Admin;
use crate::support::TestServer;
use crate::support::person::spa;

/// What Keycloak records, and the types that it records only where a realm names them.
const TYPES: [&str; 30] = [
    "LOGIN",
    "LOGIN_ERROR",
    "LOGOUT",
    "LOGOUT_ERROR",
    "CODE_TO_TOKEN",
    "CODE_TO_TOKEN_ERROR",
    "CLIENT_LOGIN",
    "CLIENT_LOGIN_ERROR",
    "UPDATE_PASSWORD",
    "UPDATE_PASSWORD_ERROR",
    "UPDATE_CREDENTIAL",
    "UPDATE_CREDENTIAL_ERROR",
    "VERIFY_EMAIL",
    "VERIFY_EMAIL_ERROR",
    "SEND_VERIFY_EMAIL",
    "SEND_VERIFY_EMAIL_ERROR",
    "REVOKE_GRANT",
    "REVOKE_GRANT_ERROR",
    "IMPERSONATE",
    "IMPERSONATE_ERROR",
    "USER_DISABLED_BY_TEMPORARY_LOCKOUT",
    "USER_DISABLED_BY_TEMPORARY_LOCKOUT_ERROR",
    "USER_DISABLED_BY_PERMANENT_LOCKOUT",
    "USER_DISABLED_BY_PERMANENT_LOCKOUT_ERROR",
    "REFRESH_TOKEN",
    "REFRESH_TOKEN_ERROR",
    "INTROSPECT_TOKEN",
    "INTROSPECT_TOKEN_ERROR",
    "USER_INFO_REQUEST",
    "USER_INFO_REQUEST_ERROR",
];

/// The realm `demo` with the application `front` and alice, and an administrator who reads.
pub(super) struct Recorded {
    pub(super) admin: Admin,
    pub(super) alice: String,
}

impl Recorded {
    pub(super) async fn start() -> Self {
        let admin = Admin::start().await;
        let server = admin.server();
        server.create("front", spa()).await;
        let alice = server.person("alice").await.to_string();
        on(
            &admin,
            "demo",
            json!({"eventsEnabled": true, "enabledEventTypes": TYPES.as_slice()}),
        )
        .await;
        Self { admin, alice }
    }

    pub(super) fn server(&self) -> &TestServer {
        self.admin.server()
    }

    /// The events since this was asked last, by their types, without what every event has.
    pub(super) async fn told(&self) -> Vec<Value> {
        let path = [("realm", "demo")];
        let list = self.admin.send(EVENTS, &path, None).await;
        assert_eq!(list.status, 200, "{list:?}");
        self.admin.send(CLEAR, &path, None).await.assert_done();
        let mut events = list.body.as_array().unwrap().clone();
        for event in &mut events {
            let members = event.as_object_mut().unwrap();
            assert_eq!(members.remove("ipAddress"), Some(json!("127.0.0.1")));
            for name in ["id", "time", "realmId"] {
                assert!(members.remove(name).is_some(), "{name}");
            }
        }
        events.sort_by_key(|event| event["type"].to_string());
        events
    }

    /// The only event since.
    pub(super) async fn told_one(&self) -> Value {
        let mut events = self.told().await;
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }
}
