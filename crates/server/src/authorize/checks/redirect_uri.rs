//! Where the answer may go.

use keyward_domain::client::redirect_uri;
use keyward_protocol::authorize::Draft;

use super::AuthorizeError;
use crate::pages::ErrorKind;
use crate::snapshot::ClientEntry;

/// Characters of a refused address that the page repeats.
const SHOWN: usize = 200;

/// One of the client's own, compared as a whole (RFC 9700 §4.1.3). A client with a single one may leave it out
/// (RFC 6749 §3.1.2.3).
pub(super) fn check(draft: &Draft<'_>, client: &ClientEntry) -> Result<String, AuthorizeError> {
    let settings = &client.client.settings;
    let refused = |kind, detail: Option<&str>| AuthorizeError::Display {
        kind,
        client_id: Some(client.client.client_id.clone()),
        detail: detail.map(|text| text.chars().take(SHOWN).collect()),
    };
    match (draft.redirect_uri, settings.redirect_uris.as_slice()) {
        (Some(asked), _) if redirect_uri::matches(asked, settings) => Ok(asked.to_owned()),
        (Some(asked), _) => Err(refused(ErrorKind::InvalidRedirectUri, Some(asked))),
        (None, [only]) if !only.ends_with('*') => Ok(only.clone()),
        (None, _) => Err(refused(ErrorKind::MissingRedirectUri, None)),
    }
}
