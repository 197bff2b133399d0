//! What discovery promises (RFC 8414, OIDC Discovery §3): only what works here.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::policy::scope::OPENID;
use keyward_domain::scope::ClientScope;
use keyward_jose::Algorithm;
use keyward_protocol::metadata::ProviderMetadata;
use keyward_protocol::token::GrantType;
use std::collections::BTreeMap;

use crate::http::call::Call;
use crate::http::{realm, respond};

/// `GET` of every form in which clients look for metadata (RFC 8414 §3.1, OIDC Discovery §4): the same bytes.
pub(crate) async fn metadata(call: Call) -> Response<Body> {
    let Call {
        app,
        cx,
        realm: name,
        headers,
        ..
    } = call;
    match realm::find(&app, &name, &cx).await {
        Ok(realm) => respond::document(&realm.metadata, "public, max-age=300", &headers),
        Err(answer) => *answer,
    }
}

/// The document of a realm.
pub(crate) fn document(issuer: &str, scopes: &BTreeMap<String, ClientScope>) -> Result<Vec<u8>, Fault> {
    let endpoint = |path: &str| Some(format!("{issuer}/protocol/openid-connect/{path}"));
    let list = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
    let methods = || list(&["client_secret_basic", "client_secret_post"]);
    let named = scopes
        .values()
        .filter(|scope| scope.settings.include_in_metadata)
        .map(|scope| scope.name.clone());
    let metadata = ProviderMetadata {
        issuer: issuer.to_owned(),
        token_endpoint: endpoint("token"),
        introspection_endpoint: endpoint("token/introspect"),
        revocation_endpoint: endpoint("revoke"),
        jwks_uri: endpoint("certs"),
        grant_types_supported: list(&[GrantType::ClientCredentials.as_str()]),
        subject_types_supported: list(&["public"]),
        // OIDC Discovery §3 requires it, and clients read from it which keys they may meet.
        id_token_signing_alg_values_supported: Algorithm::ALL.iter().map(|alg| alg.name().to_owned()).collect(),
        token_endpoint_auth_methods_supported: methods(),
        introspection_endpoint_auth_methods_supported: methods(),
        revocation_endpoint_auth_methods_supported: methods(),
        scopes_supported: std::iter::once(OPENID.to_owned()).chain(named).collect(),
        ..ProviderMetadata::default()
    };
    serde_json::to_vec(&metadata).map_err(|error| Fault::Corrupt(error.to_string()))
}
