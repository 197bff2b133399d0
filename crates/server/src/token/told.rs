//! What the token endpoint tells the realm's administrators of a request.

use keyward_domain::grant::GrantKind;
use keyward_domain::user_event::UserEventType;
use keyward_protocol::refresh_token::{OFFLINE_TYP, REFRESH_TYP};
use keyward_protocol::token::{GrantType, TokenRequestError};

use super::TokenError;
use super::approval::Approval;
use super::authorization_code::CodeError;
use super::issue::Issued;
use super::password::PasswordGrantError;
use crate::app::App;
use crate::refresh_token;
use crate::user_events::EventDraft;

/// The event of a grant. What asks for none that is known is a client that logs in.
pub(super) fn kind(grant_type: Option<&str>) -> UserEventType {
    let is = |known: GrantType| grant_type == Some(known.as_str());
    if is(GrantType::AuthorizationCode) {
        UserEventType::CodeToToken
    } else if is(GrantType::RefreshToken) {
        UserEventType::RefreshToken
    } else if is(GrantType::Password) {
        UserEventType::Login
    } else {
        UserEventType::ClientLogin
    }
}

/// The tokens that go out.
pub(super) fn issued(draft: &mut EventDraft, grant_type: GrantType, approval: &Approval<'_>, issued: &Issued) {
    if !draft.is_wanted() {
        return;
    }
    let user = &approval.subject.user;
    draft
        .user(user.id)
        .detail("token_id", &issued.jti)
        .detail("scope", &issued.scope);
    let Some(given) = &approval.given else {
        draft.detail("username", &user.username);
        return;
    };
    let grant = &given.grant;
    draft.session(grant.session);
    if grant_type == GrantType::RefreshToken {
        draft.detail("access_token_expiration_time", issued.expires_in);
    } else if grant_type == GrantType::AuthorizationCode {
        draft.detail("code_id", grant.session);
    }
    if issued.refresh_token.is_some() {
        let key = match grant_type {
            GrantType::RefreshToken => "updated_refresh_token_id",
            _ => "refresh_token_id",
        };
        draft
            .detail(key, refresh_token::token_id(grant))
            .detail("refresh_token_type", typ(grant.kind));
    }
}

/// What tells a refresh token from an access token.
pub(super) const fn typ(kind: GrantKind) -> &'static str {
    match kind {
        GrantKind::Online => REFRESH_TYP,
        GrantKind::Offline => OFFLINE_TYP,
    }
}

/// A request that is not one. Keycloak has no event for a missing refresh token.
pub(super) fn malformed(mut draft: EventDraft, app: &App, error: TokenRequestError) {
    let word = match error {
        TokenRequestError::MissingCode => "invalid_code",
        TokenRequestError::MissingUsername => "user_not_found",
        TokenRequestError::InvalidScope(_) | TokenRequestError::InvalidTarget => "invalid_request",
        TokenRequestError::MissingRefreshToken
        | TokenRequestError::MissingGrantType
        | TokenRequestError::UnsupportedGrantType => return,
    };
    draft.detail("reason", error.description());
    draft.refused(app, word);
}

/// A request that was refused. What is a fault of ours is in the log.
pub(super) fn refused(mut draft: EventDraft, app: &App, error: &TokenError) {
    let Some((word, reason)) = words(error) else { return };
    draft.detail_if("reason", reason);
    draft.refused(app, word);
}

/// Keycloak's word for an error, and the reason beside it.
fn words(error: &TokenError) -> Option<(&'static str, Option<String>)> {
    let text = || Some(error.to_string());
    Some(match error {
        TokenError::PublicClient => (
            "invalid_client",
            Some("Public client not allowed to retrieve service account".into()),
        ),
        TokenError::NoServiceAccount => (
            "invalid_client",
            Some("Client not enabled to retrieve service account".into()),
        ),
        TokenError::BearerOnly => ("invalid_client", Some("Bearer-only not allowed".into())),
        TokenError::ServiceAccountDisabled => ("user_disabled", None),
        TokenError::Code(code) => match code {
            CodeError::Unknown | CodeError::Replayed => ("invalid_code", None),
            CodeError::Expired => ("expired_code", None),
            CodeError::AnotherClient => ("invalid_client", text()),
            CodeError::RedirectUri => ("invalid_redirect_uri", text()),
            CodeError::NoVerifier => ("code_verifier_missing", text()),
            CodeError::NoChallenge => ("invalid_code_verifier", text()),
            CodeError::WrongVerifier => ("pkce_verification_failed", Some("Code mismatch".into())),
            CodeError::SessionEnded => ("user_session_not_found", text()),
            CodeError::UserDisabled => ("user_disabled", None),
            CodeError::NoConsent => ("not_allowed", text()),
        },
        TokenError::Refresh(_) => ("invalid_token", text()),
        TokenError::Password(password) => match password {
            PasswordGrantError::NotAllowed => ("not_allowed", text()),
            PasswordGrantError::ConsentRequired => ("consent_denied", text()),
            PasswordGrantError::MissingUsername => ("user_not_found", None),
            PasswordGrantError::Wrong => ("invalid_user_credentials", None),
            PasswordGrantError::Disabled => ("user_disabled", None),
            PasswordGrantError::NotReady => ("resolve_required_actions", text()),
            PasswordGrantError::Busy => return None,
        },
        TokenError::Scope(_) | TokenError::Resource(_) => ("invalid_request", text()),
        TokenError::OfflineNotAllowed => (
            "not_allowed",
            Some("Offline tokens not allowed for the user or client".into()),
        ),
        TokenError::NoSigningKey | TokenError::Fault(_) => return None,
    })
}
