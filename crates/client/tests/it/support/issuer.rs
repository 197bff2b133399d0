//! An issuer with keys that a test can change.

use std::sync::{Arc, Mutex};

use keyward_jose::{Algorithm, HeaderSegment, Jwk, KeyType, SigningKey, sign};
use serde_json::{Value, json};

use super::server::{Reply, Seen, Server, json, status};

/// A key and the token header that names it.
#[derive(Clone)]
pub(crate) struct Signer {
    key: Arc<SigningKey>,
    algorithm: Algorithm,
}

impl Signer {
    pub(crate) fn ed25519() -> Self {
        Self {
            key: Arc::new(SigningKey::generate(KeyType::Ed25519).unwrap()),
            algorithm: Algorithm::EdDsa,
        }
    }

    pub(crate) fn kid(&self) -> &str {
        self.key.kid()
    }

    pub(crate) fn jwk(&self) -> Jwk {
        self.key.public_jwk().clone()
    }

    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> String {
        let header = HeaderSegment::new(self.algorithm, self.kid(), typ);
        sign(&self.key, self.algorithm, &header, claims).unwrap()
    }
}

pub(crate) fn key_set<'k>(signers: impl IntoIterator<Item = &'k Signer>) -> String {
    let keys: Vec<Jwk> = signers.into_iter().map(Signer::jwk).collect();
    json!({ "keys": keys }).to_string()
}

/// What stands at the issuer's `jwks_uri`; nothing is an outage.
pub(crate) type Keys = Arc<Mutex<Option<String>>>;

/// An issuer with discovery and keys, and nothing else.
pub(crate) async fn key_server(keys: Keys) -> Server {
    let place = Arc::new(Mutex::new(String::new()));
    let base = place.clone();
    let server = Server::start(move |seen| {
        let (keys, base) = (keys.clone(), base.clone());
        async move { answer(&seen, &keys, &base.lock().unwrap()) }
    })
    .await;
    *place.lock().unwrap() = server.url("/realms/acme");
    server
}

fn answer(seen: &Seen, keys: &Keys, issuer: &str) -> Reply {
    match seen.target.as_str() {
        "/realms/acme/.well-known/openid-configuration" => {
            json(json!({"issuer": issuer, "jwks_uri": format!("{issuer}/keys")}).to_string())
        }
        "/realms/acme/keys" => keys.lock().unwrap().clone().map_or_else(|| status(503), json),
        _ => status(404),
    }
}
