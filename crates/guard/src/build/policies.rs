//! Policies, with everything that they extend worked in.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::counting::{self, Rules};
use super::routes::{did_you_mean, twice};
use crate::authenticate::{Issuer, Issuers};
use crate::policy::{Needed, Policy, Role};
use crate::settings::{Names, Policy as Written, Route, Settings, StepUp, Validation, nearest};

pub(super) fn build(
    settings: &Settings,
    issuers: &[Arc<Issuer>],
    rules: &Rules,
) -> Result<BTreeMap<String, Arc<Policy>>, String> {
    let mut policies = BTreeMap::new();
    for name in settings.policies.keys() {
        let written = extended(name, &settings.policies)?;
        let policy = policy(&written, issuers, rules).map_err(|why| format!("policy `{name}`: {why}"))?;
        policies.insert(name.clone(), Arc::new(policy));
    }
    Ok(policies)
}

/// The policy of a route: one, or none because the route says that it is public.
pub(super) fn of_route(route: &Route, policies: &BTreeMap<String, Arc<Policy>>) -> Result<Option<Arc<Policy>>, String> {
    let path = &route.path;
    match (&route.policy, route.public) {
        (Some(_), true) => Err(format!("route `{path}` has a policy and is public")),
        (None, false) => Err(format!(
            "route `{path}` has no policy; if it is open to all, write public = true"
        )),
        (None, true) => Ok(None),
        (Some(name), false) => {
            let policy = policies.get(name).ok_or_else(|| {
                let meant = did_you_mean(nearest(name, policies.keys().map(String::as_str)));
                format!("route `{path}`: there is no policy `{name}`{meant}")
            })?;
            Ok(Some(Arc::clone(policy)))
        }
    }
}

/// A policy with the words of those that it extends where it is silent.
fn extended(name: &str, all: &BTreeMap<String, Written>) -> Result<Written, String> {
    let mut seen = vec![name];
    let mut merged = all.get(name).cloned().unwrap_or_default();
    while let Some(base) = merged.extends.take() {
        let Some((base_name, base)) = all.get_key_value(&base) else {
            let meant = did_you_mean(nearest(&base, all.keys().map(String::as_str)));
            return Err(format!("policy `{name}` extends `{base}`, which is not there{meant}"));
        };
        if seen.contains(&base_name.as_str()) {
            return Err(format!("policy `{name}` extends itself"));
        }
        seen.push(base_name);
        let base = base.clone();
        merged = Written {
            extends: base.extends,
            issuers: merged.issuers.or(base.issuers),
            audience: merged.audience.or(base.audience),
            validation: merged.validation.or(base.validation),
            callers: merged.callers.or(base.callers),
            scopes: names(merged.scopes, base.scopes),
            roles: names(merged.roles, base.roles),
            claims: merged.claims.or(base.claims),
            step_up: step_up(merged.step_up, base.step_up),
            limits: merged.limits.or(base.limits),
        };
    }
    Ok(merged)
}

/// A policy that asks for one more scope does not give up those that it extends.
fn names(ours: Option<Names>, base: Option<Names>) -> Option<Names> {
    match (ours, base) {
        (Some(ours), Some(base)) => Some(Names {
            all: ours.all.or(base.all),
            any: ours.any.or(base.any),
        }),
        (ours, base) => ours.or(base),
    }
}

fn step_up(ours: Option<StepUp>, base: Option<StepUp>) -> Option<StepUp> {
    match (ours, base) {
        (Some(ours), Some(base)) => Some(StepUp {
            acr: ours.acr.or(base.acr),
            max_age: ours.max_age.or(base.max_age),
        }),
        (ours, base) => ours.or(base),
    }
}

fn policy(written: &Written, all: &[Arc<Issuer>], rules: &Rules) -> Result<Policy, String> {
    let validation = written.validation.unwrap_or_default();
    let audience = written.audience.clone().unwrap_or_default();
    if audience.is_empty() || audience.iter().any(String::is_empty) {
        return Err("audience is missing: a token for another API would be taken".into());
    }
    if written.callers.as_ref().is_some_and(Vec::is_empty) {
        return Err("callers is empty: nobody could come; leave it out to take all".into());
    }
    let limits = written.limits.as_deref().unwrap_or_default();
    twice(limits)?;
    let issuers = issuers(written.issuers.as_deref(), all)?;
    if validation != Validation::Local
        && let Some(issuer) = issuers.iter().find(|issuer| issuer.introspection.is_none())
    {
        return Err(format!(
            "validation asks issuer `{}`, which has no introspection",
            issuer.id
        ));
    }
    let scopes = needed(written.scopes.as_ref(), |name| {
        let sane = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
        sane.then(|| name.to_owned())
            .ok_or_else(|| format!("scopes: `{name}` is no scope"))
    })?;
    let roles = needed(written.roles.as_ref(), |name| {
        Role::parse(name).ok_or_else(|| format!("roles: `{name}` is neither realm:NAME nor client:CLIENT:NAME"))
    })?;
    let step_up = written.step_up.clone().unwrap_or_default();
    let scope_text = scopes
        .all
        .iter()
        .chain(&scopes.any)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    Ok(Policy {
        issuers,
        audience,
        validation,
        callers: written.callers.clone().unwrap_or_default(),
        scopes,
        roles,
        claims: written.claims.clone().unwrap_or_default().into_iter().collect(),
        acr: step_up.acr.unwrap_or_default(),
        max_age: step_up.max_age.map(|span| span.0.as_secs()),
        limits: counting::named(limits, rules)?,
        scope_text,
    })
}

fn issuers(names: Option<&[String]>, all: &[Arc<Issuer>]) -> Result<Issuers, String> {
    let mut found = Issuers::default();
    match names {
        None => all.iter().for_each(|issuer| found.add(Arc::clone(issuer))),
        Some(names) => {
            for name in names {
                let issuer = all.iter().find(|issuer| issuer.id == *name);
                found.add(Arc::clone(issuer.ok_or_else(|| {
                    let meant = did_you_mean(nearest(name, all.iter().map(|issuer| issuer.id.as_str())));
                    format!("there is no issuer `{name}`{meant}")
                })?));
            }
        }
    }
    if found.iter().next().is_none() {
        return Err("there is no issuer whose tokens it could take".into());
    }
    Ok(found)
}

fn needed<T>(names: Option<&Names>, read: impl Fn(&str) -> Result<T, String>) -> Result<Needed<T>, String> {
    let read_all = |list: &[String]| list.iter().map(|name| read(name)).collect::<Result<Vec<T>, String>>();
    Ok(Needed {
        all: names.map_or(Ok(Vec::new()), |names| {
            read_all(names.all.as_deref().unwrap_or_default())
        })?,
        any: names.map_or(Ok(Vec::new()), |names| {
            read_all(names.any.as_deref().unwrap_or_default())
        })?,
    })
}
