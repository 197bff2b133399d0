//! `response_mode`.

use keyward_protocol::authorize::ResponseMode;
use keyward_protocol::error::ErrorCode;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// One that is served (OAuth Multiple Response Types §2.1).
pub(super) fn check(checked: &Checked<'_>, _: &mut AuthorizationRequest) -> Result<(), Refused> {
    match checked.draft.response_mode.map(ResponseMode::parse) {
        Some(Err(error)) => Err(Refused::new(ErrorCode::InvalidRequest, error.description())),
        Some(Ok(_)) | None => Ok(()),
    }
}
