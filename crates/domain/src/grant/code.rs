//! An authorization code, and what a person authorized by it.

use keyward_protocol::claims_request::ClaimsRequest;
use serde::{Deserialize, Serialize};

use super::TokenHash;
use crate::id::{ClientUuid, GrantId, RealmId, SessionId, UserId};
use crate::timestamp::Timestamp;

/// What a person authorized a client to have. Stored as one JSON text with the code, then with the grant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Authorized {
    /// The granted scopes by name, those included that no token names.
    pub scope: Vec<String>,
    /// When the person proved who they are (OIDC Core §2, `auth_time`).
    pub auth_time: Timestamp,
    /// How: `1` when they were asked for this very request, `0` when a session answered for them.
    pub acr: String,
    /// Resources that every token of the grant is for (RFC 8707 §2); all that the client may have when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    /// Claims that were asked for one by one (OIDC Core §5.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<ClaimsRequest>,
}

/// An authorization code's row (RFC 6749 §4.1.2).
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationCode {
    /// Its hash.
    pub hash: TokenHash,
    /// The grant that comes of it.
    pub grant: GrantId,
    /// The realm.
    pub realm: RealmId,
    /// To whom it was given.
    pub client: ClientUuid,
    /// By whom.
    pub user: UserId,
    /// The login that it came from.
    pub session: SessionId,
    /// What was authorized.
    pub authorized: Authorized,
    /// Where the browser was sent with it.
    pub redirect_uri: String,
    /// `code_challenge` with S256 (RFC 7636 §4.3).
    pub code_challenge: Option<String>,
    /// `nonce` (OIDC Core §3.1.2.1).
    pub nonce: Option<String>,
    /// When it stops working.
    pub expires_at: Timestamp,
}
