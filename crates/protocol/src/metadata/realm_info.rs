//! Keycloak's public page of a realm, `GET /realms/{realm}`.

use serde::Serialize;

/// What anyone may know about a realm; Keycloak's older adapters read the key here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RealmInfo {
    /// The realm's name.
    pub realm: String,
    /// The active RSA signing key: SubjectPublicKeyInfo, DER, in base64 with padding.
    #[serde(rename = "public_key")]
    pub public_key: String,
    /// URL under which the protocol endpoints are.
    pub token_service: String,
    /// URL of the account pages.
    pub account_service: String,
    /// Tokens issued before this instant are not accepted, in seconds of Unix time; 0 for none.
    pub tokens_not_before: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_keycloak_sends_it() {
        let info = RealmInfo {
            realm: "shop".into(),
            public_key: "MIIB".into(),
            token_service: "http://127.0.0.1:8280/realms/shop/protocol/openid-connect".into(),
            account_service: "http://127.0.0.1:8280/realms/shop/account".into(),
            tokens_not_before: 0,
        };
        assert_eq!(
            serde_json::to_string(&info).unwrap(),
            concat!(
                r#"{"realm":"shop","public_key":"MIIB","#,
                r#""token-service":"http://127.0.0.1:8280/realms/shop/protocol/openid-connect","#,
                r#""account-service":"http://127.0.0.1:8280/realms/shop/account","tokens-not-before":0}"#
            )
        );
    }
}
