//! `id_token_hint`.

use keyward_protocol::error::ErrorCode;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;
use crate::id_token_hint;

/// An ID token of this realm, expired or not, names whom the client believes to be there (OIDC Core §3.1.2.1).
pub(super) fn check(checked: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    let Some(text) = checked.draft.id_token_hint.as_ref() else {
        return Ok(());
    };
    let hint = id_token_hint::read(checked.realm, text.reveal())
        .ok_or_else(|| Refused::new(ErrorCode::InvalidRequest, "Invalid parameter: id_token_hint"))?;
    match &request.subject {
        Some(subject) if *subject != hint.sub => Err(Refused::bare(ErrorCode::LoginRequired)),
        _ => {
            request.subject = Some(hint.sub);
            Ok(())
        }
    }
}
