//! `scope`.

use keyward_domain::policy::scope::{self, OPENID};
use keyward_protocol::error::ErrorCode;
use keyward_protocol::scope::Scope;

use super::{Checked, Refused};
use crate::authorize::request::AuthorizationRequest;

/// A name that is no scope of the realm is left out, as OIDC Core §3.1.2.1 advises; one that is a scope and not this
/// client's to ask for refuses the request (RFC 6749 §3.3).
pub(super) fn check(checked: &Checked<'_>, request: &mut AuthorizationRequest) -> Result<(), Refused> {
    let settings = &checked.client.client.settings;
    let invalid = |text: &str| Refused::new(ErrorCode::InvalidScope, &format!("Invalid scopes: {text}"));
    let asked = checked.draft.scope.map(Scope::parse).transpose();
    let asked = asked.map_err(|_| invalid(checked.draft.scope.unwrap_or_default()))?;
    let known = asked.map(|scope| {
        let names = scope
            .iter()
            .filter(|name| *name == OPENID || checked.realm.scopes.contains_key(*name));
        names.collect::<Vec<_>>().join(" ")
    });
    let known = known
        .as_deref()
        .filter(|text| !text.is_empty())
        .map(Scope::parse)
        .transpose();
    let known = known.map_err(|_| invalid(""))?;
    let granted = scope::narrow(known.as_ref(), &settings.default_scopes, &settings.optional_scopes)
        .map_err(|refused| Refused::new(ErrorCode::InvalidScope, &refused.to_string()))?;
    request.scope = granted.into_iter().map(str::to_owned).collect();
    Ok(())
}
