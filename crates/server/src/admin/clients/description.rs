//! From the description of a client by other standards to a representation, which nothing is made of yet.

use serde::Deserialize;
use serde_json::Value;

use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::rest::body;
use crate::admin::rest::{AdminCall, AdminError, Answer};

/// `POST …/client-description-converter`: the metadata of OIDC Registration §2, or a `ClientRepresentation`.
pub(super) async fn convert(call: &AdminCall) -> Result<Answer, AdminError> {
    let unsupported = || AdminError::BadRequest("Unsupported format".into());
    let value: Value = serde_json::from_slice(call.raw_body()).map_err(|_| unsupported())?;
    if value.get("redirect_uris").is_some() {
        let metadata: Metadata = serde_json::from_value(value)
            .map_err(|_| AdminError::InvalidInput("unknown_error", "Cannot parse the JSON".into()))?;
        return Ok(Answer::json(&metadata.into_representation()));
    }
    if value.get("clientId").is_some() {
        let client: ClientRepresentation = body::representation(call.raw_body())?;
        return Ok(Answer::json(&client));
    }
    Err(unsupported())
}

/// OIDC Registration §2, RFC 7591 §2
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    client_id: Option<String>,
    client_name: Option<String>,
    client_uri: Option<String>,
    logo_uri: Option<String>,
    policy_uri: Option<String>,
    tos_uri: Option<String>,
    jwks_uri: Option<String>,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    response_types: Option<Vec<String>>,
    grant_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    id_token_signed_response_alg: Option<String>,
    require_pushed_authorization_requests: Option<bool>,
    dpop_bound_access_tokens: Option<bool>,
    tls_client_certificate_bound_access_tokens: Option<bool>,
    backchannel_logout_uri: Option<String>,
}

impl Metadata {
    fn into_representation(self) -> ClientRepresentation {
        // RFC 7591 §2: what is left out.
        let grants = self.grant_types.unwrap_or_else(|| vec!["authorization_code".into()]);
        let has = |grant: &str| grants.iter().any(|known| known == grant);
        let implicit = self.response_types.iter().flatten().any(|kind| kind.contains("token"));
        let (authenticator, pinned) = match self.token_endpoint_auth_method.as_deref() {
            Some("client_secret_post") => ("client-secret", Some("client_secret_post")),
            Some("client_secret_jwt") => ("client-secret-jwt", None),
            Some("private_key_jwt") => ("client-jwt", None),
            Some("tls_client_auth") => ("client-x509", None),
            _ => ("client-secret", Some("client_secret_basic")),
        };
        let switch = |on: bool| Some(on.to_string());
        let texts = [
            ("use.refresh.tokens", switch(has("refresh_token"))),
            (
                "oauth2.device.authorization.grant.enabled",
                switch(has("urn:ietf:params:oauth:grant-type:device_code")),
            ),
            (
                "oidc.ciba.grant.enabled",
                switch(has("urn:openid:params:grant-type:ciba")),
            ),
            (
                "standard.token.exchange.enabled",
                switch(has("urn:ietf:params:oauth:grant-type:token-exchange")),
            ),
            (
                "oauth2.jwt.authorization.grant.enabled",
                switch(has("urn:ietf:params:oauth:grant-type:jwt-bearer")),
            ),
            ("backchannel.logout.session.required", switch(true)),
            ("backchannel.logout.revoke.offline.tokens", switch(false)),
            ("frontchannel.logout.session.required", switch(false)),
            ("client.secret.authentication.allowed.method", pinned.map(str::to_owned)),
            ("logoUri", self.logo_uri),
            ("policyUri", self.policy_uri),
            ("tosUri", self.tos_uri),
            ("use.jwks.url", self.jwks_uri.as_ref().map(|_| "true".to_owned())),
            ("jwks.url", self.jwks_uri),
            ("backchannel.logout.url", self.backchannel_logout_uri),
            ("id.token.signed.response.alg", self.id_token_signed_response_alg),
            (
                "require.pushed.authorization.requests",
                self.require_pushed_authorization_requests.and_then(switch),
            ),
            (
                "dpop.bound.access.tokens",
                self.dpop_bound_access_tokens.and_then(switch),
            ),
            (
                "tls.client.certificate.bound.access.tokens",
                self.tls_client_certificate_bound_access_tokens.and_then(switch),
            ),
            (
                "post.logout.redirect.uris",
                Some(self.post_logout_redirect_uris.join("##")).filter(|uris| !uris.is_empty()),
            ),
        ];
        let attributes = texts.into_iter().filter(|(_, value)| value.is_some());
        ClientRepresentation {
            client_id: self.client_id,
            name: self.client_name,
            base_url: self.client_uri,
            client_authenticator_type: Some(authenticator.to_owned()),
            redirect_uris: Some(self.redirect_uris),
            standard_flow_enabled: Some(has("authorization_code")),
            implicit_flow_enabled: Some(has("implicit") || implicit),
            direct_access_grants_enabled: Some(has("password")),
            service_accounts_enabled: Some(has("client_credentials")),
            authorization_services_enabled: Some(false),
            public_client: Some(self.token_endpoint_auth_method.as_deref() == Some("none")),
            frontchannel_logout: Some(false),
            protocol: Some("openid-connect".to_owned()),
            attributes: Some(attributes.map(|(name, value)| (name.to_owned(), value)).collect()),
            ..ClientRepresentation::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Metadata;

    #[test]
    fn metadata_becomes_a_representation_as_in_keycloak() {
        let metadata: Metadata = serde_json::from_value(json!({
            "client_name": "x",
            "redirect_uris": ["https://a/b"],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code"],
        }))
        .unwrap();
        assert_eq!(
            serde_json::to_value(metadata.into_representation()).unwrap(),
            json!({
                "name": "x",
                "clientAuthenticatorType": "client-secret",
                "redirectUris": ["https://a/b"],
                "standardFlowEnabled": true,
                "implicitFlowEnabled": false,
                "directAccessGrantsEnabled": false,
                "serviceAccountsEnabled": false,
                "authorizationServicesEnabled": false,
                "publicClient": false,
                "frontchannelLogout": false,
                "protocol": "openid-connect",
                "attributes": {
                    "client.secret.authentication.allowed.method": "client_secret_basic",
                    "standard.token.exchange.enabled": "false",
                    "oauth2.jwt.authorization.grant.enabled": "false",
                    "frontchannel.logout.session.required": "false",
                    "oauth2.device.authorization.grant.enabled": "false",
                    "backchannel.logout.revoke.offline.tokens": "false",
                    "use.refresh.tokens": "false",
                    "oidc.ciba.grant.enabled": "false",
                    "backchannel.logout.session.required": "true",
                },
            })
        );
    }
}
