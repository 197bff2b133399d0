//! What discovery promises (RFC 8414, OIDC Discovery §3): only what works here.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::policy::scope::OPENID;
use keyward_domain::scope::{Mapper, OPENID_CONNECT, ScopeEntry};
use keyward_jose::Algorithm;
use keyward_protocol::authorize::{PromptValue, ResponseMode};
use keyward_protocol::metadata::ProviderMetadata;
use keyward_protocol::pkce;
use keyward_protocol::token::GrantType;
use std::collections::BTreeMap;

use crate::authorize::checks::claims;
use crate::http::call::Call;
use crate::http::{realm, respond};
use crate::pages::Locale;

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
pub(crate) fn document(issuer: &str, scopes: &BTreeMap<String, ScopeEntry>) -> Result<Vec<u8>, Fault> {
    let endpoint = |path: &str| Some(format!("{issuer}/protocol/openid-connect/{path}"));
    let list = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>();
    let methods = || list(&["client_secret_basic", "client_secret_post"]);
    let named = scopes
        .values()
        .map(|entry| &entry.scope)
        .filter(|scope| scope.settings.include_in_metadata && scope.settings.protocol == OPENID_CONNECT)
        .map(|scope| scope.name.clone());
    let metadata = ProviderMetadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: endpoint("auth"),
        token_endpoint: endpoint("token"),
        introspection_endpoint: endpoint("token/introspect"),
        revocation_endpoint: endpoint("revoke"),
        userinfo_endpoint: endpoint("userinfo"),
        end_session_endpoint: endpoint("logout"),
        check_session_iframe: endpoint("login-status-iframe.html"),
        jwks_uri: endpoint("certs"),
        // The password grant is served where a client has it, and recommended to nobody (OAuth 2.1 §10).
        grant_types_supported: list(&[
            GrantType::AuthorizationCode.as_str(),
            GrantType::ClientCredentials.as_str(),
            GrantType::RefreshToken.as_str(),
        ]),
        acr_values_supported: list(&claims::LEVELS),
        response_types_supported: list(&["code"]),
        response_modes_supported: list(&ResponseMode::ALL.map(ResponseMode::as_str)),
        prompt_values_supported: list(&PromptValue::ALL.map(PromptValue::as_str)),
        code_challenge_methods_supported: list(&[pkce::S256]),
        authorization_response_iss_parameter_supported: Some(true),
        claims_supported: claims_supported(scopes),
        claim_types_supported: list(&["normal"]),
        claims_parameter_supported: Some(true),
        // The second is true where nothing is said (OIDC Discovery §3).
        request_parameter_supported: Some(false),
        request_uri_parameter_supported: Some(false),
        ui_locales_supported: Locale::ALL.map(|locale| locale.as_str().to_owned()).into(),
        subject_types_supported: list(&["public", "pairwise"]),
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

/// What the protocol puts into an ID token, and what a scope can give.
fn claims_supported(scopes: &BTreeMap<String, ScopeEntry>) -> Vec<String> {
    let fixed = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "azp",
        "sid",
    ];
    let mut names: Vec<String> = fixed.map(str::to_owned).into();
    let mappers = scopes.values().flat_map(|scope| &scope.mappers);
    for claim in mappers.filter_map(Mapper::claim) {
        if !names.iter().any(|name| name == claim) {
            names.push(claim.to_owned());
        }
    }
    names
}
