//! ID tokens. OIDC Core §2

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

/// Keycloak's `typ` claim of an ID token, which keeps it from being taken for an access token.
pub const ID_TOKEN_TYP: &str = "ID";

/// The claims of an ID token about to be signed; members in Keycloak's order. OIDC Core §2
#[derive(Debug, Clone, Copy, Serialize)]
pub struct IdTokenClaims<'a> {
    /// When it expires, in seconds of Unix time.
    pub exp: u64,
    /// When it was issued, in seconds of Unix time.
    pub iat: u64,
    /// When the user logged in, in seconds of Unix time; always there when `max_age` was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<u64>,
    /// Its identifier. RFC 7519 §4.1.7
    pub jti: &'a str,
    /// The realm's issuer, exactly as in its metadata.
    pub iss: &'a str,
    /// Whom it is for: the client first, and whom else a mapper names; a string when one, else an array.
    /// OIDC Core §2
    #[serde(serialize_with = "crate::one_or_many::serialize")]
    pub aud: &'a [&'a str],
    /// The user.
    pub sub: &'a str,
    /// [`ID_TOKEN_TYP`].
    pub typ: &'a str,
    /// The client that it is for.
    pub azp: &'a str,
    /// The request's `nonce`, as sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// The login session. OIDC Front-Channel Logout §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'a str>,
    /// Half the hash of the access token beside it. OIDC Core §3.1.3.6
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<&'a str>,
    /// How the user logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a str>,
    /// Further claims. One that is named as a field above is left out, so that no mapper can say who the token is
    /// about or for, and no name stands twice (RFC 7519 §4).
    #[serde(flatten, serialize_with = "unreserved")]
    pub extra: &'a Map<String, Value>,
}

/// What is read of an ID token that a client shows again (`id_token_hint`), once its signature was found to be ours.
/// It may have expired. OIDC Core §3.1.2.1, OIDC RP-Initiated Logout §2
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IdTokenHint {
    /// Who issued it.
    pub iss: String,
    /// The clients that it was for; empty when it says none.
    #[serde(default, with = "crate::one_or_many")]
    pub aud: Vec<String>,
    /// The user.
    pub sub: String,
    /// Keycloak's kind of token; a hint's must be [`ID_TOKEN_TYP`].
    #[serde(default)]
    pub typ: Option<String>,
    /// The client that it was for.
    #[serde(default)]
    pub azp: Option<String>,
    /// The login session.
    #[serde(default)]
    pub sid: Option<String>,
}

impl IdTokenHint {
    /// Whether it is an ID token of this issuer; access and refresh tokens of the same key are none.
    pub fn is_from(&self, issuer: &str) -> bool {
        self.iss == issuer && self.typ.as_deref() == Some(ID_TOKEN_TYP)
    }

    /// Whether it was given to this client. OIDC RP-Initiated Logout §2
    pub fn is_for(&self, client_id: &str) -> bool {
        self.aud.iter().any(|audience| audience == client_id)
    }
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
            | "at_hash"
            | "acr"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn claims(extra: &Map<String, Value>) -> IdTokenClaims<'_> {
        IdTokenClaims {
            exp: 1_795_478_616,
            iat: 1_795_478_016,
            auth_time: Some(1_795_478_016),
            jti: "6a41d90e",
            iss: "http://127.0.0.1:8280/realms/shop",
            aud: &["shop-spa"],
            sub: "0d17c8ac",
            typ: ID_TOKEN_TYP,
            azp: "shop-spa",
            nonce: Some("n-55d60615"),
            sid: Some("Ul1PXLsb"),
            at_hash: Some("EnlzE_msq6kmJkGwfcVKHg"),
            acr: Some("1"),
            extra,
        }
    }

    #[test]
    fn a_token_in_keycloaks_order() {
        let extra = Map::from_iter([("email_verified".to_owned(), json!(true))]);
        assert_eq!(
            serde_json::to_string(&claims(&extra)).unwrap(),
            concat!(
                r#"{"exp":1795478616,"iat":1795478016,"auth_time":1795478016,"jti":"6a41d90e","#,
                r#""iss":"http://127.0.0.1:8280/realms/shop","aud":"shop-spa","sub":"0d17c8ac","typ":"ID","#,
                r#""azp":"shop-spa","nonce":"n-55d60615","sid":"Ul1PXLsb","at_hash":"EnlzE_msq6kmJkGwfcVKHg","#,
                r#""acr":"1","email_verified":true}"#
            )
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let none = Map::new();
        let bare = IdTokenClaims {
            auth_time: None,
            nonce: None,
            sid: None,
            at_hash: None,
            acr: None,
            ..claims(&none)
        };
        let sent: Map<String, Value> = serde_json::from_str(&serde_json::to_string(&bare).unwrap()).unwrap();
        assert_eq!(
            sent.keys().collect::<Vec<_>>(),
            ["aud", "azp", "exp", "iat", "iss", "jti", "sub", "typ"]
        );
    }

    #[test]
    fn extra_claim_cannot_replace_a_claim_of_the_server() {
        let none = Map::new();
        let plain = serde_json::to_string(&claims(&none)).unwrap();
        let names: Map<String, Value> = serde_json::from_str(&plain).unwrap();
        assert_eq!(names.len(), 13);
        let forged: Map<String, Value> = names.keys().map(|name| (name.clone(), json!("forged"))).collect();
        assert_eq!(serde_json::to_string(&claims(&forged)).unwrap(), plain);
    }

    #[test]
    fn a_hint_is_read_back() {
        let none = Map::new();
        let hint: IdTokenHint = serde_json::from_str(&serde_json::to_string(&claims(&none)).unwrap()).unwrap();
        assert_eq!((hint.sub.as_str(), hint.sid.as_deref()), ("0d17c8ac", Some("Ul1PXLsb")));
        assert!(hint.is_from("http://127.0.0.1:8280/realms/shop"));
        assert!(!hint.is_from("http://127.0.0.1:8280/realms/sho"));
        assert!(hint.is_for("shop-spa") && !hint.is_for("shop"));
    }

    #[test]
    fn an_access_token_is_no_hint() {
        for text in [
            r#"{"iss":"i","sub":"s","aud":["a","b"],"typ":"Bearer"}"#,
            r#"{"iss":"i","sub":"s","aud":["a","b"]}"#,
        ] {
            let hint: IdTokenHint = serde_json::from_str(text).unwrap();
            assert!(!hint.is_from("i") && hint.is_for("b"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn hint_never_panics(text in r#"\{("(iss|sub|aud|sid)":("i"|1|\[\]|\{\}|null),?){0,5}\}?"#) {
            let _ = serde_json::from_str::<IdTokenHint>(&text);
        }
    }
}
