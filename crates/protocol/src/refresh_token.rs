//! Refresh tokens, JWTs as Keycloak's clients decode them. RFC 6749 §1.5

use serde::{Deserialize, Serialize};

/// `typ` of a refresh token that ends with the login session at the latest (Keycloak's claim, not the header's).
pub const REFRESH_TYP: &str = "Refresh";
/// `typ` of a refresh token that outlives the login session. OIDC Core §11
pub const OFFLINE_TYP: &str = "Offline";

/// The claims of a refresh token, its members in Keycloak's order. Made and read by the server alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshTokenClaims {
    /// When it expires, in seconds of Unix time; an offline token may have no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<u64>,
    /// When it was issued, in seconds of Unix time.
    pub iat: u64,
    /// Its identifier, unlike any other.
    pub jti: String,
    /// The realm's issuer.
    pub iss: String,
    /// The realm's issuer again: nobody else is to read it.
    pub aud: String,
    /// The user.
    pub sub: String,
    /// [`REFRESH_TYP`] or [`OFFLINE_TYP`].
    pub typ: String,
    /// The client that it was issued to.
    pub azp: String,
    /// The login session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What was granted, with the scopes that no token names.
    pub scope: String,
}

impl RefreshTokenClaims {
    /// Whether it says of itself that it is a refresh token of this issuer: other tokens may be signed with the same
    /// key.
    pub fn is_from(&self, issuer: &str) -> bool {
        self.iss == issuer && self.aud == issuer && matches!(self.typ.as_str(), REFRESH_TYP | OFFLINE_TYP)
    }
}

#[cfg(test)]
mod tests {
    use keyward_jose::{HmacKey, KeyedHeader, sign_keyed, verify_keyed};

    use super::*;

    fn claims() -> RefreshTokenClaims {
        RefreshTokenClaims {
            exp: Some(1_795_481_616),
            iat: 1_795_478_016,
            jti: "b86a2cd6".into(),
            iss: "http://127.0.0.1:8280/realms/shop".into(),
            aud: "http://127.0.0.1:8280/realms/shop".into(),
            sub: "0d17c8ac".into(),
            typ: REFRESH_TYP.into(),
            azp: "shop-spa".into(),
            sid: Some("Ul1PXLsb".into()),
            scope: "openid email".into(),
        }
    }

    #[test]
    fn keycloaks_order() {
        assert_eq!(
            serde_json::to_string(&claims()).unwrap(),
            concat!(
                r#"{"exp":1795481616,"iat":1795478016,"jti":"b86a2cd6","iss":"http://127.0.0.1:8280/realms/shop","#,
                r#""aud":"http://127.0.0.1:8280/realms/shop","sub":"0d17c8ac","typ":"Refresh","azp":"shop-spa","#,
                r#""sid":"Ul1PXLsb","scope":"openid email"}"#
            )
        );
    }

    #[test]
    fn offline_without_end() {
        let offline = RefreshTokenClaims {
            exp: None,
            typ: OFFLINE_TYP.into(),
            ..claims()
        };
        let text = serde_json::to_string(&offline).unwrap();
        assert!(text.starts_with(r#"{"iat":"#) && text.contains(r#""typ":"Offline""#));
        assert_eq!(serde_json::from_str::<RefreshTokenClaims>(&text).unwrap(), offline);
        assert!(offline.is_from(&offline.iss));
    }

    #[test]
    fn signed_and_read_back() {
        let (key, header) = (HmacKey::new(&[7; 32]).unwrap(), KeyedHeader::new("k", Some("JWT")));
        let token = sign_keyed(&key, &header, &claims()).unwrap();
        assert_eq!(verify_keyed::<RefreshTokenClaims>(&key, &header, &token), Ok(claims()));
    }

    #[test]
    fn other_kinds_and_issuers_are_refused() {
        for typ in ["Bearer", "ID", "refresh", ""] {
            let other = RefreshTokenClaims {
                typ: typ.into(),
                ..claims()
            };
            assert!(!other.is_from(&other.iss), "{typ}");
        }
        assert!(!claims().is_from("http://127.0.0.1:8280/realms/other"));
        let foreign = RefreshTokenClaims {
            aud: "shop-spa".into(),
            ..claims()
        };
        assert!(!foreign.is_from(&foreign.iss));
    }
}
