//! An authorization request that passed every check.

use keyward_protocol::authorize::{MaxAge, Prompt, ResponseMode};
use keyward_protocol::claims_request::ClaimsRequest;
use serde::{Deserialize, Serialize};

/// A checked request. It can wait in the browser, sealed, while the person logs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest {
    /// `client_id`.
    pub(crate) client_id: String,
    /// Where the answer goes.
    pub(crate) redirect: TrustedRedirect,
    /// The granted scopes by name, if the person agrees.
    pub(crate) scope: Vec<String>,
    /// `nonce`.
    pub(crate) nonce: Option<String>,
    /// `code_challenge` with S256.
    pub(crate) code_challenge: Option<String>,
    /// `prompt`.
    pub(crate) prompt: Prompt,
    /// `max_age`.
    pub(crate) max_age: Option<MaxAge>,
    /// `login_hint`.
    pub(crate) login_hint: Option<String>,
    /// `ui_locales`.
    pub(crate) ui_locales: Option<String>,
    /// `claims`.
    pub(crate) claims: Option<ClaimsRequest>,
    /// Whom the client believes to be there: `sub` of its `id_token_hint`, or of `claims`.
    pub(crate) subject: Option<String>,
    /// `resource`.
    pub(crate) resource: Vec<String>,
}

/// A redirect URI that is the client's, how the answer gets there, and what it carries back. Only the check of the
/// redirect URI makes one, so an answer can go nowhere else (RFC 9700 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TrustedRedirect {
    pub(super) uri: String,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<String>,
}

impl TrustedRedirect {
    /// The address.
    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    /// `response_mode` as text.
    pub(crate) const fn mode(&self) -> &'static str {
        self.mode.as_str()
    }
}
