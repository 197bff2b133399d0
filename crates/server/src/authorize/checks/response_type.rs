//! `response_type`.

use keyward_protocol::authorize::ResponseType;
use keyward_protocol::error::ErrorCode;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// `code`, and the client may use the flow (RFC 6749 §3.1.1). Implicit and hybrid flows are off for everybody
/// (RFC 9700 §2.1.2).
pub(super) fn check(checked: &Checked<'_>, _: &mut AuthorizationRequest) -> Result<(), Refused> {
    match ResponseType::parse(checked.draft.response_type) {
        Ok(ResponseType::Code) if checked.client.client.settings.standard_flow => Ok(()),
        Ok(ResponseType::Code) => Err(Refused::new(
            ErrorCode::UnauthorizedClient,
            "Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for \
             the client.",
        )),
        Err(error) => Err(Refused {
            code: error.code(),
            description: error.description().map(str::to_owned),
        }),
    }
}
