//! The token endpoint (RFC 6749 §3.2): who calls, which grant, what comes of it.

use axum::body::Body;
use axum::http::Response;
use keyward_domain::Fault;
use keyward_domain::event::What;
use keyward_domain::policy::audience::ResourceRefused;
use keyward_domain::policy::scope::ScopeRefused;
use keyward_protocol::error::ErrorCode;
use keyward_protocol::token::{TokenRequest, TokenRequestError, TokenResponse, TokenType};

use crate::app::App;
use crate::http::call::Call;
use crate::http::client_auth::{AuthenticatedClient, Scripts};
use crate::http::edge::Cx;
use crate::http::form::FormRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::snapshot::RealmSnapshot;

mod approval;
mod client_credentials;
mod issue;
pub(crate) mod opaque;

/// Why a known client got no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// RFC 6749 §4.4: a public client cannot prove that it is itself.
    #[error("public client")]
    PublicClient,
    /// The client has no service account.
    #[error("no service account")]
    NoServiceAccount,
    /// The client's service account is disabled.
    #[error("service account disabled")]
    ServiceAccountDisabled,
    /// A scope that the client may not have.
    #[error(transparent)]
    Scope(#[from] ScopeRefused),
    /// A resource that the client's tokens are not for.
    #[error(transparent)]
    Resource(#[from] ResourceRefused),
    /// No key signs the client's algorithm now.
    #[error("no signing key")]
    NoSigningKey,
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl TokenError {
    /// What the client is told (RFC 6749 §5.2); the texts are Keycloak's.
    fn answer(&self, cx: &Cx) -> Response<Body> {
        match self {
            Self::PublicClient => respond::error(
                ErrorCode::UnauthorizedClient,
                "Public client not allowed to retrieve service account",
            ),
            Self::NoServiceAccount => respond::error(
                ErrorCode::UnauthorizedClient,
                "Client not enabled to retrieve service account",
            ),
            Self::ServiceAccountDisabled => respond::error(ErrorCode::UnauthorizedClient, "User disabled"),
            Self::Scope(refused) => respond::error(ErrorCode::InvalidScope, &refused.to_string()),
            Self::Resource(_) => respond::error(ErrorCode::InvalidTarget, "Requested resource not available"),
            Self::NoSigningKey => respond::fault(&Fault::Crypto(self.to_string()), cx),
            Self::Fault(fault) => respond::fault(fault, cx),
        }
    }
}

/// `POST /realms/{realm}/protocol/openid-connect/token`.
pub(crate) async fn token(call: Call) -> Response<Body> {
    answer(call).await.unwrap_or_else(|early| *early)
}

async fn answer(call: Call) -> Result<Response<Body>, EarlyAnswer> {
    let form = FormRequest::read(call).await?;
    let params = form.params()?;
    // Keycloak looks at the grant type first, so a probe without credentials learns what is missing.
    let parsed = TokenRequest::parse(&params);
    if let Err(error @ (TokenRequestError::MissingGrantType | TokenRequestError::UnsupportedGrantType)) = &parsed {
        return Ok(respond::error(error.code(), error.description()));
    }
    let caller = form.caller(
        &params,
        Scripts::ByWebOrigins,
        "Invalid client or Invalid client credentials",
    )?;
    let response = match parsed {
        Ok(request) => granted(&form.app, &form.realm, &caller, &request, &form.cx).await,
        Err(error) => respond::error(error.code(), error.description()),
    };
    Ok(caller.expose(response))
}

async fn granted(
    app: &App,
    realm: &RealmSnapshot,
    caller: &AuthenticatedClient<'_>,
    request: &TokenRequest,
    cx: &Cx,
) -> Response<Body> {
    let result = match request {
        TokenRequest::ClientCredentials { scope, resource } => {
            match client_credentials::approve(caller, realm, scope.as_ref(), resource) {
                Ok(approval) => issue::issue(app, realm, &approval, cx).await,
                Err(error) => Err(error),
            }
        }
    };
    let client = &caller.entry().client.client_id;
    let name = realm.realm.name.as_str();
    match result {
        Ok(issued) => {
            let response = TokenResponse {
                access_token: &issued.token,
                expires_in: issued.expires_in,
                refresh_expires_in: 0,
                refresh_token: None,
                token_type: TokenType::Bearer,
                id_token: None,
                not_before_policy: u64::try_from(realm.realm.not_before.secs()).unwrap_or(0),
                session_state: None,
                scope: &issued.scope,
            };
            let body = serde_json::to_vec(&response);
            app.events.record(cx.event(
                name,
                What::AccessTokenIssued {
                    client: client.clone(),
                    grant_type: request.grant_type().as_str(),
                    jti: issued.jti,
                    scope: issued.scope,
                },
            ));
            match body {
                Ok(body) => respond::private_json(body),
                Err(error) => respond::fault(&Fault::Corrupt(error.to_string()), cx),
            }
        }
        Err(error) => {
            let what = What::TokenRequestRefused {
                client: client.clone(),
                reason: error.to_string(),
            };
            app.events.record(cx.event(name, what));
            error.answer(cx)
        }
    }
}
