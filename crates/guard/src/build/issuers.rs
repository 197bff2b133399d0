//! Issuers, with their keys and how they are asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_client::introspect::Introspector;
use keyward_client::jwks::{JwksCache, JwksOptions};
use keyward_client::time::Clock;
use keyward_client::{ClientAuthentication, PlainHttp, Transport, TransportOptions};
use keyward_jose::Algorithm;

use crate::authenticate::{Introspected, Issuer};
use crate::settings::{self, Issuer as Written, Preset, unreadable};

/// The longest difference of clocks that may be allowed, in seconds.
const MAX_SKEW: u64 = 60;

pub(super) fn build(
    written: &[Written],
    given: &BTreeMap<String, JwksCache>,
    before: &[Arc<Issuer>],
    clock: &Arc<dyn Clock>,
) -> Result<Vec<Arc<Issuer>>, String> {
    let mut issuers: Vec<Arc<Issuer>> = Vec::with_capacity(written.len());
    for one in written {
        if issuers
            .iter()
            .any(|issuer| issuer.id == one.id || *issuer.url == *one.url)
        {
            return Err(format!("issuer `{}`: its id or url is there twice", one.id));
        }
        let keys = given.get(&one.id).cloned().or_else(|| kept(one, before));
        let issuer = issuer(one, keys, clock).map_err(|why| format!("issuer `{}`: {why}", one.id))?;
        issuers.push(Arc::new(issuer));
    }
    if let Some(id) = given.keys().find(|id| !written.iter().any(|one| one.id == **id)) {
        return Err(format!("keys were given for `{id}`, which is no issuer here"));
    }
    Ok(issuers)
}

/// The keys that a guard before had of the same issuer, from the same place: they are as good as they were.
fn kept(written: &Written, before: &[Arc<Issuer>]) -> Option<JwksCache> {
    let place = |issuer: &Written| {
        let Written {
            url,
            jwks_uri,
            allow_http,
            ca_file,
            jwks,
            ..
        } = issuer.clone();
        (url, jwks_uri, allow_http, ca_file, jwks)
    };
    let same = |issuer: &&Arc<Issuer>| {
        issuer
            .written
            .as_ref()
            .is_some_and(|other| place(other) == place(written))
    };
    before.iter().find(same).map(|issuer| issuer.keys.clone())
}

fn issuer(written: &Written, given: Option<JwksCache>, clock: &Arc<dyn Clock>) -> Result<Issuer, String> {
    let clock_skew = written.clock_skew.0.as_secs();
    if clock_skew > MAX_SKEW {
        return Err(format!("clock_skew is more than {MAX_SKEW}s"));
    }
    let transport = transport(written)?;
    let found = keyward_client::Issuer::new(transport.clone(), written.url.as_str());
    let keys = if let Some(keys) = given {
        keys
    } else {
        transport.check(&written.url).map_err(|why| format!("url: {why}"))?;
        keys(written, &transport, &found, clock)?
    };
    let introspection = written
        .introspection
        .as_ref()
        .map(|introspection| introspected(written, introspection, &transport, found, &keys))
        .transpose()?;
    Ok(Issuer {
        id: written.id.clone(),
        url: written.url.as_str().into(),
        preset: written.preset,
        token_types: written
            .token_types
            .clone()
            .unwrap_or_else(|| token_types(written.preset)),
        algorithms: algorithms(&written.algorithms)?,
        clock_skew,
        max_lifetime: written.max_lifetime.0.as_secs(),
        required: written.required,
        keys,
        written: Some(written.clone()),
        introspection,
    })
}

fn transport(written: &Written) -> Result<Transport, String> {
    let roots_pem = match &written.ca_file {
        Some(path) => {
            std::fs::read(path).map_err(|error| format!("ca_file: {} {}", path.display(), unreadable(error.kind())))?
        }
        None => Vec::new(),
    };
    let options = TransportOptions {
        timeout: written.jwks.timeout.0,
        max_body: written.jwks.max_bytes,
        plain_http: if written.allow_http {
            PlainHttp::Allowed
        } else {
            PlainHttp::LoopbackOnly
        },
        roots_pem,
        ..TransportOptions::default()
    };
    Transport::new(&options).map_err(|error| format!("ca_file: {error}"))
}

fn keys(
    written: &Written,
    transport: &Transport,
    found: &keyward_client::Issuer,
    clock: &Arc<dyn Clock>,
) -> Result<JwksCache, String> {
    let options = JwksOptions {
        refresh: written.jwks.refresh.0,
        kid_miss_interval: written.jwks.kid_miss_interval.0,
        max_stale: written.jwks.max_stale.0,
        timeout: written.jwks.timeout.0,
        max_bytes: written.jwks.max_bytes,
        max_keys: written.jwks.max_keys,
        clock: Arc::clone(clock),
        ..JwksOptions::default()
    };
    Ok(match &written.jwks_uri {
        Some(uri) => {
            transport.check(uri).map_err(|why| format!("jwks_uri: {why}"))?;
            JwksCache::at(transport.clone(), uri.as_str(), options)
        }
        None => JwksCache::of_issuer(found.clone(), options),
    })
}

fn introspected(
    issuer: &Written,
    written: &settings::Introspection,
    transport: &Transport,
    found: keyward_client::Issuer,
    keys: &JwksCache,
) -> Result<Introspected, String> {
    let secret = written
        .client_secret
        .resolve()
        .map_err(|why| format!("introspection.client_secret: {why}"))?;
    let client = match written.auth {
        settings::ClientAuthentication::ClientSecretBasic => {
            ClientAuthentication::secret_basic(written.client_id.as_str(), secret.as_str())
        }
        settings::ClientAuthentication::ClientSecretPost => {
            ClientAuthentication::secret_post(written.client_id.as_str(), secret.as_str())
        }
    };
    let patient = transport.clone().with_timeout(written.timeout.0);
    let mut introspector = match &written.endpoint {
        Some(endpoint) => {
            transport
                .check(endpoint)
                .map_err(|why| format!("introspection.endpoint: {why}"))?;
            Introspector::at(patient, endpoint.as_str(), client)
        }
        None => Introspector::of_issuer(found, client).with_transport(patient.with_max_body(64 * 1024)),
    };
    if written.signed {
        introspector = introspector.signed(issuer.url.as_str(), keys.clone());
    }
    Ok(Introspected::new(
        introspector,
        written.cache_ttl.0,
        written.negative_ttl.0,
    ))
}

fn algorithms(names: &[String]) -> Result<Vec<Algorithm>, String> {
    if names.is_empty() {
        return Err("algorithms is empty".into());
    }
    names
        .iter()
        .map(|name| {
            Algorithm::parse(name).ok_or_else(|| {
                let known = Algorithm::ALL.map(Algorithm::name).join(", ");
                format!("algorithms: `{name}` is not one of {known}")
            })
        })
        .collect()
}

fn token_types(preset: Preset) -> Vec<String> {
    let types: &[&str] = match preset {
        Preset::Rfc9068 => &["at+jwt"],
        Preset::Keycloak => &["JWT"],
        Preset::Keyward | Preset::Auth0 => &["JWT", "at+jwt"],
    };
    types.iter().map(|typ| (*typ).to_owned()).collect()
}
