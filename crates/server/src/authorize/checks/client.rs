//! The client of an authorization request.

use keyward_domain::client::ClientSettings;
use keyward_protocol::authorize::Draft;

use super::AuthorizeError;
use crate::pages::ErrorKind;
use crate::snapshot::{ClientEntry, RealmSnapshot};

/// It must be known and enabled (RFC 6749 §4.1.2.1); whether it may use the flow is told to it, not to the person.
pub(super) fn check<'s>(draft: &Draft<'_>, realm: &'s RealmSnapshot) -> Result<&'s ClientEntry, AuthorizeError> {
    let refused = |kind| AuthorizeError::Display {
        kind,
        client_id: draft.client_id.map(|text| text.chars().take(255).collect()),
        detail: None,
    };
    let client_id = draft.client_id.ok_or_else(|| refused(ErrorKind::InvalidRequest))?;
    let client = realm
        .clients
        .get(client_id)
        .ok_or_else(|| refused(ErrorKind::UnknownClient))?;
    if !client.client.enabled {
        return Err(refused(ErrorKind::DisabledClient));
    }
    let ClientSettings {
        standard_flow,
        service_account,
        redirect_uris,
        bearer_only,
        ..
    } = &client.client.settings;
    // An API that only checks tokens, whether it says so or can do nothing else.
    if *bearer_only || (!standard_flow && !service_account && redirect_uris.is_empty()) {
        return Err(refused(ErrorKind::BearerOnlyClient));
    }
    Ok(client)
}
