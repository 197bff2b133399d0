//! `resource`.

use keyward_protocol::error::ErrorCode;
use keyward_protocol::resource;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// Absolute URIs without fragment (RFC 8707 §2). Whether the client's tokens may be for them shows when there is a
/// subject.
pub(super) fn check(checked: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    let parsed: Result<Vec<String>, _> = checked
        .draft
        .resource
        .iter()
        .map(|text| resource::parse(text))
        .collect();
    request.resource = parsed.map_err(|_| Refused::new(ErrorCode::InvalidTarget, "Invalid resource"))?;
    Ok(())
}
