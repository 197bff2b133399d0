//! A session: a person's login at the server.

use crate::grant::TokenHash;
use crate::id::{ClientUuid, RealmId, SessionId, UserId};
use crate::timestamp::Timestamp;

/// A session's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its row, and `sid` of the tokens that come of it.
    pub id: SessionId,
    /// The realm.
    pub realm: RealmId,
    /// Who logged in.
    pub user: UserId,
    /// Hash of what the browser's cookie holds; none for a login without a browser (the password grant). It changes
    /// at each login, so that a cookie from before does not work after.
    pub cookie: Option<TokenHash>,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// The address of the last login, for the person to recognise.
    pub address: String,
    /// The browser of the last login, for the person to recognise; bounded.
    pub user_agent: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last seen, give or take a minute. Its grants have their own `rotated_at`.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
}

/// What a person let a client have, remembered so that they are not asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Whose.
    pub user: UserId,
    /// For whom.
    pub client: ClientUuid,
    /// The names of the scopes.
    pub scope: Vec<String>,
    /// When it was given.
    pub given_at: Timestamp,
}
