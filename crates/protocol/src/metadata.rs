//! What a realm publishes about itself. RFC 8414, OIDC Discovery §3

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::realm_info::RealmInfo;

mod realm_info;

/// The metadata of an issuer, its members in Keycloak's order. What is absent is not promised, and not sent.
/// RFC 8414 §2, OIDC Discovery §3
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderMetadata {
    /// The issuer, exactly as in the `iss` of every token. RFC 8414 §2
    pub issuer: String,
    /// URL of the authorization endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// URL of the token endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    /// URL of the introspection endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// URL of the userinfo endpoint. OIDC Discovery §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// URL of the logout endpoint. OIDC RP-Initiated Logout §2.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// Whether front-channel logout names the session. OIDC Front-Channel Logout §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_supported: Option<bool>,
    /// Whether front-channel logout is served. OIDC Front-Channel Logout §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_supported: Option<bool>,
    /// URL of the key set. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// URL of the session status page. OIDC Session Management §3.3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_session_iframe: Option<String>,
    /// Grant types, sorted. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// Authentication context classes. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acr_values_supported: Vec<String>,
    /// Response types; required, so an empty list says that there are none yet. RFC 8414 §2
    pub response_types_supported: Vec<String>,
    /// Kinds of subject identifiers. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subject_types_supported: Vec<String>,
    /// Values of `prompt`. OIDC Prompt Create §4.2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prompt_values_supported: Vec<String>,
    /// JWS algorithms of ID tokens. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// JWE key algorithms of ID tokens. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id_token_encryption_alg_values_supported: Vec<String>,
    /// JWE content algorithms of ID tokens. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub id_token_encryption_enc_values_supported: Vec<String>,
    /// JWS algorithms of userinfo answers. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub userinfo_signing_alg_values_supported: Vec<String>,
    /// JWE key algorithms of userinfo answers. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub userinfo_encryption_alg_values_supported: Vec<String>,
    /// JWE content algorithms of userinfo answers. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub userinfo_encryption_enc_values_supported: Vec<String>,
    /// JWS algorithms of request objects. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_object_signing_alg_values_supported: Vec<String>,
    /// JWE key algorithms of request objects. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_object_encryption_alg_values_supported: Vec<String>,
    /// JWE content algorithms of request objects. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_object_encryption_enc_values_supported: Vec<String>,
    /// Response modes. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_modes_supported: Vec<String>,
    /// URL of the client registration endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// How clients may authenticate at the token endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// JWS algorithms of client assertions at the token endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// How clients may authenticate at the introspection endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    /// JWS algorithms of client assertions at the introspection endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// JWS algorithms of authorization responses. JARM §4
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_signing_alg_values_supported: Vec<String>,
    /// JWE key algorithms of authorization responses. JARM §4
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_encryption_alg_values_supported: Vec<String>,
    /// JWE content algorithms of authorization responses. JARM §4
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_encryption_enc_values_supported: Vec<String>,
    /// Claims that may be released. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims_supported: Vec<String>,
    /// Kinds of claims. OIDC Discovery §3
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claim_types_supported: Vec<String>,
    /// Whether the `claims` parameter is read. OIDC Discovery §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims_parameter_supported: Option<bool>,
    /// Scopes, `openid` first. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// Whether the `request` parameter is read. OIDC Discovery §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_parameter_supported: Option<bool>,
    /// Whether the `request_uri` parameter is read. OIDC Discovery §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_uri_parameter_supported: Option<bool>,
    /// Whether `request_uri` values must be registered. OIDC Discovery §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_request_uri_registration: Option<bool>,
    /// PKCE methods. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// Whether access tokens can be bound to a client certificate. RFC 8705 §3.3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_certificate_bound_access_tokens: Option<bool>,
    /// JWS algorithms of DPoP proofs. RFC 9449 §5.1
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// URL of the revocation endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// How clients may authenticate at the revocation endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    /// JWS algorithms of client assertions at the revocation endpoint. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Whether logout tokens are sent. OIDC Back-Channel Logout §2.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_supported: Option<bool>,
    /// Whether logout tokens name the session. OIDC Back-Channel Logout §2.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_supported: Option<bool>,
    /// URL of the device authorization endpoint. RFC 8628 §4
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_authorization_endpoint: Option<String>,
    /// Delivery modes of backchannel authentication. CIBA Core §4
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backchannel_token_delivery_modes_supported: Vec<String>,
    /// URL of the backchannel authentication endpoint. CIBA Core §4
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_endpoint: Option<String>,
    /// JWS algorithms of backchannel authentication requests. CIBA Core §4
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backchannel_authentication_request_signing_alg_values_supported: Vec<String>,
    /// Whether authorization requests must be pushed. RFC 9126 §5
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// URL of the pushed authorization request endpoint. RFC 9126 §5
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// The same endpoints where client certificates are asked for, by member name. RFC 8705 §5
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mtls_endpoint_aliases: BTreeMap<String, String>,
    /// Whether authorization responses carry `iss`. RFC 9207 §3
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_response_iss_parameter_supported: Option<bool>,
    /// Types of authorization details. RFC 9396 §10
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    /// Whether a client identifier may be the URL of its metadata (an IETF draft).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id_metadata_document_supported: Option<bool>,
    /// URL of a page for developers. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    /// Languages of the pages, as BCP 47 tags. RFC 8414 §2
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    /// URL of the rules for using the data. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
    /// URL of the terms of service. RFC 8414 §2
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op_tos_uri: Option<String>,
}

#[cfg(test)]
mod tests;
