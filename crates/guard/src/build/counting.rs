//! Limits, and where they are counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::routes::did_you_mean;
use crate::guard::Guard;
use crate::limit::{HeaderStyle, KeySecret, Limit, Limiter, LocalStore, OnStoreError, Place, Quota};
use crate::rate_limit::{Counting, Rule};
use crate::settings::{self, LimitAlgorithm, LimitHeaders, LimitStore, Quotas, Server, Settings, nearest};

/// Counts that one process keeps at most.
const LOCAL_KEYS: usize = 1_000_000;

/// The window of failures, in seconds.
const FAILURE_WINDOW: u64 = 60;

pub(super) type Rules = BTreeMap<String, Arc<Rule>>;

/// Every configured limit, by name.
pub(super) fn rules(settings: &Settings) -> Result<Rules, String> {
    let mut rules = Rules::new();
    for (name, written) in &settings.limits {
        if written.store == LimitStore::Shared && settings.shared_store.is_none() {
            return Err(format!(
                "limits `{name}` has store = \"shared\", and there is no [shared_store]"
            ));
        }
        let rule = rule(name, written).map_err(|why| format!("limits `{name}`: {why}"))?;
        rules.insert(name.clone(), Arc::new(rule));
    }
    Ok(rules)
}

/// The limits of these names.
pub(super) fn named(names: &[String], rules: &Rules) -> Result<Vec<Arc<Rule>>, String> {
    names
        .iter()
        .map(|name| {
            rules.get(name).cloned().ok_or_else(|| {
                let meant = did_you_mean(nearest(name, rules.keys().map(String::as_str)));
                format!("there is no limit `{name}`{meant}")
            })
        })
        .collect()
}

/// Where requests and failures are counted: where those of the guard before were.
pub(super) fn build(settings: &Settings, before: Option<&Guard>) -> Result<Counting, String> {
    let failures = failures(&settings.server)?;
    if let Some(before) = before.filter(|before| before.counting.shared_store() == settings.shared_store.as_ref()) {
        return Ok(before.counting.with_failures(failures));
    }
    let local = LocalStore::new(LOCAL_KEYS);
    let Some(shared) = &settings.shared_store else {
        return Ok(Counting::new(
            Arc::new(Limiter::local(local)),
            KeySecret::random(),
            failures,
        ));
    };
    let secret = shared
        .key_secret
        .resolve()
        .map_err(|why| format!("shared_store.key_secret: {why}"))?;
    let secret = KeySecret::new(secret.as_bytes()).map_err(|why| format!("shared_store.key_secret: {why}"))?;
    Ok(Counting::new(Arc::new(limiter(local, shared)?), secret, failures).at(shared))
}

#[cfg(feature = "redis")]
fn limiter(local: LocalStore, shared: &settings::SharedStore) -> Result<Limiter, String> {
    use crate::limit::{RedisSettings, RedisStore};
    let url = shared.url.resolve().map_err(|why| format!("shared_store.url: {why}"))?;
    let mut redis = RedisSettings::new(url.as_str());
    redis.timeout = shared.timeout.0;
    let store = RedisStore::new(redis).map_err(|why| format!("shared_store: {why}"))?;
    Ok(Limiter::with_shared(local, store))
}

#[cfg(not(feature = "redis"))]
fn limiter(_: LocalStore, _: &settings::SharedStore) -> Result<Limiter, String> {
    Err("[shared_store]: this program was built without the feature `redis`".into())
}

/// In which headers callers are told.
pub(super) const fn style(written: LimitHeaders) -> HeaderStyle {
    match written {
        LimitHeaders::Draft10 => HeaderStyle::Draft10,
        LimitHeaders::Legacy => HeaderStyle::Legacy,
        LimitHeaders::None => HeaderStyle::None,
    }
}

fn rule(name: &str, written: &settings::Limit) -> Result<Rule, String> {
    let place = match (written.store, written.on_store_error) {
        (LimitStore::Local, _) => Place::Local,
        (LimitStore::Shared, settings::OnStoreError::Local) => Place::Shared(OnStoreError::Local),
        (LimitStore::Shared, settings::OnStoreError::Deny) => Place::Shared(OnStoreError::Deny),
        (LimitStore::Shared, settings::OnStoreError::Allow) => Place::Shared(OnStoreError::Allow),
    };
    let limit = |requests: u32| -> Result<Arc<Limit>, String> {
        let quota = match written.algorithm {
            LimitAlgorithm::Window if written.burst.is_some() => {
                return Err("burst belongs to algorithm = \"gcra\"; a window counts bursts in".into());
            }
            LimitAlgorithm::Window => Quota::window(requests, written.window.0),
            LimitAlgorithm::Gcra => Quota::gcra(requests, written.window.0, written.burst.unwrap_or(requests)),
        };
        let quota = quota.map_err(|why| why.to_string())?;
        Limit::new(name, quota, place)
            .map(Arc::new)
            .map_err(|why| why.to_string())
    };
    let (user, client, anonymous) = match written.quota {
        Quotas::Same(requests) => (requests, requests, requests),
        Quotas::ByKind(kinds) => (kinds.user, kinds.client, kinds.anonymous),
    };
    if written.key.is_empty() {
        return Err("key is empty: all callers together would share one count; write [\"route\"] for that".into());
    }
    Ok(Rule {
        user: limit(user)?,
        client: limit(client)?,
        anonymous: limit(anonymous)?,
        key: written.key.clone(),
    })
}

fn failures(server: &Server) -> Result<Option<Arc<Limit>>, String> {
    if server.failures_per_minute == 0 {
        return Ok(None);
    }
    let window = std::time::Duration::from_secs(FAILURE_WINDOW);
    let quota = Quota::window(server.failures_per_minute, window)
        .map_err(|why| format!("server.failures_per_minute: {why}"))?;
    let limit = Limit::new("failures", quota, Place::Local).map_err(|why| why.to_string())?;
    Ok(Some(Arc::new(limit)))
}
