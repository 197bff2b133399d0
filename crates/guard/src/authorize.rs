//! Whether a caller may: audience, kind, step-up, scope, roles, claims. RFC 6750 §3.1, RFC 9470

use keyward_client::UnixMillis;
use serde_json::Value;

use crate::caller::Caller;
use crate::denial::{Denial, Reason, Wanted};
use crate::policy::{Policy, Role};

/// Judges a caller by a policy. The first thing that is missing decides.
pub(crate) fn check(policy: &Policy, caller: &Caller, now: UnixMillis) -> Result<(), Denial> {
    if !caller.audience.iter().any(|name| policy.audience.contains(name)) {
        return Err(Reason::Audience.into());
    }
    if !policy.callers.is_empty() && !policy.callers.contains(&caller.kind) {
        return Err(Reason::CallerKind.into());
    }
    check_step_up(policy, caller, now)?;
    if !policy.scopes.met_by(|name| caller.has_scope(name)) {
        return Err(Denial {
            reason: Reason::Scope,
            wanted: Wanted::Scope(policy.scope_text.clone()),
        });
    }
    if !policy.roles.met_by(|role| has_role(caller, role)) {
        return Err(Reason::Role.into());
    }
    if !policy
        .claims
        .iter()
        .all(|(name, values)| has_claim(caller, name, values))
    {
        return Err(Reason::ClaimValue.into());
    }
    Ok(())
}

/// RFC 9470 §3: a login that is too old or too weak is answered by what would do.
fn check_step_up(policy: &Policy, caller: &Caller, now: UnixMillis) -> Result<(), Denial> {
    let strong = policy.acr.is_empty()
        || caller
            .acr()
            .is_some_and(|acr| policy.acr.iter().any(|taken| taken == acr));
    let recent = policy.max_age.is_none_or(|max_age| {
        caller
            .auth_time()
            .is_some_and(|at| now.secs().saturating_sub(at) <= max_age)
    });
    if strong && recent {
        return Ok(());
    }
    Err(Denial {
        reason: Reason::StepUp,
        wanted: Wanted::StepUp {
            acr_values: (!policy.acr.is_empty()).then(|| policy.acr.join(" ")),
            max_age: policy.max_age,
        },
    })
}

fn has_role(caller: &Caller, role: &Role) -> bool {
    match role {
        Role::Realm(name) => caller.has_realm_role(name),
        Role::Client(client, name) => caller.has_client_role(client, name),
    }
}

/// A claim that is a list has the value when one of its elements is it.
fn has_claim(caller: &Caller, name: &str, values: &[Value]) -> bool {
    match caller.claims.get(name) {
        Some(Value::Array(elements)) => elements.iter().any(|element| values.contains(element)),
        Some(value) => values.contains(value),
        None => false,
    }
}

#[cfg(test)]
mod tests;
