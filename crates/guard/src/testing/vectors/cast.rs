//! Who plays: the issuers of a collection of vectors.

use std::collections::BTreeMap;

use keyward_client::UnixMillis;
use keyward_jose::Algorithm;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::settings::Preset;
use crate::testing::{Issuer, TestKey, Token};

/// Issuers by the names that vectors call them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Cast(BTreeMap<String, Role>);

/// An issuer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// As in `iss`.
    pub url: String,
    /// What its tokens look like.
    #[serde(default)]
    pub preset: Preset,
    /// The key that it signs with.
    pub key: TestKey,
    /// Claims over those that such tokens have anyway.
    #[serde(default)]
    pub claims: Map<String, Value>,
}

impl Cast {
    /// The issuer of that name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.0.get(name)
    }
}

impl Role {
    /// A token of the issuer `url`; signed with `key` in place of its own if there is one, and with `algorithm` in place
    /// of the key's first.
    pub(super) fn token(
        &self,
        url: &str,
        key: Option<TestKey>,
        algorithm: Option<Algorithm>,
        now: UnixMillis,
    ) -> Token {
        let issuer = Issuer::at(url).preset(self.preset).key(key.unwrap_or(self.key));
        match algorithm {
            Some(algorithm) => issuer.algorithm(algorithm).token_at(now),
            None => issuer.token_at(now),
        }
    }
}
