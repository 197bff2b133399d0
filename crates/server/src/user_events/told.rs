//! What several requests tell alike.

use keyward_domain::user_event::UserEventType;

use super::EventDraft;
use crate::app::App;
use crate::http::edge::Cx;
use crate::snapshot::RealmSnapshot;

/// How clients prove who they are here, by Keycloak's name of it, which it has for public ones too.
pub(crate) const CLIENT_AUTH_METHOD: &str = "client-secret";

/// Keycloak's client of the pages on which people see what is theirs.
pub(crate) const ACCOUNT: &str = "account";

/// What became of a password that a person chose.
#[derive(Clone, Copy)]
pub(crate) enum Chosen {
    /// It is theirs now.
    Set,
    /// It was typed differently the second time.
    Mismatch,
    /// The realm does not allow it, or it is the one before.
    Rejected,
}

/// Tells of a password that a person chose: as in Keycloak, by two events.
pub(crate) fn password(app: &App, realm: &RealmSnapshot, cx: &Cx, chosen: Chosen, fill: impl Fn(&mut EventDraft)) {
    for kind in [UserEventType::UpdateCredential, UserEventType::UpdatePassword] {
        let mut draft = EventDraft::begin(realm, cx, kind);
        draft
            .detail("credential_type", "password")
            .detail("auth_method", "openid-connect")
            .detail("custom_required_action", "UPDATE_PASSWORD");
        fill(&mut draft);
        match chosen {
            Chosen::Set => draft.done(app),
            Chosen::Mismatch => draft.refused(app, "password_confirm_error"),
            Chosen::Rejected => draft.refused(app, "password_rejected"),
        }
    }
}
