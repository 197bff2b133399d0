//! Our audit events as Keycloak's event types: the one table between the two, read both ways.

use keyward_domain::ports::audit::StoredEvent;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// An event of ours, and the types that it may be one of. The record decides which.
struct Line {
    name: &'static str,
    types: &'static [&'static str],
}

const fn line(name: &'static str, types: &'static [&'static str]) -> Line {
    Line { name, types }
}

/// What stands in no line is nobody's event in Keycloak: keys, what commands make, warnings of our own.
const TABLE: [Line; 23] = [
    line(
        "access_token_issued",
        &["CODE_TO_TOKEN", "REFRESH_TOKEN", "CLIENT_LOGIN"],
    ),
    line(
        "token_request_refused",
        &[
            "CODE_TO_TOKEN_ERROR",
            "REFRESH_TOKEN_ERROR",
            "CLIENT_LOGIN_ERROR",
            "LOGIN_ERROR",
        ],
    ),
    line("client_authentication_failed", &["CLIENT_LOGIN_ERROR"]),
    line("client_authentication_throttled", &["CLIENT_LOGIN_ERROR"]),
    line("token_introspected", &["INTROSPECT_TOKEN"]),
    line("token_revoked", &["REVOKE_GRANT"]),
    line("token_revocation_refused", &["REVOKE_GRANT_ERROR"]),
    line("authorization_code_replayed", &["CODE_TO_TOKEN_ERROR"]),
    line("refresh_token_reused", &["REFRESH_TOKEN_ERROR"]),
    line("authorization_refused", &["LOGIN_ERROR"]),
    line("logged_in", &["LOGIN"]),
    line("login_failed", &["LOGIN_ERROR"]),
    line(
        "login_locked",
        &[
            "USER_DISABLED_BY_TEMPORARY_LOCKOUT",
            "USER_DISABLED_BY_PERMANENT_LOCKOUT",
        ],
    ),
    line("logged_out", &["LOGOUT"]),
    line("consent_given", &["GRANT_CONSENT"]),
    line("consent_denied", &["LOGIN_ERROR"]),
    line("consent_revoked", &["REVOKE_GRANT"]),
    line("password_changed", &["UPDATE_PASSWORD"]),
    line("second_factor_added", &["UPDATE_TOTP"]),
    line("mail_sent", &["SEND_VERIFY_EMAIL", "EXECUTE_ACTIONS"]),
    line("mail_failed", &["SEND_VERIFY_EMAIL_ERROR", "EXECUTE_ACTIONS_ERROR"]),
    line("email_verified", &["VERIFY_EMAIL"]),
    line("impersonated", &["IMPERSONATE"]),
];

/// An event as it goes out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventView {
    id: String,
    time: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    realm_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    details: Map<String, Value>,
}

impl EventView {
    /// One of Keycloak's types.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }
}

/// The names of ours that these types may stand for; of all when none is named.
pub(crate) fn names(types: &[&str]) -> Vec<String> {
    let wanted = |line: &&Line| types.is_empty() || line.types.iter().any(|its| types.contains(its));
    TABLE.iter().filter(wanted).map(|line| line.name.to_owned()).collect()
}

/// An event of ours in Keycloak's words; `None` for one that is no event there.
pub(crate) fn view(stored: &StoredEvent, realm_id: &str) -> Option<EventView> {
    let record: Map<String, Value> = serde_json::from_str(&stored.record).ok()?;
    let line = TABLE.iter().find(|line| line.name == stored.name)?;
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    let (kind, error) = judge(line, &text, &record)?;
    Some(EventView {
        id: stored.id.to_string(),
        time: stored.at.millis(),
        kind,
        realm_id: realm_id.to_owned(),
        client_id: text("client").map(str::to_owned),
        user_id: text("user_id").map(str::to_owned),
        session_id: text("session").map(str::to_owned),
        ip_address: text("address").map(str::to_owned),
        error,
        details: details(&record),
    })
}

