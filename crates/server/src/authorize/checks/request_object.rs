//! Request objects, which are not taken yet.

use keyward_protocol::error::ErrorCode;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// The errors that say so (OIDC Core §3.1.2.6); the metadata says it too.
pub(super) fn check(checked: &Checked<'_>, _: &mut AuthorizationRequest) -> Result<(), Refused> {
    let draft = checked.draft;
    if draft.request.is_some() {
        return Err(Refused::bare(ErrorCode::RequestNotSupported));
    }
    if draft.request_uri.is_some() {
        return Err(Refused::bare(ErrorCode::RequestUriNotSupported));
    }
    if draft.registration.is_some() {
        return Err(Refused::bare(ErrorCode::RegistrationNotSupported));
    }
    Ok(())
}
