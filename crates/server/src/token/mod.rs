//! The token endpoint (RFC 6749 §3.2): who calls, which grant, what comes of it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use keyward_domain::Fault;
use keyward_domain::event::What;
use keyward_domain::policy::audience::ResourceRefused;
use keyward_domain::policy::scope::ScopeRefused;
use keyward_domain::ports::Durable;
use keyward_protocol::Secret;
use keyward_protocol::error::ErrorCode;
use keyward_protocol::token::{Members, TokenRequest, TokenRequestError, TokenResponse, TokenType};

use crate::app::App;
use crate::http::call::Call;
use crate::http::client_auth::{AuthenticatedClient, Scripts};
use crate::http::edge::Cx;
use crate::http::form::FormRequest;
use crate::http::respond::{self, EarlyAnswer};
use crate::snapshot::RealmSnapshot;
use crate::user_events::EventDraft;
use crate::user_events::told::CLIENT_AUTH_METHOD;

mod approval;
mod authorization_code;
mod begin;
mod client_credentials;
mod issue;
mod mark;
pub(crate) mod opaque;
mod password;
mod refresh_token;
pub(crate) mod repeats;
mod told;

use authorization_code::{CodeError, Redemption};
use password::{Credentials, PasswordGrantError};
use refresh_token::RefreshError;

use approval::Approval;
use issue::Issued;

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
    /// The code gave nothing.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The refresh token gave nothing.
    #[error(transparent)]
    Refresh(#[from] RefreshError),
    /// The password gave nothing.
    #[error(transparent)]
    Password(#[from] PasswordGrantError),
    /// A scope that the client may not have.
    #[error(transparent)]
    Scope(#[from] ScopeRefused),
    /// A grant that outlives the login was asked for, and the person or the client may not have one.
    #[error("offline access not allowed")]
    OfflineNotAllowed,
    /// The client only checks tokens.
    #[error("bearer-only client")]
    BearerOnly,
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
            Self::Code(error) => respond::error(ErrorCode::InvalidGrant, &error.to_string()),
            Self::Refresh(error) => respond::error(ErrorCode::InvalidGrant, &error.to_string()),
            Self::Password(error) => password_answer(error),
            Self::Scope(refused) => respond::error(ErrorCode::InvalidScope, &refused.to_string()),
            Self::OfflineNotAllowed => respond::error(
                ErrorCode::InvalidScope,
                "Offline tokens not allowed for the user or client",
            ),
            Self::BearerOnly => respond::error_with_status(
                StatusCode::BAD_REQUEST,
                ErrorCode::InvalidClient,
                "Bearer-only not allowed",
            ),
            Self::Resource(_) => respond::error(ErrorCode::InvalidTarget, "Requested resource not available"),
            Self::NoSigningKey => respond::fault(&Fault::Crypto(self.to_string()), cx),
            Self::Fault(fault) => respond::fault(fault, cx),
        }
    }
}

