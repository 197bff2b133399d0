//! `prompt`.

use keyward_protocol::authorize::Prompt;
use keyward_protocol::error::ErrorCode;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// `none` stands alone (OIDC Core §3.1.2.1).
pub(super) fn check(checked: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    if let Some(text) = checked.draft.prompt {
        request.prompt =
            Prompt::parse(text).map_err(|error| Refused::new(ErrorCode::InvalidRequest, error.description()))?;
    }
    Ok(())
}
