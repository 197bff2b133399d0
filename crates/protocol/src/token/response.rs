//! Answers of the token endpoint.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A successful token response, its members in Keycloak's order. RFC 6749 §5.1
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TokenResponse<'a> {
    /// The access token.
    pub access_token: &'a str,
    /// Lifetime of the access token in seconds.
    pub expires_in: u64,
    /// Lifetime of the refresh token in seconds; 0 when there is none or it has no end.
    pub refresh_expires_in: u64,
    /// The refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<&'a str>,
    /// How the access token is used.
    pub token_type: TokenType,
    /// The ID token. OIDC Core §3.1.3.3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<&'a str>,
    /// Tokens issued before this instant are not accepted, in seconds of Unix time; 0 for none.
    #[serde(rename = "not-before-policy")]
    pub not_before_policy: u64,
    /// The browser session behind the tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_state: Option<&'a str>,
    /// What was granted, always said. RFC 6749 §3.3
    pub scope: &'a str,
    /// Further members (RFC 6749 §5.1), such as Keycloak's mappers write. One that is named as a field above, or as a
    /// member of an error, is left out.
    #[serde(flatten)]
    pub extra: Option<Members<'a>>,
}

/// Further members of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Members<'a>(pub &'a Map<String, Value>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::extra::serialize(self.0, is_reserved, serializer)
    }
}

fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "access_token"
            | "expires_in"
            | "refresh_expires_in"
            | "refresh_token"
            | "token_type"
            | "id_token"
            | "not-before-policy"
            | "session_state"
            | "scope"
            | "error"
            | "error_description"
            | "error_uri"
    )
}

impl fmt::Debug for TokenResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("token_type", &self.token_type)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// `token_type`, in the one spelling that is sent. RFC 6749 §7.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TokenType {
    /// RFC 6750 §4
    Bearer,
    /// RFC 9449 §5
    #[serde(rename = "DPoP")]
    Dpop,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MACHINE: TokenResponse<'_> = TokenResponse {
        access_token: "a.b.c",
        expires_in: 300,
        refresh_expires_in: 0,
        refresh_token: None,
        token_type: TokenType::Bearer,
        id_token: None,
        not_before_policy: 0,
        session_state: None,
        scope: "email profile",
        extra: None,
    };

    #[test]
    fn a_machines_answer_as_keycloak_sends_it() {
        assert_eq!(
            serde_json::to_string(&MACHINE).unwrap(),
            concat!(
                r#"{"access_token":"a.b.c","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer","#,
                r#""not-before-policy":0,"scope":"email profile"}"#
            )
        );
    }

    #[test]
    fn a_users_answer_as_keycloak_sends_it() {
        let answer = TokenResponse {
            refresh_expires_in: 1800,
            refresh_token: Some("r"),
            token_type: TokenType::Dpop,
            id_token: Some("i"),
            session_state: Some("s"),
            scope: "",
            ..MACHINE
        };
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            concat!(
                r#"{"access_token":"a.b.c","expires_in":300,"refresh_expires_in":1800,"refresh_token":"r","#,
                r#""token_type":"DPoP","id_token":"i","not-before-policy":0,"session_state":"s","scope":""}"#
            )
        );
    }

    #[test]
    fn a_further_member_cannot_replace_one_of_the_server() {
        let extra = json!({"shop": "corner", "access_token": "x", "scope": "all", "error": "x", "id_token": "x"});
        let extra = extra.as_object().unwrap();
        assert_eq!(
            serde_json::to_string(&TokenResponse {
                extra: Some(Members(extra)),
                ..MACHINE
            })
            .unwrap(),
            concat!(
                r#"{"access_token":"a.b.c","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer","#,
                r#""not-before-policy":0,"scope":"email profile","shop":"corner"}"#
            )
        );
    }

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{MACHINE:?}").contains("a.b.c"));
    }
}
