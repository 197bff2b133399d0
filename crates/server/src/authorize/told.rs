//! What the authorization endpoint tells the realm's administrators.

use keyward_domain::Fault;
use keyward_domain::client::ConsentPolicy;
use keyward_domain::id::CredentialId;
use keyward_domain::session::Session;
use keyward_domain::user_event::UserEventType;
use keyward_protocol::authorize::Draft;
use keyward_protocol::error::ErrorCode;

use super::Come;
use super::checks::{AuthorizeError, Refused};
use super::request::AuthorizationRequest;
use crate::http::page::PageRequest;
use crate::pages::ErrorKind;
use crate::snapshot::ClientEntry;
use crate::user_events::EventDraft;

/// The person, as far as the event of their login names them.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) username: &'a str,
    /// The device whose code was right just now.
    pub(crate) device: Option<CredentialId>,
}

/// Whether anybody wants to know who got a code.
pub(super) fn is_wanted(page: &PageRequest) -> bool {
    page.realm.recorded.has(UserEventType::Login.done())
}

/// A code went out: to Keycloak that is the login of a client, one for each.
pub(super) fn granted(
    page: &PageRequest,
    (client, request): (&ClientEntry, &AuthorizationRequest),
    session: &Session,
    come: Come,
    who: Who<'_>,
) {
    let consent = match client.client.settings.consent {
        ConsentPolicy::None => "no_consent_required",
        _ if come.agreed => "consent_granted",
        _ => "persistent_consent",
    };
    let mut draft = of_request(page, request, session);
    draft
        .session(session.id)
        .detail("consent", consent)
        .detail("username", who.username)
        .detail_if("selected_credential_id", who.device);
    if come.agreed {
        draft.detail("remember_me", "false");
    } else {
        draft.detail("auth_type", "code");
    }
    draft.done(&page.app);
}

/// The person did not agree.
pub(crate) async fn denied(page: &PageRequest, request: &AuthorizationRequest, session: &Session) -> Result<(), Fault> {
    let mut draft = of_request(page, request, session);
    if draft.is_wanted() {
        let subject = page
            .app
            .subjects
            .get(page.app.store(), &page.realm, session.user)
            .await?;
        draft
            .detail_if("username", subject.as_ref().map(|subject| &subject.user.username))
            .detail("remember_me", "false");
    }
    draft.refused(&page.app, "rejected_by_user");
    Ok(())
}

fn of_request(page: &PageRequest, request: &AuthorizationRequest, session: &Session) -> EventDraft {
    let mut draft = EventDraft::begin(&page.realm, &page.cx, UserEventType::Login);
    draft
        .client(&request.client_id)
        .user(session.user)
        .detail("auth_method", "openid-connect")
        .detail("response_type", "code")
        .detail("redirect_uri", request.redirect.uri())
        .detail("response_mode", request.redirect.mode())
        .detail("code_id", session.id);
    draft
}

/// A request was refused before anybody logged in.
pub(super) fn refused(page: &PageRequest, draft: &Draft<'_>, error: &AuthorizeError) {
    let mut event = EventDraft::begin(&page.realm, &page.cx, UserEventType::Login);
    match error {
        AuthorizeError::Display { kind, client_id, .. } => {
            event.client(client_id.as_deref().unwrap_or_default());
            let word = match kind {
                ErrorKind::UnknownClient => "client_not_found",
                ErrorKind::DisabledClient => "client_disabled",
                ErrorKind::BearerOnlyClient => "not_allowed",
                ErrorKind::InvalidRedirectUri | ErrorKind::MissingRedirectUri => {
                    event.detail_if("redirect_uri", draft.redirect_uri);
                    "invalid_redirect_uri"
                }
                _ => {
                    event.detail(
                        "reason",
                        "Parameter 'client_id' not present or present multiple times in the HTTP request parameters",
                    );
                    "invalid_request"
                }
            };
            event.refused(&page.app, word);
        }
        AuthorizeError::Redirect { client_id, to, refused } => {
            event
                .client(client_id)
                .detail("reason", reason(refused))
                .detail_if("response_type", draft.response_type)
                .detail("redirect_uri", to.uri())
                .detail("response_mode", to.mode());
            let word = match refused.code {
                ErrorCode::UnauthorizedClient => "not_allowed",
                _ => "invalid_request",
            };
            event.refused(&page.app, word);
        }
    }
}

fn reason(refused: &Refused) -> &str {
    match (&refused.description, refused.code) {
        (Some(description), _) => description,
        (None, ErrorCode::UnsupportedResponseType) => "Unsupported response_type",
        (None, code) => code.as_str(),
    }
}
