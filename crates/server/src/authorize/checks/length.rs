//! How much a request may be, all its parameters together.

use keyward_protocol::error::ErrorCode;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// Bytes of a request that waits in the browser. Sealed and encoded it is half as much again, which still fits into a
/// form's field.
const LONGEST: usize = 12_000;

/// It must fit into the form of the login page: one that does not could never be finished (RFC 6749 §4.1.2.1). Runs
/// last, when the request is whole.
pub(super) fn check(_: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    let fits = serde_json::to_vec(request).is_ok_and(|json| json.len() <= LONGEST);
    if fits {
        Ok(())
    } else {
        Err(Refused::new(ErrorCode::InvalidRequest, "The request is too long"))
    }
}
