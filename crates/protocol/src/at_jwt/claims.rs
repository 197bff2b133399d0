//! The claims of an access token on the way out.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The claims of an access token about to be signed, borrowed from where they are known; members in Keycloak's order.
/// RFC 9068 §2.2
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AccessTokenClaims<'a> {
    /// When it expires, in seconds of Unix time. RFC 7519 §4.1.4
    pub exp: u64,
    /// When it was issued, in seconds of Unix time. RFC 7519 §4.1.6
    pub iat: u64,
    /// When the user logged in, in seconds of Unix time; left out for a machine. OIDC Core §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<u64>,
    /// Its identifier, unlike any other. RFC 7519 §4.1.7
    pub jti: &'a str,
    /// The realm's issuer, exactly as in its metadata. RFC 9068 §2.2
    pub iss: &'a str,
    /// Whom it is for: left out when empty, a string when one, else an array. RFC 7519 §4.1.3
    #[serde(
        skip_serializing_if = "<[_]>::is_empty",
        serialize_with = "crate::one_or_many::serialize"
    )]
    pub aud: &'a [&'a str],
    /// The subject: a user's identifier, for a machine that of its service account. RFC 9068 §2.2
    pub sub: &'a str,
    /// Keycloak's kind of token, `Bearer` or `DPoP`; not the header's `typ`.
    pub typ: &'a str,
    /// The client that asked for it. OIDC Core §2
    pub azp: &'a str,
    /// The request's `nonce`, for the few clients that look for it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// The login session behind it. OIDC Front-Channel Logout §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'a str>,
    /// How the subject logged in. RFC 9068 §2.2.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    /// The client's web origins; left out when empty.
    #[serde(rename = "allowed-origins", skip_serializing_if = "<[_]>::is_empty")]
    pub allowed_origins: &'a [&'a str],
    /// Roles in the realm; left out when empty.
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "roles")]
    pub realm_access: &'a [&'a str],
    /// Roles of clients; left out when empty.
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "roles_by_client")]
    pub resource_access: &'a [ClientRoles<'a>],
    /// The granted scope; left out when empty. RFC 9068 §2.2.3
    #[serde(skip_serializing_if = "str::is_empty")]
    pub scope: &'a str,
    /// The client that asked for it. RFC 9068 §2.2
    pub client_id: &'a str,
    /// OIDC Core §5.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<&'a Value>,
    /// OIDC Core §5.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a Value>,
    /// OIDC Core §5.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_verified: Option<&'a Value>,
    /// Further claims. One that is named as a field above is left out, so that no mapper can say who the token is
    /// for, and no name stands twice (RFC 7519 §4).
    #[serde(flatten, serialize_with = "unreserved")]
    pub extra: &'a Map<String, Value>,
}

/// The roles that a subject has at one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientRoles<'a> {
    /// The client whose roles they are.
    pub client_id: &'a str,
    /// Names of roles.
    pub roles: &'a [&'a str],
}

#[derive(Serialize)]
struct Roles<'a> {
    roles: &'a [&'a str],
}

fn roles<S: Serializer>(roles: &[&str], serializer: S) -> Result<S::Ok, S::Error> {
    Roles { roles }.serialize(serializer)
}

fn roles_by_client<S: Serializer>(clients: &[ClientRoles<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        clients
            .iter()
            .map(|client| (client.client_id, Roles { roles: client.roles })),
    )
}

fn unreserved<S: Serializer>(extra: &Map<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
    crate::extra::serialize(extra, is_reserved, serializer)
}

fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "exp"
            | "iat"
            | "auth_time"
            | "jti"
            | "iss"
            | "aud"
            | "sub"
            | "typ"
            | "azp"
            | "nonce"
            | "sid"
            | "acr"
            | "allowed-origins"
            | "realm_access"
            | "resource_access"
            | "scope"
            | "client_id"
            | "preferred_username"
            | "email"
            | "email_verified"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn machine(extra: &Map<String, Value>) -> AccessTokenClaims<'_> {
        AccessTokenClaims {
            exp: 1_795_478_607,
            iat: 1_795_478_007,
            auth_time: None,
            jti: "trrtcc:3e9ebdae",
            iss: "http://127.0.0.1:8280/realms/shop",
            aud: &["backend-api"],
            sub: "be10b888",
            typ: "Bearer",
            azp: "shop-worker",
            nonce: None,
            sid: None,
            acr: None,
            allowed_origins: &[],
            realm_access: &[],
            resource_access: &[],
            scope: "",
            client_id: "shop-worker",
            preferred_username: None,
            email: None,
            email_verified: None,
            extra,
        }
    }

    #[test]
    fn a_minimal_token_of_a_machine() {
        let none = Map::new();
        assert_eq!(
            serde_json::to_string(&machine(&none)).unwrap(),
            concat!(
                r#"{"exp":1795478607,"iat":1795478007,"jti":"trrtcc:3e9ebdae","#,
                r#""iss":"http://127.0.0.1:8280/realms/shop","aud":"backend-api","sub":"be10b888","typ":"Bearer","#,
                r#""azp":"shop-worker","client_id":"shop-worker"}"#
            )
        );
    }

    #[test]
    fn a_full_token_in_keycloaks_order() {
        let extra = Map::from_iter([("features".to_owned(), json!({"beta": true}))]);
        let claims = AccessTokenClaims {
            aud: &["orders-api", "account"],
            auth_time: Some(1_795_478_000),
            sid: Some("Ul1PXLsb"),
            acr: Some("1"),
            allowed_origins: &["http://localhost:4000"],
            realm_access: &["clerk", "customer"],
            resource_access: &[
                ClientRoles {
                    client_id: "orders-api",
                    roles: &["orders.write"],
                },
                ClientRoles {
                    client_id: "account",
                    roles: &["view-profile"],
                },
            ],
            scope: "email profile",
            preferred_username: Some(&json!("service-account-shop-worker")),
            email: Some(&json!("a@example.com")),
            email_verified: Some(&json!(false)),
            ..machine(&extra)
        };
        let sent = serde_json::to_string(&claims).unwrap();
        assert!(sent.starts_with(r#"{"exp":1795478607,"iat":1795478007,"auth_time":1795478000,"jti":"#));
        assert_eq!(
            sent.split_once(r#""aud""#).unwrap().1,
            concat!(
                r#":["orders-api","account"],"sub":"be10b888","typ":"Bearer","azp":"shop-worker","sid":"Ul1PXLsb","acr":"1","#,
                r#""allowed-origins":["http://localhost:4000"],"realm_access":{"roles":["clerk","customer"]},"#,
                r#""resource_access":{"orders-api":{"roles":["orders.write"]},"account":{"roles":["view-profile"]}},"#,
                r#""scope":"email profile","client_id":"shop-worker","#,
                r#""preferred_username":"service-account-shop-worker","email":"a@example.com","email_verified":false,"#,
                r#""features":{"beta":true}}"#
            )
        );
    }

    #[test]
    fn no_audience_leaves_aud_out() {
        let extra = Map::from_iter([("aud".to_owned(), json!("victim-api"))]);
        let sent = serde_json::to_value(AccessTokenClaims {
            aud: &[],
            ..machine(&extra)
        })
        .unwrap();
        assert_eq!(sent.get("aud"), None);
    }

    #[test]
    fn extra_claim_cannot_replace_a_claim_of_the_server() {
        let none = Map::new();
        let plain = serde_json::to_string(&AccessTokenClaims {
            auth_time: Some(1),
            nonce: Some("n"),
            sid: Some("s"),
            acr: Some("1"),
            allowed_origins: &["o"],
            realm_access: &["r"],
            resource_access: &[ClientRoles {
                client_id: "c",
                roles: &["r"],
            }],
            scope: "a",
            preferred_username: Some(&json!("u")),
            email: Some(&json!("e")),
            email_verified: Some(&json!(true)),
            ..machine(&none)
        })
        .unwrap();
        // Every name that the server writes is reserved, whatever it is set to.
        let names: Map<String, Value> = serde_json::from_str(&plain).unwrap();
        assert_eq!(names.len(), 20);
        let forged: Map<String, Value> = names.keys().map(|name| (name.clone(), json!("forged"))).collect();
        assert!(!serde_json::to_string(&machine(&forged)).unwrap().contains("forged"));
    }
}
