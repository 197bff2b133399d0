//! What a token says and what its issuer says of it now, taken together. RFC 7662 §2.2

use std::sync::{Arc, OnceLock};

use crate::caller::Caller;
use crate::denial::Reason;
use crate::policy::Policy;

/// The caller as both know it. What the issuer repeats must be the same caller and the same API; of scope and roles
/// that it repeats only those are left that it still gives; what either of them binds is bound; what it leaves out stands
/// as it was signed.
pub(super) fn narrowed(policy: &Policy, signed: &Arc<Caller>, told: &Caller) -> Result<Arc<Caller>, Reason> {
    let differs = |said: Option<&str>, signed: Option<&str>| said.is_some() && said != signed;
    if differs(told.subject(), signed.subject())
        || differs(told.client_id(), signed.client_id())
        || differs(told.token_id(), signed.token_id())
    {
        return Err(Reason::Claims);
    }
    let for_us = |name: &String| policy.audience.contains(name);
    if told.claims.contains_key("aud") && !told.audience.iter().any(for_us) {
        return Err(Reason::Audience);
    }
    let mut caller = Caller::clone(signed);
    caller.identity = OnceLock::new();
    caller.is_bound |= told.is_bound;
    if told.claims.contains_key("scope") {
        caller.scope = caller.scope.filter(|name| told.has_scope(name));
    }
    if told.claims.contains_key("realm_access") {
        caller.realm_roles.retain(|role| told.has_realm_role(role));
    }
    if told.claims.contains_key("resource_access") {
        for (client, roles) in &mut caller.client_roles {
            roles.retain(|role| told.has_client_role(client, role));
        }
    }
    Ok(Arc::new(caller))
}
