//! What a logout in the browser tells the realm's administrators.

use keyward_domain::session::Session;
use keyward_domain::user_event::UserEventType;

use super::After;
use crate::http::page::PageRequest;
use crate::user_events::EventDraft;
use crate::user_events::told::ACCOUNT;

/// An event of a logout for a client, if one was named.
pub(super) fn draft(page: &PageRequest, client_id: Option<&str>) -> EventDraft {
    let mut draft = EventDraft::begin(&page.realm, &page.cx, UserEventType::Logout);
    draft.client(client_id.unwrap_or_default());
    draft
}

/// A session ended. Who came by themselves came from their account, to Keycloak.
pub(super) fn ended(page: &PageRequest, after: &After, session: &Session) {
    let mut draft = draft(page, Some(after.client_id.as_deref().unwrap_or(ACCOUNT)));
    draft
        .user(session.user)
        .session(session.id)
        .detail_if("redirect_uri", after.uri.as_deref());
    draft.done(&page.app);
}
