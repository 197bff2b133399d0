//! Proof key for code exchange.

use keyward_protocol::pkce::CodeChallenge;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// A challenge with S256 (RFC 7636 §4.4.1): always, but for a client that was set not to need one; a public client only
/// in a realm that lets it (OAuth 2.1 §7.5.1). A half of one is never taken for none, and one that came counts.
pub(super) fn check(checked: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    let draft = checked.draft;
    let absent = draft.code_challenge.is_none() && draft.code_challenge_method.is_none();
    let settings = &checked.client.client.settings;
    if absent && !settings.demands_pkce(&checked.realm.realm.settings) {
        return Ok(());
    }
    let challenge = CodeChallenge::parse(draft.code_challenge, draft.code_challenge_method)
        .map_err(|error| Refused::new(error.code(), error.description()))?;
    request.code_challenge = Some(challenge.as_str().to_owned());
    Ok(())
}