fn password_answer(error: &PasswordGrantError) -> Response<Body> {
    let text = error.to_string();
    match error {
        PasswordGrantError::NotAllowed => respond::error(ErrorCode::UnauthorizedClient, &text),
        // Keycloak's status, which is not that of a failed client authentication.
        PasswordGrantError::ConsentRequired => {
            respond::error_with_status(StatusCode::BAD_REQUEST, ErrorCode::InvalidClient, &text)
        }
        PasswordGrantError::MissingUsername => {
            respond::error_with_status(StatusCode::UNAUTHORIZED, ErrorCode::InvalidRequest, &text)
        }
        PasswordGrantError::Wrong | PasswordGrantError::Disabled | PasswordGrantError::NotReady => {
            respond::error(ErrorCode::InvalidGrant, &text)
        }
        PasswordGrantError::Busy => respond::unavailable(),
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
    let grant_type = params.get("grant_type");
    let kind = told::kind(grant_type);
    let caller = form.caller(
        &params,
        Scripts::ByWebOrigins,
        "Invalid client or Invalid client credentials",
        kind,
    )?;
    let mut draft = EventDraft::begin(&form.realm, &form.cx, kind);
    draft
        .client(&caller.entry().client.client_id)
        .detail_if("grant_type", grant_type)
        .detail("client_auth_method", CLIENT_AUTH_METHOD);
    let response = match parsed {
        Ok(request) => granted(&form.app, &form.realm, &caller, &request, (&form.cx, draft)).await,
        Err(error) => {
            told::malformed(draft, &form.app, error);
            respond::error(error.code(), error.description())
        }
    };
    Ok(caller.expose(response))
}

/// Lets the file of the grant decide. What it wrote may still be on its way to the disk.
async fn approve<'s>(
    app: &App,
    realm: &'s Arc<RealmSnapshot>,
    caller: &AuthenticatedClient<'s>,
    request: &TokenRequest<'_>,
    draft: &mut EventDraft,
    cx: &Cx,
) -> Result<(Approval<'s>, Durable), TokenError> {
    if caller.entry().client.settings.bearer_only {
        return Err(TokenError::BearerOnly);
    }
    match request {
        TokenRequest::ClientCredentials { scope, resource } => {
            let approval = client_credentials::approve(caller, realm, scope.as_ref(), resource)?;
            Ok((approval, Durable::already()))
        }
        TokenRequest::AuthorizationCode {
            code,
            redirect_uri,
            code_verifier,
            resource,
        } => {
            let sent = Redemption {
                code: code.reveal(),
                redirect_uri: *redirect_uri,
                code_verifier: code_verifier.map(Secret::reveal),
                resource,
            };
            authorization_code::approve(app, realm, caller, sent, (draft, cx)).await
        }
        TokenRequest::RefreshToken {
            refresh_token,
            scope,
            resource,
        } => {
            refresh_token::approve(
                app,
                realm,
                caller,
                refresh_token.reveal(),
                (scope.as_ref(), resource),
                (draft, cx),
            )
            .await
        }
        TokenRequest::Password {
            username,
            password,
            totp,
            scope,
        } => {
            let sent = Credentials {
                username: *username,
                password: password.reveal(),
                totp: totp.map(Secret::reveal),
                scope: scope.as_ref(),
            };
            let approval = password::approve(app, realm, caller, sent, (draft, cx)).await?;
            Ok((approval, Durable::already()))
        }
    }
}

/// Bytes of an answer beside its tokens, as a rule.
const BESIDE_TOKENS: usize = 512;

/// Mints the tokens while what they stand on goes to the disk. Nobody gets them before it is there.
async fn mint(
    app: &App,
    realm: &RealmSnapshot,
    approval: &Approval<'_>,
    durable: Durable,
    cx: &Cx,
) -> Result<Issued, TokenError> {
    let issued = issue::issue(app, realm, approval, cx).await;
    durable.on_disk().await?;
    issued
}

async fn granted(
    app: &App,
    realm: &Arc<RealmSnapshot>,
    caller: &AuthenticatedClient<'_>,
    request: &TokenRequest<'_>,
    (cx, mut draft): (&Cx, EventDraft),
) -> Response<Body> {
    let result = match approve(app, realm, caller, request, &mut draft, cx).await {
        Ok((approval, durable)) => mint(app, realm, &approval, durable, cx)
            .await
            .inspect(|issued| told::issued(&mut draft, request.grant_type(), &approval, issued)),
        Err(error) => Err(error),
    };
    let client = &caller.entry().client.client_id;
    let name = realm.realm.name.as_str();
    match result {
        Ok(issued) => {
            let response = TokenResponse {
                access_token: &issued.token,
                expires_in: issued.expires_in,
                refresh_expires_in: issued.refresh_expires_in,
                refresh_token: issued.refresh_token.as_deref(),
                token_type: TokenType::Bearer,
                id_token: issued.id_token.as_deref(),
                not_before_policy: u64::try_from(issued.not_before.secs()).unwrap_or(0),
                session_state: issued.session_state.as_deref(),
                scope: &issued.scope,
                extra: Some(Members(&issued.members)),
            };
            let tokens = [Some(response.access_token), response.refresh_token, response.id_token];
            let room = tokens.iter().flatten().map(|token| token.len()).sum::<usize>() + BESIDE_TOKENS;
            let mut body = Vec::with_capacity(room);
            let written = serde_json::to_writer(&mut body, &response);
            app.events.record(cx.event(
                name,
                What::AccessTokenIssued {
                    client: client.clone(),
                    grant_type: request.grant_type().as_str(),
                    jti: issued.jti,
                    scope: issued.scope,
                },
            ));
            draft.done(app);
            match written {
                Ok(()) => respond::private_json(body),
                Err(error) => respond::fault(&Fault::Corrupt(error.to_string()), cx),
            }
        }
        Err(error) => {
            let what = What::TokenRequestRefused {
                client: client.clone(),
                reason: error.to_string(),
            };
            app.events.record(cx.event(name, what));
            told::refused(draft, app, &error);
            error.answer(cx)
        }
    }
}
