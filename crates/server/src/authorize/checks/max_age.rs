//! `max_age`.

use keyward_protocol::authorize::MaxAge;
use keyward_protocol::error::ErrorCode;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// A number of seconds (OIDC Core §3.1.2.1).
pub(super) fn check(checked: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    if let Some(text) = checked.draft.max_age {
        let max_age =
            MaxAge::parse(text).map_err(|error| Refused::new(ErrorCode::InvalidRequest, error.description()))?;
        request.max_age = Some(max_age);
    }
    Ok(())
}
