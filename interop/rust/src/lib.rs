//! Discovery with the endpoints that `openidconnect` leaves to its callers.

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::reqwest::blocking::Client as Http;
use openidconnect::{AdditionalProviderMetadata, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};

/// RFC 8414 §2
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Endpoints {
    pub introspection_endpoint: String,
    pub revocation_endpoint: String,
}

impl AdditionalProviderMetadata for Endpoints {}

pub type Metadata = ProviderMetadata<
    Endpoints,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The server under test, from the environment.
pub fn issuer() -> String {
    std::env::var("KEYWARD_ISSUER").unwrap()
}

/// The secret of a client, from the environment.
pub fn secret(client_id: &str) -> String {
    std::env::var(format!("KEYWARD_{}_SECRET", client_id.to_uppercase().replace('-', "_"))).unwrap()
}

/// Discovery by issuer; fetches the keys too (OIDC Discovery §4).
pub fn discover(http: &Http) -> Metadata {
    Metadata::discover(&IssuerUrl::new(issuer()).unwrap(), http).unwrap()
}
