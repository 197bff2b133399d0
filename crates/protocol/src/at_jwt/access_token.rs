//! The claims of an access token on the way in.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The claims of an access token of ours as read back, in the same order; what is not known here is kept beside.
///
/// Reading says nothing about signature, issuer, audience or time. RFC 9068 §2.2
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// When it expires, in seconds of Unix time. RFC 7519 §4.1.4
    pub exp: u64,
    /// When it was issued, in seconds of Unix time. RFC 7519 §4.1.6
    pub iat: u64,
    /// When the user logged in, in seconds of Unix time. OIDC Core §2
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<u64>,
    /// Its identifier. RFC 7519 §4.1.7
    pub jti: String,
    /// The issuer. RFC 7519 §4.1.1
    pub iss: String,
    /// Whom it is for; may be empty. RFC 7519 §4.1.3
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "crate::one_or_many")]
    pub aud: Vec<String>,
    /// The subject; Keycloak's lightweight tokens may have none. RFC 7519 §4.1.2
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Keycloak's kind of token, `Bearer` or `DPoP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// The client that asked for it. OIDC Core §2
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azp: Option<String>,
    /// The request's `nonce`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The login session behind it. OIDC Front-Channel Logout §3
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// How the subject logged in. RFC 9068 §2.2.1
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// The client's web origins.
    #[serde(rename = "allowed-origins", default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
    /// Roles in the realm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm_access: Option<Roles>,
    /// Roles by client.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resource_access: BTreeMap<String, Roles>,
    /// The granted scope. RFC 9068 §2.2.3
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The client that asked for it. RFC 9068 §2.2
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// OIDC Core §5.1
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<Value>,
    /// OIDC Core §5.1
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Value>,
    /// OIDC Core §5.1
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<Value>,
    /// Every other claim, without those that only an introspection answer says: `active`, `username` and
    /// `token_type`. RFC 7662 §2.2
    #[serde(flatten, deserialize_with = "other_claims")]
    pub other: Map<String, Value>,
}

/// Names of roles, as `realm_access` and `resource_access` hold them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// The names.
    #[serde(default)]
    pub roles: Vec<String>,
}

fn other_claims<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    let mut other = Map::deserialize(deserializer)?;
    for name in ["active", "username", "token_type"] {
        other.remove(name);
    }
    Ok(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::{AccessTokenClaims, ClientRoles};
    use super::*;

    fn read(text: &str) -> serde_json::Result<AccessToken> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_token_that_keycloak_issued() {
        let token = read(
            r#"{"exp":1795478607,"iat":1795478007,"jti":"trrtcc:3e9ebdae-9530-ff1c-ab82-4245996a1440",
            "iss":"http://127.0.0.1:8280/realms/shop","aud":["orders-api","https://billing.example.com","account"],
            "sub":"be10b888-db56-4655-9b44-80bdb8140597","typ":"Bearer","azp":"shop-worker","acr":"1",
            "realm_access":{"roles":["clerk","customer"]},"resource_access":{"orders-api":{"roles":["orders.write"]}},
            "scope":"email profile orders:write","features":{"beta":true},"email_verified":false,
            "clientHost":"127.0.0.1","amr":[],"preferred_username":"service-account-shop-worker",
            "clientAddress":"127.0.0.1","client_id":"shop-worker"}"#,
        )
        .unwrap();
        assert_eq!(token.aud, ["orders-api", "https://billing.example.com", "account"]);
        assert_eq!(token.realm_access.unwrap().roles, ["clerk", "customer"]);
        assert_eq!(token.resource_access["orders-api"].roles, ["orders.write"]);
        assert_eq!(
            token.other.keys().collect::<Vec<_>>(),
            ["amr", "clientAddress", "clientHost", "features"]
        );
    }

    #[test]
    fn a_lightweight_token() {
        let token = read(r#"{"exp":2,"iat":1,"jti":"j","iss":"i","typ":"Bearer","azp":"c","scope":"email"}"#).unwrap();
        assert_eq!((token.aud.len(), token.sub, token.client_id), (0, None, None));
    }

    #[test]
    fn one_audience_is_a_string() {
        let text = r#"{"exp":2,"iat":1,"jti":"j","iss":"i","aud":"backend-api"}"#;
        let token = read(text).unwrap();
        assert_eq!(token.aud, ["backend-api"]);
        assert_eq!(serde_json::to_string(&token).unwrap(), text);
    }

    #[test]
    fn what_was_issued_reads_back_and_echoes_byte_for_byte() {
        let extra = Map::from_iter([("features".to_owned(), json!({"beta": true}))]);
        let issued = serde_json::to_string(&AccessTokenClaims {
            exp: 2,
            iat: 1,
            auth_time: Some(1),
            jti: "j",
            iss: "i",
            aud: &["a", "b"],
            sub: "s",
            typ: "Bearer",
            azp: "c",
            nonce: Some("n"),
            sid: Some("x"),
            acr: Some("1"),
            allowed_origins: &["o"],
            realm_access: &["r"],
            resource_access: &[ClientRoles {
                client_id: "c",
                roles: &["r"],
            }],
            scope: "openid",
            client_id: "c",
            preferred_username: Some(&json!("u")),
            email: Some(&json!("e")),
            email_verified: Some(&json!(true)),
            extra: &extra,
        })
        .unwrap();
        assert_eq!(serde_json::to_string(&read(&issued).unwrap()).unwrap(), issued);
    }

    #[test]
    fn incomplete_or_mistyped_refused() {
        for text in [
            "[]",
            r#"{"iat":1,"jti":"j","iss":"i"}"#,
            r#"{"exp":"2","iat":1,"jti":"j","iss":"i"}"#,
            r#"{"exp":-2,"iat":1,"jti":"j","iss":"i"}"#,
            r#"{"exp":2,"iat":1,"jti":"j","iss":"i","aud":{"a":1}}"#,
            r#"{"exp":2,"iat":1,"jti":"j","iss":"i","aud":[1]}"#,
            r#"{"exp":2,"iat":1,"jti":null,"iss":"i"}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn duplicate_claim_refused() {
        assert!(read(r#"{"exp":2,"exp":9999999999,"iat":1,"jti":"j","iss":"i"}"#).is_err());
    }

    proptest! {
        #[test]
        fn read_never_panics(text in r#"\{("(exp|aud|iss|x)":("i"|1|\[\]|\{\}|null),?){0,6}\}?"#) {
            let _ = read(&text);
        }
    }
}
