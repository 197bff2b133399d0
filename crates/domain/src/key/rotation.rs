//! When keys are made, begin to sign, and leave.

use keyward_jose::alg::Algorithm;
use serde::{Deserialize, Serialize};

use super::{KeyRecord, KeyState};
use crate::policy::lifetime::LONGEST_ON_REQUEST_SECS;
use crate::timestamp::Timestamp;

/// How long verifiers may keep the JWKS, in seconds: its `Cache-Control: max-age`.
pub const JWKS_MAX_AGE_SECS: i64 = 300;

/// How far clocks may disagree, in seconds.
pub const SKEW_SECS: i64 = 60;

/// Seconds between the publication of a key and its first signature: longer than any verifier may serve from its
/// cache.
pub const LEAD_SECS: i64 = JWKS_MAX_AGE_SECS + SKEW_SECS;

/// The algorithms for which every realm has a key from its creation on, so that a verifier which cached the JWKS
/// never meets an unknown key when an operator changes a client's algorithm.
pub const KEPT: [Algorithm; 4] = [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa];

/// How a realm's keys are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rotation {
    /// Seconds that a key signs before its successor does. 90 days by default.
    pub period_secs: i64,
    /// Seconds that a retired key stays: the longest life of a token that it signed.
    pub retain_secs: i64,
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            period_secs: 90 * 24 * 60 * 60,
            retain_secs: LONGEST_ON_REQUEST_SECS.into(),
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make a key and publish it; it signs from `active_from` on.
    Publish {
        /// What it signs with.
        algorithm: Algorithm,
        /// From when.
        active_from: Timestamp,
    },
    /// Drop a key that no living token was signed with.
    Remove {
        /// Which.
        kid: String,
    },
}

/// What is due at `now`. Pure: the job that calls it applies each step by one conditional statement.
pub fn due(keys: &[KeyRecord], rotation: Rotation, now: Timestamp) -> Vec<Step> {
    let mut steps = Vec::new();
    for algorithm in KEPT {
        let youngest = keys
            .iter()
            .filter(|key| key.algorithm == algorithm)
            .max_by_key(|key| key.active_from);
        match youngest {
            None => steps.push(Step::Publish {
                algorithm,
                active_from: now,
            }),
            Some(key) if now >= key.active_from.plus_secs(rotation.period_secs - LEAD_SECS) => {
                // A job that was down for long publishes late: the new key still waits its full lead.
                let planned = key.active_from.plus_secs(rotation.period_secs);
                steps.push(Step::Publish {
                    algorithm,
                    active_from: planned.max(now.plus_secs(LEAD_SECS)),
                });
            }
            Some(_) => {}
        }
    }
    for key in keys {
        if let Some(successor) = successor(key, keys)
            && now >= successor.active_from.plus_secs(rotation.retain_secs + SKEW_SECS)
        {
            steps.push(Step::Remove { kid: key.kid.clone() });
        }
    }
    steps
}

/// Where `key` stands among `keys` at `now`.
pub fn state(key: &KeyRecord, keys: &[KeyRecord], now: Timestamp) -> KeyState {
    if key.active_from > now {
        KeyState::Published
    } else if successor(key, keys).is_some_and(|next| next.active_from <= now) {
        KeyState::Retired
    } else {
        KeyState::Active
    }
}

fn successor<'a>(key: &KeyRecord, keys: &'a [KeyRecord]) -> Option<&'a KeyRecord> {
    keys.iter()
        .filter(|other| other.algorithm == key.algorithm && other.active_from > key.active_from)
        .min_by_key(|other| other.active_from)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Algorithm, KeyRecord, KeyState, LEAD_SECS, Rotation, Step, Timestamp, due, state};
    use crate::id::RealmId;

    const ROTATION: Rotation = Rotation {
        period_secs: 10_000,
        retain_secs: 900,
    };

    fn key(kid: &str, algorithm: Algorithm, active_from: i64) -> KeyRecord {
        KeyRecord {
            kid: kid.into(),
            realm: RealmId(Uuid::nil()),
            algorithm,
            sealed: Vec::new(),
            published_at: Timestamp::from_secs(active_from - LEAD_SECS),
            active_from: Timestamp::from_secs(active_from),
        }
    }

    fn all(active_from: i64) -> Vec<KeyRecord> {
        super::KEPT
            .map(|algorithm| key(algorithm.name(), algorithm, active_from))
            .to_vec()
    }

    #[test]
    fn a_new_realm_gets_every_algorithm_at_once() {
        let now = Timestamp::from_secs(5);
        let steps = due(&[], ROTATION, now);
        assert_eq!(
            steps,
            super::KEPT.map(|algorithm| Step::Publish {
                algorithm,
                active_from: now
            })
        );
    }

    #[test]
    fn a_successor_is_published_before_it_signs() {
        let keys = all(0);
        assert_eq!(due(&keys, ROTATION, Timestamp::from_secs(10_000 - LEAD_SECS - 1)), []);
        let now = Timestamp::from_secs(10_000 - LEAD_SECS);
        let active_from = Timestamp::from_secs(10_000);
        assert_eq!(
            due(&keys, ROTATION, now),
            super::KEPT.map(|algorithm| Step::Publish { algorithm, active_from })
        );
    }

    #[test]
    fn a_late_job_still_waits_the_full_lead() {
        let now = Timestamp::from_secs(50_000);
        let active_from = now.plus_secs(LEAD_SECS);
        assert!(
            due(&all(0), ROTATION, now)
                .iter()
                .all(|step| matches!(step, Step::Publish { active_from: at, .. } if *at == active_from))
        );
    }

    #[test]
    fn a_retired_key_leaves_after_the_last_token_it_signed() {
        let mut keys = all(0);
        keys.push(key("next", Algorithm::Rs256, 10_000));
        let first = keys[0].clone();
        assert_eq!(state(&first, &keys, Timestamp::from_secs(9_999)), KeyState::Active);
        assert_eq!(state(&keys[4], &keys, Timestamp::from_secs(9_999)), KeyState::Published);
        assert_eq!(state(&first, &keys, Timestamp::from_secs(10_000)), KeyState::Retired);
        let removed =
            |now| due(&keys, ROTATION, Timestamp::from_secs(now)).contains(&Step::Remove { kid: first.kid.clone() });
        assert!(!removed(10_000 + 959));
        assert!(removed(10_000 + 960));
    }
}