/// Type and error (Keycloak's `Errors`).
fn judge<'r>(
    line: &Line,
    text: &impl Fn(&str) -> Option<&'r str>,
    record: &Map<String, Value>,
) -> Option<(&'static str, Option<&'static str>)> {
    let only = line.types.first().copied()?;
    Some(match line.name {
        "access_token_issued" => match text("grant_type")? {
            "authorization_code" => ("CODE_TO_TOKEN", None),
            "refresh_token" => ("REFRESH_TOKEN", None),
            "client_credentials" => ("CLIENT_LOGIN", None),
            // The login itself tells of it.
            _ => return None,
        },
        "token_request_refused" => refused(text("reason").unwrap_or_default()),
        "client_authentication_failed" => match text("client") {
            Some(_) => (only, Some("invalid_client_credentials")),
            None => (only, Some("client_not_found")),
        },
        "client_authentication_throttled" => (only, Some("slow_down")),
        "token_revocation_refused" | "refresh_token_reused" => (only, Some("invalid_token")),
        "authorization_code_replayed" => (only, Some("invalid_code")),
        "authorization_refused" => (only, Some("invalid_request")),
        "login_failed" => {
            let error = match text("reason").unwrap_or_default() {
                "unknown_user" => "user_not_found",
                "disabled" => "user_disabled",
                "locked" => "user_temporarily_disabled",
                _ => "invalid_user_credentials",
            };
            (only, Some(error))
        }
        "login_locked" if record.get("permanently") == Some(&Value::Bool(true)) => {
            ("USER_DISABLED_BY_PERMANENT_LOCKOUT", None)
        }
        "consent_denied" => (only, Some("rejected_by_user")),
        "mail_sent" if text("actions") != Some("VERIFY_EMAIL") => ("EXECUTE_ACTIONS", None),
        "mail_failed" if text("actions") != Some("VERIFY_EMAIL") => {
            ("EXECUTE_ACTIONS_ERROR", Some("email_send_failed"))
        }
        "mail_failed" => (only, Some("email_send_failed")),
        _ => (only, None),
    })
}

/// What the token endpoint refused, by the words that our record has of it.
fn refused(reason: &str) -> (&'static str, Option<&'static str>) {
    let has = |part: &str| reason.contains(part);
    let (kind, error) = if has("ode verifier") || has("PKCE") {
        ("CODE_TO_TOKEN_ERROR", "invalid_code_verifier")
    } else if has("Incorrect redirect_uri") {
        ("CODE_TO_TOKEN_ERROR", "invalid_redirect_uri")
    } else if has("Code is expired") {
        ("CODE_TO_TOKEN_ERROR", "expired_code")
    } else if has("Code not valid") || has("clientSession") {
        ("CODE_TO_TOKEN_ERROR", "invalid_code")
    } else if has("consent from user") {
        ("CODE_TO_TOKEN_ERROR", "not_allowed")
    } else if has("refresh token") || has("Token is not active") || has("Stale token") || has("Offline session") {
        ("REFRESH_TOKEN_ERROR", "invalid_token")
    } else if has("Session not active") {
        ("REFRESH_TOKEN_ERROR", "user_session_not_found")
    } else if has("User disabled") {
        ("REFRESH_TOKEN_ERROR", "user_disabled")
    } else if has("direct access grants") || has("requires user consent") {
        ("LOGIN_ERROR", "not_allowed")
    } else if has("Missing parameter: username") {
        ("LOGIN_ERROR", "username_missing")
    } else if has("Invalid user credentials") {
        ("LOGIN_ERROR", "invalid_user_credentials")
    } else if has("Account disabled") {
        ("LOGIN_ERROR", "user_disabled")
    } else if has("fully set up") {
        ("LOGIN_ERROR", "resolve_required_actions")
    } else {
        ("CLIENT_LOGIN_ERROR", "invalid_client")
    };
    (kind, Some(error))
}

/// The members of our record that Keycloak has as details.
fn details(record: &Map<String, Value>) -> Map<String, Value> {
    let names = [
        ("grant_type", "grant_type"),
        ("jti", "token_id"),
        ("scope", "scope"),
        ("reason", "reason"),
        ("actions", "action"),
        ("by_realm", "impersonator_realm"),
        ("by_user", "impersonator"),
    ];
    names
        .into_iter()
        .filter_map(|(ours, theirs)| Some((theirs.to_owned(), json!(record.get(ours)?.as_str()?))))
        .collect()
}

#[cfg(test)]
mod tests;
