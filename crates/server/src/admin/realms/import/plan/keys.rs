//! Signing keys: tokens that they signed stay good, and the one of the highest priority goes on signing.
//!
//! Each stays a component as well, with its id, its name and its priority; the key itself leaves it and becomes a row.
//! Keys that nothing here uses stay in their component, sealed.

use std::collections::HashSet;

use keyward_domain::credential::keycloak::key::{self, Config, ImportedKey, KeyMaterial, KeyStatus};
use keyward_domain::key::rotation::KEPT;
use keyward_domain::key::{self as realm_key, HmacKeyRecord, KeyRecord};
use keyward_domain::{Entropy as _, Timestamp};
use keyward_jose::hmac::HmacKey;
use keyward_jose::{Algorithm, SigningKey};
use serde_json::{Map, Value, json};

use super::documents::component;
use super::{Draft, NoteKind};
use crate::admin::keycloak::key_component::{KEY_PROVIDER, KID, SECRETS};
use crate::admin::keycloak::shown_secret::MASK;
use crate::http::entropy::SystemEntropy;

/// What an export of ours notes beside a key: when it was published, and from when it signs, in seconds.
pub(crate) const PUBLISHED_AT: &str = "keyward.published-at";
pub(crate) const ACTIVE_FROM: &str = "keyward.active-from";

/// A key that takes part.
struct Candidate {
    algorithm: Algorithm,
    key: Box<SigningKey>,
    status: KeyStatus,
    priority: i64,
    published_at: Timestamp,
    active_from: Option<Timestamp>,
}

/// Reads the components, each with its path. Algorithms without a key get a new one.
pub(super) fn read(components: Vec<(String, Map<String, Value>)>, draft: &mut Draft<'_>) {
    let mut candidates = Vec::new();
    let mut kids = HashSet::new();
    for (path, mut body) in components {
        let provider = body
            .get("providerId")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let Some(mut config) = config(&body) else {
            draft.problem(format!("{path}.config"), "must hold lists of texts");
            continue;
        };
        match key::import(&provider, &config) {
            Ok(None) => continue,
            Ok(Some(found)) if !kids.insert(found.kid.clone()) => {
                draft.problem(path, format!("there are two keys {:?}", found.kid));
                continue;
            }
            Ok(Some(found)) => candidates.extend(taken(draft, &path, (&provider, found), &mut config)),
            Err(error) if error.is_left_out() => draft.note(NoteKind::DataOnly, &*path, error.to_string()),
            Err(error) => {
                draft.problem(format!("{path}.config"), error.to_string());
                continue;
            }
        }
        body.insert("config".into(), json!(config));
        let parent = draft.rows.realm.id.to_string();
        component(draft, (KEY_PROVIDER, &parent), &path, body);
    }
    for algorithm in KEPT {
        let (of_it, others) = candidates
            .into_iter()
            .partition(|candidate: &Candidate| candidate.algorithm == algorithm);
        candidates = others;
        place(draft, algorithm, of_it);
    }
}

fn config(body: &Map<String, Value>) -> Option<Config> {
    match body.get("config") {
        None => Some(Config::new()),
        Some(config) => serde_json::from_value(config.clone()).ok(),
    }
}

/// Takes the key out of its component, if something here uses it.
fn taken(
    draft: &mut Draft<'_>,
    path: &str,
    (provider, found): (&str, ImportedKey),
    config: &mut Config,
) -> Option<Candidate> {
    let published_at = instant(config, PUBLISHED_AT);
    let active_from = instant(config, ACTIVE_FROM);
    if found.status == KeyStatus::Disabled {
        draft.note(NoteKind::DataOnly, path, "a key that is disabled");
        return None;
    }
    let (algorithm, key) = match found.material {
        KeyMaterial::Signing { algorithm, key, .. } => (algorithm, key),
        KeyMaterial::Secret { algorithm, bytes } if algorithm == "HS256" && config.contains_key(KID) => {
            if hmac(draft, &found.kid, &bytes, published_at).is_some() {
                forget(config, provider, &found.kid);
            }
            return None;
        }
        KeyMaterial::Encryption { algorithm, .. } | KeyMaterial::Secret { algorithm, .. } => {
            draft.note(
                NoteKind::DataOnly,
                path,
                format!("a key for {algorithm}: the old server alone used it"),
            );
            return None;
        }
    };
    forget(config, provider, &found.kid);
    Some(Candidate {
        algorithm,
        key,
        status: found.status,
        priority: found.priority,
        published_at: published_at.unwrap_or(draft.ground.now),
        active_from,
    })
}

fn instant(config: &mut Config, name: &str) -> Option<Timestamp> {
    let text = config.remove(name)?;
    text.first()?.parse().ok().map(Timestamp::from_secs)
}

/// Leaves in the component which key it is, and not the key.
fn forget(config: &mut Config, provider: &str, kid: &str) {
    for name in SECRETS {
        config.remove(name);
    }
    // Keycloak shows that there is one.
    if provider == "rsa" {
        config.insert("privateKey".into(), vec![MASK.to_owned()]);
    }
    config.insert(KID.into(), vec![kid.to_owned()]);
}

/// A key of an export of ours, for what this server reads itself.
fn hmac(draft: &mut Draft<'_>, kid: &str, bytes: &[u8], created_at: Option<Timestamp>) -> Option<()> {
    HmacKey::new(bytes).ok()?;
    let realm = draft.rows.realm.id;
    let sealed = seal(draft, &realm_key::hmac_binding(realm, kid), bytes)?;
    draft.rows.hmac_keys.push(HmacKeyRecord {
        kid: kid.to_owned(),
        realm,
        sealed,
        created_at: created_at.unwrap_or(draft.ground.now),
    });
    Some(())
}

/// Gives each its instant: the one of the highest priority signs from now on, those that only check come before it.
fn place(draft: &mut Draft<'_>, algorithm: Algorithm, mut candidates: Vec<Candidate>) {
    candidates.sort_by_key(|candidate| (candidate.status == KeyStatus::Active, candidate.priority));
    let now = draft.ground.now;
    let signs = candidates
        .last()
        .is_some_and(|candidate| candidate.status == KeyStatus::Active);
    if !signs {
        draft.keyless.push(algorithm);
    }
    let mut before = i64::try_from(candidates.len()).unwrap_or(0) - i64::from(signs);
    for candidate in candidates {
        let active_from = candidate.active_from.unwrap_or(now.minus_secs(before));
        before -= 1;
        match record(draft, &candidate, active_from) {
            Some(record) => draft.rows.keys.push(record),
            None => draft.problem(
                "components",
                format!("the key {:?} cannot be sealed", candidate.key.kid()),
            ),
        }
    }
}

fn record(draft: &Draft<'_>, candidate: &Candidate, active_from: Timestamp) -> Option<KeyRecord> {
    let realm = draft.rows.realm.id;
    let kid = candidate.key.kid().to_owned();
    let pkcs8 = candidate.key.to_pkcs8().ok()?;
    Some(KeyRecord {
        sealed: seal(draft, &realm_key::binding(realm, &kid), &pkcs8)?,
        kid,
        realm,
        algorithm: candidate.algorithm,
        published_at: candidate.published_at,
        active_from,
    })
}

fn seal(draft: &Draft<'_>, binding: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let mut nonce = [0; 12];
    SystemEntropy.fill(&mut nonce);
    draft.ground.sealer.seal(binding, plain, nonce).ok()
}
