//! Claims that a client asks for one by one (OIDC Core §5.5).

use std::collections::BTreeMap;

use keyward_protocol::claims_request::ClaimRequest;
use serde_json::{Map, Value};

use super::{PlanInput, Subject, put, write};
use crate::scope::Target;
use crate::scope::mapper::{Action, full_name};

/// The claims that were asked for: of those that the granted scopes of `input` give at `target`, the ones that are
/// named. Scopes that the client could have count as granted here. Mappers for the purpose give more.
pub fn requested(input: PlanInput<'_>, asked: &BTreeMap<String, ClaimRequest>, target: Target) -> Map<String, Value> {
    let mut all = write::write(input, target).extra;
    let mut claims: Map<String, Value> = asked.keys().filter_map(|name| all.remove_entry(name)).collect();
    for mapper in input.mappers().filter(|mapper| mapper.is_for(target)) {
        match mapper.action() {
            Action::ClaimsOfRequest => {
                let essential = asked.iter().filter(|(_, claim)| claim.essential);
                claims.extend(essential.filter_map(|(name, _)| Some((name.clone(), standard(input.subject, name)?))));
            }
            Action::ValueOfRequest(wanted) => {
                let claim = asked.get(&wanted.name).filter(|claim| claim.essential);
                if let Some(value @ Value::String(_)) = claim.and_then(|claim| claim.value.as_ref()) {
                    put(&mut claims, &wanted.path, value.clone(), false);
                }
            }
            _ => {}
        }
    }
    claims
}

/// The claims that Keycloak gives to whoever says that they are essential.
fn standard(subject: &Subject, name: &str) -> Option<Value> {
    let attribute = match name {
        "name" => return full_name(subject),
        "given_name" => "firstName",
        "family_name" => "lastName",
        "preferred_username" => "username",
        "email" => "email",
        _ => return None,
    };
    let text = subject.attribute(attribute).first().copied()?.to_owned();
    Some(Value::String(text))
}
