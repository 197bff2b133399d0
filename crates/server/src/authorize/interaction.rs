//! What a person has to do before an authorization request can be answered (OIDC Core §3.1.2.3, §3.1.2.4).

use keyward_domain::Timestamp;
use keyward_domain::client::ConsentPolicy;
use keyward_domain::session::{Consent, Session};
use keyward_protocol::authorize::PromptValue;
use keyward_protocol::error::ErrorCode;
use serde_json::Value;
use uuid::Uuid;

use super::request::AuthorizationRequest;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// They log in.
    Login {
        /// Though a session is there.
        again: bool,
    },
    /// They are asked whether the client may have what it wants.
    Consent,
    /// Nothing: the answer goes out.
    Done,
    /// Something, but the client said that nothing may be shown, or they are not whom it wants.
    Refuse(ErrorCode),
}

/// How far the person has come.
#[derive(Clone, Copy)]
pub(crate) struct Progress<'a> {
    /// Their session.
    pub(crate) session: Option<&'a Session>,
    /// Whether they proved who they are on the way here, for this request.
    pub(crate) fresh: bool,
    /// Whether they agreed on the way here.
    pub(crate) agreed: bool,
    /// What they agreed to before.
    pub(crate) consent: Option<&'a Consent>,
    /// What the client knows the person of the session by.
    pub(crate) sub: Option<Uuid>,
    /// When the client asks for consent.
    pub(crate) policy: ConsentPolicy,
    /// The instant.
    pub(crate) now: Timestamp,
}

/// Decides what comes next. `prompt=none` never shows a page.
pub(crate) fn next(request: &AuthorizationRequest, progress: Progress<'_>) -> Next {
    let silent = request.prompt.contains(PromptValue::None);
    let unless_silent = |next, code| if silent { Next::Refuse(code) } else { next };
    let Some(session) = progress.session else {
        return unless_silent(Next::Login { again: false }, ErrorCode::LoginRequired);
    };
    let somebody_else = request
        .subject
        .as_ref()
        .is_some_and(|subject| progress.sub.is_none_or(|sub| *subject != sub.to_string()));
    if !progress.fresh && (somebody_else || asks_again(request, session, progress.now)) {
        return unless_silent(Next::Login { again: true }, ErrorCode::LoginRequired);
    }
    if somebody_else {
        return Next::Refuse(ErrorCode::LoginRequired);
    }
    if !progress.agreed && asks_consent(request, progress) {
        return unless_silent(Next::Consent, ErrorCode::ConsentRequired);
    }
    Next::Done
}

/// Whether a session is not enough: `prompt`, `max_age`, or a level that only a fresh login reaches.
fn asks_again(request: &AuthorizationRequest, session: &Session, now: Timestamp) -> bool {
    let prompted = request.prompt.contains(PromptValue::Login) || request.prompt.contains(PromptValue::SelectAccount);
    let too_old = request.max_age.is_some_and(|max_age| {
        let age = now.millis_since(session.auth_time).max(0).unsigned_abs();
        max_age.secs() == 0 || age > max_age.secs() * 1000
    });
    let acr = request.claims.as_ref().and_then(|claims| claims.id_token.get("acr"));
    let needs_fresh = acr.is_some_and(|acr| acr.essential && !acr.accepts(&Value::from("0")));
    prompted || too_old || needs_fresh
}

fn asks_consent(request: &AuthorizationRequest, progress: Progress<'_>) -> bool {
    let all_given = || {
        progress
            .consent
            .is_some_and(|consent| request.scope.iter().all(|name| consent.scope.contains(name)))
    };
    request.prompt.contains(PromptValue::Consent)
        || match progress.policy {
            ConsentPolicy::None => false,
            ConsentPolicy::Remember => !all_given(),
            ConsentPolicy::Always => true,
        }
}

#[cfg(test)]
mod tests;
