//! `claims`.

use keyward_protocol::claims_request::{ClaimsRequest, ClaimsRequestError};
use keyward_protocol::error::ErrorCode;
use serde_json::Value;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// The levels of authentication that there are.
pub(crate) const LEVELS: [&str; 2] = ["0", "1"];

/// Well-formed, and with no level of authentication made essential that does not exist (OIDC Core §5.5,
/// §5.5.1.1). The `sub` that is asked for by value is whom the client believes to be there.
pub(super) fn check(checked: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    let Some(text) = checked.draft.claims else {
        return Ok(());
    };
    let claims = ClaimsRequest::parse(text).map_err(|error| Refused::new(error.code(), error.description()))?;
    if let Some(acr) = claims.id_token.get("acr").filter(|acr| acr.essential) {
        let met = LEVELS.iter().any(|level| acr.accepts(&Value::from(*level)));
        if !met {
            return Err(Refused::bare(ErrorCode::UnmetAuthenticationRequirements));
        }
    }
    if let Some(sub) = claims.id_token.get("sub").and_then(|sub| sub.value.as_ref()) {
        // A value that no subject can be must not read as "anybody".
        let malformed = ClaimsRequestError::Malformed;
        let sub = sub
            .as_str()
            .ok_or_else(|| Refused::new(malformed.code(), malformed.description()))?;
        request.subject = Some(sub.to_owned());
    }
    request.claims = Some(claims);
    Ok(())
}
