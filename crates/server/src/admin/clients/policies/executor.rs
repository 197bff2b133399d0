//! What a policy does to a client that is made or changed.

use serde_json::Value;

use super::condition::is_true;
use super::model::Executor;
use crate::admin::keycloak::client::ClientRepresentation;
use crate::admin::rest::AdminError;

/// Executors that a profile may name.
pub(super) const KNOWN: [&str; 36] = [
    "auth-flow-enforcer",
    "confidential-client",
    "consent-required",
    "downscope-assertion-grant-enforcer",
    "dpop-bind-enforcer",
    "full-scope-disabled",
    "holder-of-key-enforcer",
    "intent-client-bind-checker",
    "jwt-claim-enforcer",
    "pkce-enforcer",
    "registration-access-token-rotation-disabled",
    "reject-implicit-grant",
    "reject-request",
    "reject-ropc-grant",
    "saml-avoid-redirect",
    "saml-secure-client-uris",
    "saml-signature-enforcer",
    "secret-rotation",
    "secure-ciba-req-sig-algorithm",
    "secure-ciba-session",
    "secure-ciba-signed-authn-req",
    "secure-client-authentication-assertion",
    "secure-client-authenticator",
    "secure-client-uris",
    "secure-client-uris-pattern",
    "secure-logout",
    "secure-par-content",
    "secure-redirect-uris-enforcer",
    "secure-request-object",
    "secure-response-type",
    "secure-session",
    "secure-signature-algorithm",
    "secure-signature-algorithm-signed-jwt",
    "suppress-refresh-token-rotation",
    "tls-client-auth-ca-subject-dn",
    "use-lightweight-access-token",
];

const PKCE: &str = "pkce.code.challenge.method";

impl Executor {
    /// The client as this executor wants it. Where it may configure by itself it does; else it refuses.
    pub(super) fn shape(&self, mut client: ClientRepresentation) -> Result<ClientRepresentation, AdminError> {
        let may_set = is_true(&self.configuration, "auto-configure");
        let metadata = |text: &'static str| Err(AdminError::InvalidInput("invalid_client_metadata", text.into()));
        let registration = |text: &'static str| Err(AdminError::InvalidInput("invalid_registration", text.into()));
        match self.executor.as_str() {
            "pkce-enforcer" => {
                let attributes = client.attributes.get_or_insert_default();
                if may_set {
                    attributes.insert(PKCE.to_owned(), Some("S256".to_owned()));
                } else if attributes.get(PKCE).and_then(Option::as_deref) != Some("S256") {
                    return metadata("Invalid client metadata: code_challenge_method");
                }
            }
            "consent-required" if may_set => client.consent_required = Some(true),
            "consent-required" if client.consent_required != Some(true) => {
                return registration("Client is required to enable consentRequired");
            }
            "full-scope-disabled" if may_set => client.full_scope_allowed = Some(false),
            "full-scope-disabled" if client.full_scope_allowed != Some(false) => {
                return registration("Not permitted to enable fullScopeAllowed");
            }
            "reject-implicit-grant" if may_set => client.implicit_flow_enabled = Some(false),
            "reject-implicit-grant" if client.implicit_flow_enabled == Some(true) => {
                return metadata("Invalid client metadata: implicit flow enabled");
            }
            "reject-ropc-grant" if may_set => client.direct_access_grants_enabled = Some(false),
            "reject-ropc-grant" if client.direct_access_grants_enabled == Some(true) => {
                return metadata("Invalid client metadata: resource owner password credentials grant enabled");
            }
            "use-lightweight-access-token" => {
                let attributes = client.attributes.get_or_insert_default();
                let name = "client.use.lightweight.access.token.enabled";
                attributes.insert(name.to_owned(), Some("true".to_owned()));
            }
            "secure-client-uris" => secure_uris(&client)?,
            "secure-client-authenticator" => self.authenticator(&mut client)?,
            // Kept as data.
            _ => {}
        }
        Ok(client)
    }

    /// One of the allowed ways to authenticate; the default one where none is named.
    fn authenticator(&self, client: &mut ClientRepresentation) -> Result<(), AdminError> {
        let default = self
            .configuration
            .get("default-client-authenticator")
            .and_then(Value::as_str);
        if client.client_authenticator_type.is_none() {
            client.client_authenticator_type = default.map(str::to_owned);
        }
        let allowed = self
            .configuration
            .get("allowed-client-authenticators")
            .and_then(Value::as_array);
        let is = client.client_authenticator_type.as_deref().unwrap_or("client-secret");
        let fits = client.public_client == Some(true) || allowed.into_iter().flatten().any(|name| name == is);
        if fits {
            Ok(())
        } else {
            let text = "Invalid client metadata: token_endpoint_auth_method";
            Err(AdminError::InvalidInput("invalid_client_metadata", text.into()))
        }
    }
}

/// Every address is `https` and names one place.
fn secure_uris(client: &ClientRepresentation) -> Result<(), AdminError> {
    let named = [
        ("rootUrl", client.root_url.as_slice()),
        ("adminUrl", client.admin_url.as_slice()),
        ("redirectUris", client.redirect_uris.as_deref().unwrap_or_default()),
    ];
    for (name, uris) in named {
        let is_secure = |uri: &String| uri.is_empty() || (uri.starts_with("https://") && !uri.contains('*'));
        if !uris.iter().all(is_secure) {
            return Err(AdminError::InvalidInput(
                "invalid_client_metadata",
                format!("Invalid {name}").into(),
            ));
        }
    }
    Ok(())
}
