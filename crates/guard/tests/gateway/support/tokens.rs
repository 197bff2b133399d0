//! Tokens, and the keys by which the gateways of the tests know them.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use keyward_client::jwks::{JwksCache, KeySet};
use keyward_jose::{Algorithm, HeaderSegment, KeyType, SigningKey, sign};
use serde_json::json;

pub(crate) const ISSUER: &str = "https://id.example.com/realms/demo";
pub(crate) const AUDIENCE: &str = "https://api.example.com";

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(KeyType::Ed25519).unwrap());

/// The keys of the issuer.
pub(crate) fn keys() -> JwksCache {
    JwksCache::fixed(KeySet::new([KEY.public_jwk()]))
}

/// A token of a service with this scope.
pub(crate) fn token(scope: &str) -> String {
    token_for(scope, 300)
}

/// The same with a life of so many seconds.
pub(crate) fn token_for(scope: &str, secs: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "shop-service", "client_id": "shop-service", "scope": scope,
        "iat": now, "exp": now + secs, "jti": "t-1",
    });
    let header = HeaderSegment::new(Algorithm::EdDsa, KEY.kid(), "at+jwt");
    sign(&KEY, Algorithm::EdDsa, &header, &claims).unwrap()
}
