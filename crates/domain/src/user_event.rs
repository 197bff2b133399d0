//! What people and clients did, in the words of Keycloak's list of events.
//!
//! The audit log ([`crate::event`]) is ours and is always written. These are for administrators of a realm that wants
//! them (`eventsEnabled`), and scripts of theirs read the names.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::id::{EventId, RealmId};
use crate::timestamp::Timestamp;

/// An event of a realm. Texts that come from a caller are bounded before they get here; no secret, token or code is in
/// any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEvent {
    /// Its row.
    pub id: EventId,
    /// The realm.
    pub realm: RealmId,
    /// When it happened.
    pub at: Timestamp,
    /// Keycloak's name: `LOGIN`, `LOGIN_ERROR`, ….
    pub name: Cow<'static, str>,
    /// `client_id`, as far as one was named.
    pub client: Option<String>,
    /// The person's row, as a text: an older version may have written something else.
    pub user: Option<String>,
    /// The session's row.
    pub session: Option<String>,
    /// The address of the caller.
    pub address: Option<IpAddr>,
    /// What went wrong, by Keycloak's word for it.
    pub error: Option<Cow<'static, str>>,
    /// The rest, by Keycloak's keys.
    pub details: BTreeMap<Cow<'static, str>, String>,
}

/// A kind of event. Each has a name for what was done, and one for what was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserEventType {
    /// A client got a code for a person, or a token for their password.
    Login,
    /// A client gave a code for tokens.
    CodeToToken,
    /// A client gave a refresh token for new tokens.
    RefreshToken,
    /// A client got a token for itself, or could not prove who it is.
    ClientLogin,
    /// A session ended because somebody said so.
    Logout,
    /// A client asked about a token.
    IntrospectToken,
    /// A token, or everything that a client had, was taken back.
    RevokeGrant,
    /// A client asked who the person is.
    UserInfoRequest,
    /// A person set a new password.
    UpdatePassword,
    /// A person changed something that they prove themselves with; it comes with the one above.
    UpdateCredential,
    /// A person was sent a mail to prove their address.
    SendVerifyEmail,
    /// A person proved that a mail address is theirs.
    VerifyEmail,
    /// Too many failed logins: the person has to wait.
    UserDisabledByTemporaryLockout,
    /// Too many failed logins: the person has to wait for an administrator.
    UserDisabledByPermanentLockout,
    /// An administrator opened a session as somebody else.
    Impersonate,
}

impl UserEventType {
    /// The name of what was done.
    pub const fn done(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::CodeToToken => "CODE_TO_TOKEN",
            Self::RefreshToken => "REFRESH_TOKEN",
            Self::ClientLogin => "CLIENT_LOGIN",
            Self::Logout => "LOGOUT",
            Self::IntrospectToken => "INTROSPECT_TOKEN",
            Self::RevokeGrant => "REVOKE_GRANT",
            Self::UserInfoRequest => "USER_INFO_REQUEST",
            Self::UpdatePassword => "UPDATE_PASSWORD",
            Self::UpdateCredential => "UPDATE_CREDENTIAL",
            Self::SendVerifyEmail => "SEND_VERIFY_EMAIL",
            Self::VerifyEmail => "VERIFY_EMAIL",
            Self::UserDisabledByTemporaryLockout => "USER_DISABLED_BY_TEMPORARY_LOCKOUT",
            Self::UserDisabledByPermanentLockout => "USER_DISABLED_BY_PERMANENT_LOCKOUT",
            Self::Impersonate => "IMPERSONATE",
        }
    }

    /// The name of what was refused.
    pub const fn refused(self) -> &'static str {
        match self {
            Self::Login => "LOGIN_ERROR",
            Self::CodeToToken => "CODE_TO_TOKEN_ERROR",
            Self::RefreshToken => "REFRESH_TOKEN_ERROR",
            Self::ClientLogin => "CLIENT_LOGIN_ERROR",
            Self::Logout => "LOGOUT_ERROR",
            Self::IntrospectToken => "INTROSPECT_TOKEN_ERROR",
            Self::RevokeGrant => "REVOKE_GRANT_ERROR",
            Self::UserInfoRequest => "USER_INFO_REQUEST_ERROR",
            Self::UpdatePassword => "UPDATE_PASSWORD_ERROR",
            Self::UpdateCredential => "UPDATE_CREDENTIAL_ERROR",
            Self::SendVerifyEmail => "SEND_VERIFY_EMAIL_ERROR",
            Self::VerifyEmail => "VERIFY_EMAIL_ERROR",
            Self::UserDisabledByTemporaryLockout => "USER_DISABLED_BY_TEMPORARY_LOCKOUT_ERROR",
            Self::UserDisabledByPermanentLockout => "USER_DISABLED_BY_PERMANENT_LOCKOUT_ERROR",
            Self::Impersonate => "IMPERSONATE_ERROR",
        }
    }
}
